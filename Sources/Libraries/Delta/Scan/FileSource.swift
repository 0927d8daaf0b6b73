import Columnar
import Core
import Parquet

/// The rows of some data files, one file after the other, in the shape a plan asks for.
final class FileSource: BatchSource {
  let schema: Schema
  private let plan: FilePlan
  private var pieces: ArraySlice<FilePiece>
  private var current: OpenFile?

  init(_ plan: FilePlan, _ pieces: [FilePiece]) {
    self.plan = plan
    self.pieces = pieces[...]
    schema = plan.schema
  }

  func next() throws -> Batch? {
    while true {
      if let batch = try current?.next() { return batch }
      guard let piece = pieces.popFirst() else { return nil }
      current = try OpenFile(piece, plan)
    }
  }
}

/// One data file being read.
private final class OpenFile {
  /// Where a column comes from, now that the file is known.
  private enum Part {
    /// The batch's column at `position`, converted to `type`.
    case column(position: Int, type: DataType)
    /// The batch's column at `position`, opened.
    case sealed(position: Int, ColumnOpening)
    case constant(Scalar, DataType)
    case rowPosition
  }

  private let schema: Schema
  private let batches: FileBatches
  private let parts: [Part]
  private let deletedRows: DeletionVector?
  private let place: Place

  init(_ piece: FilePiece, _ plan: FilePlan) throws(Fault) {
    schema = plan.schema
    let reader = try plan.open(piece.file)
    place = reader.place
    deletedRows = try plan.deletedRows(of: piece.file)
    var names: [String] = []
    var parts: [Part] = []
    for origin in plan.origins {
      switch origin {
      case .partition(let field):
        parts.append(.constant(try plan.partitionValue(field, of: piece.file), field.type))
      case .filePath: parts.append(.constant(.string(piece.file.path), .string))
      case .rowPosition: parts.append(.rowPosition)
      case .file(let field):
        if let index = reader.schema.index(of: field.name) {
          parts.append(.column(position: names.count, type: field.type))
          names.append(reader.schema.fields[index].name)
        } else {
          parts.append(.constant(.null, field.type))
        }
      case .sealed(let field, let opening):
        if let index = reader.schema.index(of: field.name) {
          parts.append(.sealed(position: names.count, opening))
          names.append(reader.schema.fields[index].name)
        } else {
          parts.append(.constant(.null, plan.schema.fields[parts.count].type))
        }
      }
    }
    self.parts = parts
    batches = try reader.batches(
      columns: names, where: plan.predicates, rowGroups: piece.rowGroups)
  }

  func next() throws(Fault) -> Batch? {
    while let batch = try batches.next() {
      var columns: [Column] = []
      columns.reserveCapacity(parts.count)
      for (index, part) in parts.enumerated() {
        let column = try column(part, batch, name: schema.fields[index].name)
        // Types agree but for names that column mapping changes inside structures.
        columns.append(column.withType(schema.fields[index].type))
      }
      let result = Batch(schema, columns, rowCount: batch.rowCount)
      guard let deletedRows else { return result }
      let rest = deletedRows.rest(of: batches.firstRow..<batches.firstRow + batch.rowCount)
      if rest.isAllSet { return result }
      let kept = result.filtering(rest)
      if kept.rowCount > 0 { return kept }
    }
    return nil
  }

  private func column(_ part: Part, _ batch: Batch, name: String) throws(Fault) -> Column {
    switch part {
    case .constant(let value, let type): return .constant(value, type, count: batch.rowCount)
    case .rowPosition:
      let first = Int64(batches.firstRow)
      return Column(
        .bigint, count: batch.rowCount, .int64((0..<Int64(batch.rowCount)).map { first + $0 }))
    case .sealed(let position, let opening):
      guard let column = batch.columns[position].widened(to: .binary) else {
        throw Fault(
          .data, at: place, "column '\(name)' is not sealed in the file",
          remedy: "restore the file from a copy")
      }
      return try opening.plain(column)
    case .column(let position, let type):
      let column = batch.columns[position]
      guard let converted = column.widened(to: type) else {
        throw Fault(
          .data, at: place,
          "column '\(name)' is \(column.type.sql) in the file and \(type.sql) in the table",
          remedy: "restore the file from a copy")
      }
      return converted
    }
  }
}
