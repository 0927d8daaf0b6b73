import Columnar
import Core
import Parquet

/// How the columns asked for come out of any data file of a snapshot.
struct FilePlan: Sendable {
  /// Where one column asked for comes from.
  enum Origin: Sendable {
    /// A column of the files, by its physical name and type there.
    case file(Field)
    /// A sealed column of the files, by its physical name there.
    case sealed(Field, ColumnOpening)
    /// A partition value, by the column's physical name.
    case partition(Field)
    case filePath
    case rowPosition
  }

  let schema: Schema
  let origins: [Origin]
  /// The predicates on columns of the files, by physical name.
  let predicates: [ColumnPredicate]
  private let table: Table
  private let version: Int64
  private let namesByID: [Int: String]?

  init(
    _ snapshot: Snapshot, columns: [String], _ predicates: [ColumnPredicate]
  ) throws(Fault) {
    table = snapshot.table
    version = snapshot.version
    let physical = snapshot.columnNames.physical
    namesByID = snapshot.columnNames.physicalByID
    let partitions = Set(snapshot.partitionColumns.compactMap { snapshot.schema.index(of: $0) })
    var fields: [Field] = []
    var origins: [Origin] = []
    for name in columns {
      if let index = snapshot.schema.index(of: name) {
        let logical = snapshot.schema.fields[index]
        fields.append(logical.sealed(with: nil))
        let field = physical.fields[index]
        if let seal = logical.seal {
          let opening = ColumnOpening(logical, seal, table.keys, at: Place(table.path))
          origins.append(.sealed(field, opening))
        } else {
          origins.append(partitions.contains(index) ? .partition(field) : .file(field))
        }
      } else if let hidden = TableScan.hiddenColumns.first(where: { $0.name == name }) {
        fields.append(hidden)
        origins.append(name == TableScan.filePathColumn ? .filePath : .rowPosition)
      } else {
        throw Fault(
          .usage, at: Place(table.path), "the table has no column '\(name)'",
          remedy: "ask for one of: \(snapshot.schema.names.joined(separator: ", "))")
      }
    }
    schema = Schema(fields)
    self.origins = origins
    self.predicates = predicates.compactMap { predicate in
      guard let index = snapshot.schema.index(of: predicate.column), !partitions.contains(index),
        snapshot.schema.fields[index].seal == nil
      else { return nil }
      return ColumnPredicate(physical.fields[index].name, predicate.condition)
    }
  }

  /// Opens a data file.
  func open(_ file: AddedFile) throws(Fault) -> FileReader {
    let path = try table.location(ofFile: file.path)
    do {
      return try FileReader(
        table.fileSystem.open(path), namedByID: namesByID, at: Place(path))
    } catch {
      throw try explained(error, path)
    }
  }

  /// The positions of deleted rows of `file`; nil when it has none.
  func deletedRows(of file: AddedFile) throws(Fault) -> DeletionVector? {
    guard let descriptor = file.deletionVector else { return nil }
    do {
      return try DeletionVector(descriptor, of: table)
    } catch {
      guard let path = try table.location(of: descriptor) else { throw error }
      throw try explained(error, path)
    }
  }

  /// What it means that the file at `path` is gone: the version is too old, or the table damaged.
  private func explained(_ fault: Fault, _ path: String) throws(Fault) -> Fault {
    guard fault.kind == .missing else { return fault }
    if try !table.stillNeeds(path) { return try table.lostFiles(of: version) }
    return Fault(
      .data, at: Place(path), "a data file of the table is missing",
      remedy: "restore it from a copy, or restore the table to a version without it")
  }

  /// The partition value of `file` for a column.
  func partitionValue(_ field: Field, of file: AddedFile) throws(Fault) -> Scalar {
    let text = file.partitionValues[field.name] ?? nil
    guard let value = PartitionValue.decode(text, as: field.type) else {
      throw Fault(
        .data, at: Place(table.path),
        "partition value '\(text ?? "")' of column '\(field.name)' is no \(field.type.sql)",
        remedy: "restore the log from a copy")
    }
    return value
  }
}
