package import Columnar
package import Core
import Parquet

/// A reading of one snapshot: which columns, from which files.
///
/// Files that cannot hold a wanted row are left out (by partition values and statistics), row
/// groups too. Columns that a file lacks are NULL; narrower types of older files are widened.
package struct TableScan: Sendable {
  /// The hidden column that tells the data file of a row, as the log spells it.
  package static let filePathColumn = "__file_path"
  /// The hidden column that tells a row's position in its data file, from 0.
  package static let rowPositionColumn = "__row_position"

  /// Columns that a scan gives only when named.
  package static let hiddenColumns = [
    Field(filePathColumn, .string, isNullable: false),
    Field(rowPositionColumn, .bigint, isNullable: false),
  ]

  package let snapshot: Snapshot
  /// The columns given, in the order asked for.
  package let schema: Schema
  /// The files that may hold wanted rows, in the table's order.
  package let files: [AddedFile]
  let filePlan: FilePlan

  init(
    _ snapshot: Snapshot, columns: [String]?, predicates: [ColumnPredicate], files: [AddedFile]?
  ) throws(Fault) {
    self.snapshot = snapshot
    filePlan = try FilePlan(snapshot, columns: columns ?? snapshot.schema.names, predicates)
    schema = filePlan.schema
    let skipping = DataSkipping(snapshot, predicates)
    self.files = (files ?? snapshot.files).filter(skipping.keeps)
  }

  /// How many rows the files hold, as far as their statistics tell; an upper bound when predicates
  /// were given.
  package var estimatedRowCount: Int? {
    var total = 0
    for file in files {
      guard let count = FileStatistics.rowCount(in: file) else { return nil }
      total = total.saturatingAdd(count)
    }
    return total
  }

  /// At most `count` independent sources that together give each row once; drained in order they
  /// give the table's order.
  package func sources(atMost count: Int = 1) throws(Fault) -> [any BatchSource] {
    guard !files.isEmpty else { return [] }
    var pieces = files.map { FilePiece(file: $0, rowGroups: nil) }
    if pieces.count < count { pieces = try split(pieces, into: count) }
    return grouped(pieces, into: max(1, count)).map { FileSource(filePlan, $0) }
  }

  /// Contiguous groups of about the same size.
  private func grouped(_ pieces: [FilePiece], into count: Int) -> [[FilePiece]] {
    // Sizes are what the log says: a million files of some tebis are past whole numbers.
    let total = pieces.reduce(0) { $0 + Double($1.file.byteCount) }
    var groups: [[FilePiece]] = []
    var group: [FilePiece] = []
    var passed = 0.0
    for piece in pieces {
      group.append(piece)
      passed += Double(piece.file.byteCount)
      if groups.count < count - 1, passed * Double(count) >= total * Double(groups.count + 1) {
        groups.append(group)
        group = []
      }
    }
    if !group.isEmpty { groups.append(group) }
    return groups
  }

  /// The same rows in more pieces: files of several row groups are cut between them.
  private func split(_ pieces: [FilePiece], into count: Int) throws(Fault) -> [FilePiece] {
    var result: [FilePiece] = []
    for piece in pieces {
      let rowGroupCount = try filePlan.open(piece.file).rowGroupCount
      let parts = min(rowGroupCount, (count + pieces.count - 1) / pieces.count)
      guard parts > 1 else {
        result.append(piece)
        continue
      }
      for part in 0..<parts {
        let range = rowGroupCount * part / parts..<rowGroupCount * (part + 1) / parts
        var file = piece.file
        file.byteCount /= parts
        result.append(FilePiece(file: file, rowGroups: range))
      }
    }
    return result
  }
}

extension Snapshot {
  /// A reading of this version.
  ///
  /// `columns` are names of the schema or `TableScan.hiddenColumns` (nil: all of the schema);
  /// `predicates` must all hold and serve to skip, rows that fail may still come; `files` limits
  /// the reading to some files, such as those a later version added. Throws `.usage` for a column
  /// that does not exist.
  package func scan(
    columns: [String]? = nil, predicates: [ColumnPredicate] = [], files: [AddedFile]? = nil
  ) throws(Fault) -> TableScan {
    try TableScan(self, columns: columns, predicates: predicates, files: files)
  }
}

/// A data file, or some of its row groups.
struct FilePiece: Sendable {
  var file: AddedFile
  var rowGroups: Range<Int>?
}
