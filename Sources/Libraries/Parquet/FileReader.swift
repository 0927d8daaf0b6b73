package import Columnar
import Compression
package import Core

// Parquet: files of columns, read and written.
//
// The rooms, in this order: `Bytes` (a page in memory, and what can be wrong with it), `Thrift`
// (what footer and page headers say, and their bytes), `Schema` (the leaves of a nested schema),
// `Encoding` (values to bytes and back). On top of them: `PageReader` and `ChunkReader`,
// `ChunkWriter`; `Assembly` and `Shredding`, which put nested columns together and take them apart;
// and the faces, `FileReader` and `FileWriter`.
//
// Begin with `FileReader`, which draws a file. Nothing here knows tables or why a file is written.

/// A Parquet file open for reading. Cheap to keep: it holds the footer only.
///
///     PAR1 | row group: chunk chunk … | row group … | footer | 4 bytes its length | PAR1
///
///     let file = try FileReader(files.open(path), at: Place(path))
///     let rows = try file.batches(columns: ["sku", "price"], where: [predicate])
///     while let batch = try rows.next() { … }
package final class FileReader: Sendable {
  /// The columns, in file order.
  package let schema: Schema
  package let rowCount: Int
  /// The writer, as it names itself.
  package let createdBy: String?
  /// Where the file stands, for messages.
  package let place: Place
  let metadata: FileMetadata
  let mapping: SchemaMapping
  let file: any ReadableFile
  /// Where the footer starts: no chunk reaches past it.
  let footerOffset: Int
  /// The position in the file of each row group's first row.
  let firstRows: [Int]

  /// Reads the footer of `file`; `.data` when it is no Parquet file or a damaged one.
  ///
  /// Columns are called as the file calls them or, when there are `names` by field id, as these
  /// say: then a column is found by its id alone, and the file must have ids. With `key` the ids
  /// that there are stand under it in the metadata of the fields.
  package init(
    _ file: any ReadableFile, namedByID names: [Int: String]? = nil, numberedBy key: String? = nil,
    at place: Place
  ) throws(Fault) {
    let byteCount = file.byteCount
    let tail = try FileReader.tail(of: file, at: place)
    guard tail.footerByteCount <= byteCount - 12 else {
      throw Damage("the footer is longer than the file").fault(at: place, "byte \(byteCount - 8)")
    }
    guard tail.footerByteCount <= PieceLimit.byteCount else {
      throw Damage.tooLarge("the footer has \(tail.footerByteCount) bytes")
        .fault(at: place, "byte \(byteCount - 8)")
    }
    footerOffset = byteCount - 8 - tail.footerByteCount
    let footer =
      tail.footerByteCount + 8 <= tail.bytes.count
      ? Array(tail.bytes.suffix(tail.footerByteCount + 8).dropLast(8))
      : try file.read(at: footerOffset, count: tail.footerByteCount)
    do throws(Damage) {
      var metadata = try FileMetadata(footer: footer)
      try metadata.completeSchema(names)
      self.metadata = metadata
      mapping = try SchemaMapping(metadata.schema, numberedBy: key)
      firstRows = try FileReader.check(metadata, mapping, footerOffset: footerOffset)
    } catch {
      throw error.fault(at: place, "footer at byte \(footerOffset)")
    }
    self.file = file
    self.place = place
    schema = mapping.schema
    // Some writers leave the file's own count at zero.
    rowCount = firstRows[metadata.rowGroups.count]
    createdBy = metadata.createdBy
  }

  /// How many row groups the file has; each can be read by itself (`batches(rowGroups:)`).
  package var rowGroupCount: Int { metadata.rowGroups.count }

  /// Free text by name that the writer left.
  package var keyValues: [String: String] {
    Dictionary(metadata.keyValues.map { ($0.key, $0.value) }) { _, last in last }
  }

  /// The rows, batch by batch, in file order.
  ///
  /// `columns` names the columns wanted, in the order wanted, letter case aside; nil means all.
  /// Row groups whose statistics say that no row passes all of `predicates` are skipped.
  package func batches(
    columns: [String]? = nil, where predicates: [ColumnPredicate] = [],
    rowGroups: Range<Int>? = nil, rowCount: Int = Batch.standardRowCount
  ) throws(Fault) -> FileBatches {
    var positions = Array(schema.fields.indices)
    if let columns {
      positions = []
      for name in columns {
        guard let position = schema.index(of: name) else {
          throw Fault(
            .data, at: place, "the file has no column '\(name)'",
            remedy: "ask for one of: \(schema.names.joined(separator: ", "))")
        }
        positions.append(position)
      }
    }
    return batches(at: positions, where: predicates, rowGroups: rowGroups, rowCount: rowCount)
  }

  /// The same for the columns at `positions` of the schema, which may share a name.
  package func batches(
    at positions: [Int], where predicates: [ColumnPredicate] = [],
    rowGroups: Range<Int>? = nil, rowCount: Int = Batch.standardRowCount
  ) -> FileBatches {
    let groups = (rowGroups ?? 0..<rowGroupCount).filter { mayHold(predicates, rowGroup: $0) }
    return FileBatches(self, columns: positions, rowGroups: groups, rowCount: rowCount)
  }

  private static func tail(
    of file: any ReadableFile, at place: Place
  ) throws(Fault) -> (bytes: [UInt8], footerByteCount: Int) {
    let count = min(file.byteCount, 64 * 1_024)
    guard count >= 12 else {
      throw Damage("not a Parquet file: \(count) bytes are too few").fault(at: place, "byte 0")
    }
    let bytes = try file.read(at: file.byteCount - count, count: count)
    guard bytes.count == count, bytes.suffix(4).elementsEqual("PAR1".utf8) else {
      throw bytes.suffix(4).elementsEqual("PARE".utf8)
        ? Damage.unsupported("the footer is encrypted").fault(at: place, "byte 0")
        : Damage("not a Parquet file: the mark PAR1 is missing")
          .fault(at: place, "byte \(max(0, file.byteCount - 4))")
    }
    let length = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    return (bytes, length)
  }

  /// What every later step relies on; gives where each row group's rows begin, and where they end.
  private static func check(
    _ metadata: FileMetadata, _ mapping: SchemaMapping, footerOffset: Int
  ) throws(Damage) -> [Int] {
    if metadata.isEncrypted { throw .unsupported("the file is encrypted") }
    var rowCount = 0
    var firstRows = [0]
    var cellCount = 0
    var byteCount = 0
    for group in metadata.rowGroups {
      guard group.chunks.count == mapping.leafCount else {
        throw Damage(
          "a row group has \(group.chunks.count) column chunks for \(mapping.leafCount) columns")
      }
      let (sum, overflow) = rowCount.addingReportingOverflow(group.rowCount)
      guard !overflow else { throw Damage("the row groups have too many rows") }
      rowCount = sum
      firstRows.append(sum)
      for chunk in group.chunks {
        cellCount = cellCount.saturatingAdd(chunk.valueCount)
        byteCount = byteCount.saturatingAdd(chunk.compressedByteCount)
      }
    }
    guard byteCount <= footerOffset else {
      throw Damage("the column chunks have \(byteCount) bytes in a file of \(footerOffset)")
    }
    try PageRoom.check(cellCount: max(cellCount, rowCount), fileByteCount: footerOffset)
    return firstRows
  }
}

extension FileMetadata {
  /// Gives the schema's elements what the rest of the footer, or who reads the file, says of them:
  /// the calendar, and `names` by field id.
  mutating func completeSchema(_ names: [Int: String]?) throws(Damage) {
    let calendar = OldCalendar(keyValues)
    if calendar != OldCalendar([]) {
      for index in schema.indices { schema[index].calendar = calendar }
    }
    guard let names else { return }
    guard schema.contains(where: { $0.fieldID != nil }) else {
      throw Damage("the file has no field ids, by which its table finds columns")
    }
    let taken = Set(names.values)
    for index in schema.indices.dropFirst() {
      if let name = schema[index].fieldID.flatMap({ names[$0] }) {
        schema[index].name = name
      } else if taken.contains(schema[index].name) {
        // Another column's name: that of a column which was dropped, or renamed since.
        schema[index].name += "#\(schema[index].fieldID ?? 0)"
      }
    }
  }

  /// Reads the bytes of a footer.
  init(footer: [UInt8]) throws(Damage) {
    self.init()
    let result = footer.withUnsafeBytes { bytes -> Result<FileMetadata, Damage> in
      do throws(Damage) {
        var reader = CompactReader(bytes)
        return .success(try FileMetadata(&reader))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}
