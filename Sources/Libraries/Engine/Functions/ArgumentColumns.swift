import Columnar
import Core

/// Holds the columns that a call is given against the types that its function is bound to, once a
/// batch: a function reads its arguments as what it asked for, whatever a source made of them.
struct ArgumentColumns {
  let name: String
  let types: [DataType]

  /// Throws a fault when a column does not lie as its type, or is not as long as the batch.
  func check(_ columns: [Column], rowCount: Int) throws(Fault) {
    guard columns.count == types.count else { throw fault("\(columns.count) columns") }
    for (column, type) in zip(columns, types)
    where column.count != rowCount || !column.lies(as: type) {
      throw fault("a column of \(column.type.sql)")
    }
  }

  private func fault(_ given: String) -> Fault {
    let wanted = types.map(\.sql).joined(separator: ", ")
    return Fault(
      .data, "'\(name)' takes (\(wanted)), but a table gives it \(given)",
      remedy: "cast the arguments to these types")
  }
}

extension Column {
  /// Whether the values lie as those of `type`: what reads them by the type finds them.
  func lies(as type: DataType) -> Bool {
    switch values {
    case .boolean: type.layout == .boolean
    case .int32: type.layout == .int32
    case .int64: type.layout == .int64 && self.type.scale == type.scale
    case .int128: type.layout == .int128 && self.type.scale == type.scale
    case .double: type.layout == .double
    case .bytes, .dictionary: type.layout == .bytes
    case .list(_, let elements): type.layout == .list && elements.lies(as: type.elementType)
    case .structure(let members):
      type.layout == .structure && members.count == type.fields.count
        && zip(members, type.fields).allSatisfy { $0.lies(as: $1.type) }
    }
  }
}
