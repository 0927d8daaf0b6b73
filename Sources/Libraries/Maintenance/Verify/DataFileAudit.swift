import Columnar
import Core
import Delta
import Parquet

/// Whether a data file holds what the log says of it.
struct DataFileAudit {
  let snapshot: Snapshot
  private var table: Table { snapshot.table }

  /// What is wrong with the file as it lies there, without a look at its rows.
  func problem(of file: AddedFile) throws(Fault) -> String? {
    let path = try table.location(ofFile: file.path)
    guard let status = try table.fileSystem.status(of: path) else { return "it is gone" }
    guard status.byteCount == file.byteCount else {
      return "it has \(counted(status.byteCount, "byte")), and the log says \(file.byteCount)"
    }
    if let problem = partitionProblem(of: file) { return problem }
    let reader: FileReader
    do throws(Fault) {
      reader = try FileReader(table.fileSystem.open(path), at: Place(path))
    } catch {
      guard error.kind == .data else { throw error }
      return error.problem
    }
    let count = file.rowCount.map { $0 + (file.deletionVector?.rowCount ?? 0) }
    if let count, count != reader.rowCount {
      return "it has \(counted(reader.rowCount, "row")), and the log says \(count)"
    }
    return try table.vectorProblem(of: file, rowCount: reader.rowCount)
  }

  /// What is wrong with its bytes and rows.
  func problemWithin(_ file: AddedFile) throws -> String? {
    do {
      let path = try table.location(ofFile: file.path)
      if let digest = file.tags?[LogRestatement.digestTag] ?? Self.digest(in: path),
        try FileDigest(table.fileSystem).hex(of: path).hasPrefix(digest) == false
      {
        return "its bytes are not those that it is named by"
      }
      return try statisticsProblem(of: file)
    } catch let fault as Fault where fault.kind == .data {
      return fault.problem
    }
  }

  /// The digest that our writer names a file by; nil for those of others.
  private static func digest(in path: String) -> String? {
    let name = lastComponent(of: path)
    guard name.hasPrefix("part-"), name.hasSuffix(".zstd.parquet") else { return nil }
    let digits = name.dropFirst(5).prefix { $0.isHexDigit }
    return digits.count == 32 ? String(digits) : nil
  }

  /// A file of ours lies in the folder of its partition.
  private func partitionProblem(of file: AddedFile) -> String? {
    let columns = snapshot.physicalPartitionColumns
    let path = FilePath.decode(file.path)
    guard !columns.isEmpty, Self.digest(in: path) != nil else { return nil }
    let folder = columns.map {
      FilePath.folder(column: $0, value: file.partitionValues[$0] ?? nil) + "/"
    }.joined()
    return path.hasPrefix(folder) ? nil : "the log has it in partition \(folder.dropLast())"
  }

  // MARK: Statistics

  private func statisticsProblem(of file: AddedFile) throws -> String? {
    let partitions = Set(snapshot.partitionColumns.map { $0.lowercased() })
    // What is sealed has no bounds, and may be NULL though it was written as a value.
    let fields = snapshot.schema.fields.filter {
      !partitions.contains($0.name.lowercased()) && $0.seal == nil
    }
    let statistics = file.statisticsText.flatMap {
      FileStatistics(text: $0, schema: snapshot.physicalSchema)
    }
    var audits = fields.map { field in
      let physical = snapshot.physicalName(of: field.name)
      return ColumnAudit(field, statistics?.columns[[physical]])
    }
    for source in try snapshot.scan(columns: fields.map(\.name), files: [file]).sources() {
      while let batch = try source.next() {
        for (index, column) in batch.columns.enumerated() { audits[index].add(column) }
      }
    }
    // Statistics speak of all rows of a file, also of those that a deletion vector takes away.
    return audits.lazy.compactMap {
      $0.problem(countsNulls: file.deletionVector == nil)
    }.first
  }

  /// One column's values held against its bounds.
  private struct ColumnAudit {
    private let name: String
    private let minimum: Column?
    private let maximum: Column?
    private let nullCount: Int?
    private var foundNullCount = 0
    private var isOutside = false

    init(_ field: Field, _ bounds: FileStatistics.ColumnBounds?) {
      name = field.name
      minimum = bounds?.minimum.map { Column.constant($0, field.type, count: 1) }
      maximum = bounds?.maximum.map { Column.constant($0, field.type, count: 1) }
      nullCount = bounds?.nullCount
    }

    mutating func add(_ column: Column) {
      for row in 0..<column.count {
        if column.isNull(row) {
          foundNullCount += 1
          continue
        }
        if let minimum, Column.order(column, row, minimum, 0) < 0 { isOutside = true }
        if let maximum, Column.order(column, row, maximum, 0) > 0 { isOutside = true }
      }
    }

    func problem(countsNulls: Bool) -> String? {
      if isOutside { return "values of '\(name)' lie outside of the bounds that the log has" }
      if countsNulls, let nullCount, nullCount != foundNullCount {
        return "'\(name)' is NULL in \(counted(foundNullCount, "row")), and the log says "
          + "\(nullCount)"
      }
      return nil
    }
  }
}

/// The digest of a file's bytes.
struct FileDigest {
  private static let pieceByteCount = 1 << 20

  private let files: any FileSystem

  init(_ files: any FileSystem) { self.files = files }

  func hex(of path: String) throws(Fault) -> String { try hex(of: try files.open(path)) }

  func hex(of file: any ReadableFile) throws(Fault) -> String {
    let digest = SHA256()
    var offset = 0
    while offset < file.byteCount {
      let piece = try file.read(at: offset, count: Self.pieceByteCount)
      if piece.isEmpty { break }
      digest.append(piece)
      offset += piece.count
    }
    return hexText(digest.finish())
  }
}
