import Columnar
import Core
import Database

/// The members that stand for no member, with the same numbers in every dimension.
enum ReservedKey {
  /// A key was given that no member has.
  static let unknown: Int64 = -1
  /// There is no such thing for the fact.
  static let notApplicable: Int64 = -2
  /// The source gave no key where one is required.
  static let missing: Int64 = -3
  /// What the source gave is no key: it has the wrong form, or lies outside its domain.
  static let invalid: Int64 = -4

  /// All of them, and what their texts say.
  static let labels: [(key: Int64, label: String)] = [
    (unknown, "Unknown"), (notApplicable, "Not applicable"), (missing, "Missing"),
    (invalid, "Invalid"),
  ]
}

/// Writes a dimension's reserved members: texts say what they are, other attributes are NULL.
struct ReservedMembers {
  private let loader: DimensionLoader

  init(_ loader: DimensionLoader) { self.loader = loader }

  /// Writes those that are missing or lack a column's value.
  func write() throws(Fault) {
    for (key, label) in ReservedKey.labels { try write(key, label) }
  }

  /// Gives a stored dimension the reserved members that loads of before did not make, as copies of
  /// the unknown one, so that facts may point to them.
  static func complete(_ dimension: String, _ load: LoadContext) throws(Fault) {
    let table = load.quoted(dimension)
    let surrogate = load.quoted(DimensionColumns.surrogate(of: dimension))
    let present = try load.database.integer(
      "SELECT count(*) FROM \(table) WHERE \(surrogate) < 0")
    guard present > 0, present < ReservedKey.labels.count else { return }
    let durable = DimensionColumns.durable(beside: DimensionColumns.surrogate(of: dimension))
    let columns = try load.database.columns(of: dimension)
    let names = columns.map { load.quoted($0.name) }
    for (key, label) in ReservedKey.labels {
      let values = columns.map { column in
        let name = load.quoted(column.name)
        if name == surrogate || column.name == durable { return "\(key)" }
        guard column.type == .string else { return name }
        return "CASE WHEN \(name) = 'Unknown' THEN \(load.database.dialect.literal(label)) "
          + "ELSE \(name) END"
      }
      try load.database.run(
        """
        INSERT INTO \(table) (\(names.joined(separator: ", ")))
        SELECT \(values.joined(separator: ", ")) FROM \(table)
        WHERE \(surrogate) = \(ReservedKey.unknown)
          AND NOT EXISTS (SELECT 1 FROM \(table) WHERE \(surrogate) = \(key))
        """)
    }
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
