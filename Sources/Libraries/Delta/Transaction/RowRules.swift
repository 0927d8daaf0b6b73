import Columnar
import Core

/// Fills in and checks rows on their way into a table as its rules say. Used by one thread at a
/// time, whichever it is; one serves a transaction, since it counts.
final class RowRules: @unchecked Sendable {
  private typealias Expression = (Batch) throws -> Column

  private let schema: Schema
  private let place: Place
  private let conditions: [(name: String, text: String, expression: Expression)]
  private let generated: [(position: Int, text: String, expression: Expression)]
  private let defaults: [(position: Int, expression: Expression)]
  private var identities: [(position: Int, rule: IdentityRule)]

  /// Nil when the table has no rules. Throws `.configuration` where nobody can work them out.
  init?(_ table: Table, _ metadata: TableMetadata, _ schema: Schema) throws {
    let rules = TableRules(metadata.configuration, schema)
    if rules.isEmpty { return nil }
    self.schema = schema
    let place = Place(table.path)
    self.place = place
    identities = rules.identities
    guard rules.needExpressions else {
      conditions = []
      generated = []
      defaults = []
      return
    }
    guard let sql = table.expressions else {
      throw TableFeatures.ruleFault(rules, schema, at: place)
    }
    conditions = try rules.conditions.map {
      ($0.name, $0.text, try sql.column(of: $0.text, as: nil, over: schema, at: place))
    }
    generated = try rules.generated.map {
      (
        $0.position, $0.text,
        try sql.column(of: $0.text, as: schema.fields[$0.position].type, over: schema, at: place)
      )
    }
    defaults = try rules.defaults.map {
      (
        $0.position,
        try sql.column(
          of: $0.text, as: schema.fields[$0.position].type, over: Schema([]), at: place)
      )
    }
  }

  /// `columns` in the table's order with those filled in that rows do not bring: `given` are the
  /// positions of those that they bring.
  func filled(
    _ columns: [Column], given: Set<Int>, rowCount: Int
  ) throws -> [Column] {
    var columns = columns
    for (position, expression) in defaults where !given.contains(position) {
      columns[position] = try expression(Batch(Schema([]), [], rowCount: rowCount))
    }
    for index in identities.indices where !given.contains(identities[index].position) {
      let numbers = try identities[index].rule.take(rowCount, at: place)
      columns[identities[index].position] = Column(.bigint, count: rowCount, .int64(numbers))
    }
    for (position, text, expression) in generated {
      let value = try expression(Batch(schema, columns, rowCount: rowCount))
      if given.contains(position) {
        try check(columns[position], is: value, schema.fields[position], text)
      } else {
        columns[position] = value
      }
    }
    return columns
  }

  /// Throws `.verdict` when a row breaks a condition; one that is NULL is broken, as Delta has it.
  func check(_ batch: Batch) throws {
    for (name, text, expression) in conditions {
      let truth = try expression(batch)
      guard case .boolean(let values) = truth.values else { continue }
      guard let row = values.indices.first(where: { truth.isNull($0) || !values[$0] }) else {
        continue
      }
      let shown = batch.schema.fields.indices.prefix(4).map { index in
        "\(batch.schema.fields[index].name) = "
          + (PartitionValue.encode(batch.columns[index].scalar(at: row)) ?? "NULL")
      }
      throw Fault(
        .verdict, at: place,
        "a row breaks the table's constraint '\(name)' (\(text)): \(shown.joined(separator: ", "))",
        remedy: "mend the row, or set it aside by a rule 'expect.\(name)' of the table")
    }
  }

  /// The columns with how far their numbers have come; nil when nothing was counted.
  var countedSchema: Schema? {
    if identities.isEmpty { return nil }
    var fields = schema.fields
    for (position, rule) in identities { fields[position] = rule.noted(in: fields[position]) }
    return fields == schema.fields ? nil : Schema(fields)
  }

  private func check(
    _ given: Column, is value: Column, _ field: Field, _ text: String
  ) throws(Fault) {
    let one = Schema([field])
    let comparison = RowComparison(
      Batch(one, [given], rowCount: given.count), Batch(one, [value], rowCount: value.count))
    guard !(0..<given.count).allSatisfy({ comparison.areEqual($0, $0) }) else { return }
    throw Fault(
      .verdict, at: place,
      "column '\(field.name)' is generated as \(text), and a row brings another value",
      remedy: "leave the column out")
  }
}
