import Columnar
import Core
import Database

/// The members that stand for no member, with the same numbers in every dimension.
enum ReservedKey {
  /// A key was given that no member has.
  static let unknown: Int64 = -1
  /// There is no such thing for the fact.
  static let notApplicable: Int64 = -2
}

/// Writes a dimension's reserved members: texts say what they are, other attributes are NULL.
struct ReservedMembers {
  private let loader: DimensionLoader

  init(_ loader: DimensionLoader) { self.loader = loader }

  /// Writes those that are missing or lack a column's value.
  func write() throws(Fault) {
    try write(ReservedKey.unknown, "Unknown")
    try write(ReservedKey.notApplicable, "Not applicable")
  }

  private func write(_ key: Int64, _ label: String) throws(Fault) {
    let load = loader.load
    let values = values(key, label)
    let table = load.quoted(loader.table.name)
    let columns = values.map { load.quoted($0.column) }.joined(separator: ", ")
    let surrogate = load.quoted(loader.dimension.surrogateColumn)
    let marks = values.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let assignments = values.map {
      "\(load.quoted($0.column)) = excluded.\(load.quoted($0.column))"
    }
    let isChanged = differing(values.map(\.column), "m", "excluded", load.dialect)
    try load.database.run(
      "INSERT INTO \(table) AS m (\(columns)) VALUES (\(marks)) ON CONFLICT (\(surrogate)) "
        + "DO UPDATE SET \(assignments.joined(separator: ", ")) WHERE \(isChanged)",
      values.map(\.value))
  }

  private func values(_ key: Int64, _ label: String) -> [(column: String, value: Scalar)] {
    let dimension = loader.dimension
    var values: [(column: String, value: Scalar)] = [
      (dimension.surrogateColumn, .integer(key))
    ]
    if !dimension.givesSurrogate { values.append((dimension.durableColumn, .integer(key))) }
    for field in loader.table.schema.fields
    where !loader.isInterval(field.name) && field.name != dimension.surrogateColumn {
      values.append((field.name, field.type == .string ? .string(label) : .null))
    }
    if dimension.history == .scd2 {
      values.append(("valid_from", .string(MemberVersion.startText)))
      values.append(("valid_to", .string(MemberVersion.openText)))
      values.append(("is_current", .integer(1)))
    }
    if dimension.history != .fixed {
      values.append(("is_deleted", .integer(0)))
      values.append(("is_inferred", .integer(0)))
    }
    return values
  }
}
