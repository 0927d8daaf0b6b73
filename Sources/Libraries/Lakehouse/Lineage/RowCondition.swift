import Columnar
import Core
import Delta
import Engine

/// Which rows of a table are meant: conditions on columns of `schema`.
struct RowCondition {
  var schema: Schema
  var parts: [Expression]
  /// Whether all rows that meet them are meant; else at most these.
  var isExact = true
  /// Whether there may be no such row though there is one that comes from the table.
  var isOptional = false

  /// The rows with the values of a row of a batch.
  init(of batch: Batch, row: Int) {
    schema = batch.schema
    parts = batch.columns.enumerated().compactMap { position, column in
      RowCondition.equality(position, batch.schema.fields[position], column.scalar(at: row))
    }
  }

  init(_ schema: Schema, _ parts: [Expression]) {
    self.schema = schema
    self.parts = parts
  }

  /// The rows whose column at `position` has `value`; nil for a value that is not compared.
  static func equality(_ position: Int, _ field: Field, _ value: Scalar) -> Expression? {
    let column = Expression(column: position, field)
    switch value {
    case .null: return Expression(.isNull(column), .boolean, isNullable: false)
    case .list, .structure: return nil
    default:
      let literal = Expression(.literal(value), field.type, isNullable: false)
      return Expression(.isIn(column, [literal]), .boolean, isNullable: field.isNullable)
    }
  }

  /// The same of the columns of those names in another schema; what it has not is left out.
  func moved(to other: Schema) -> RowCondition {
    let places = schema.fields.map { field in
      other.index(of: field.name).flatMap { other.fields[$0].type == field.type ? $0 : nil }
    }
    let known = parts.compactMap { part -> Expression? in
      guard let (column, value) = values(of: part) else {
        return part.movingColumns { places[$0] }
      }
      let field = schema.fields[column]
      guard let position = other.index(of: field.name) else { return nil }
      let target = other.fields[position]
      // A database has but one whole number for several types.
      guard value.isNull || places[column] != nil || isWhole(field.type) && isWhole(target.type)
      else { return nil }
      return RowCondition.equality(position, target, value)
    }
    var moved = RowCondition(other, known)
    moved.isExact = isExact && known.count == parts.count
    moved.isOptional = isOptional
    return moved
  }

  private func isWhole(_ type: DataType) -> Bool {
    [.tinyint, .smallint, .int, .bigint].contains(type)
  }

  /// Only the conditions on one of these columns.
  func limited(to names: [String]) -> RowCondition {
    let wanted = Set(names.map { $0.lowercased() })
    var limited = self
    limited.parts = parts.filter { part in
      part.columns.allSatisfy { wanted.contains(schema.fields[$0].name.lowercased()) }
    }
    return limited
  }

  /// Only the conditions that compare a column with a value, for what others cannot be computed of.
  var comparisons: RowCondition {
    var plain = self
    plain.parts = parts.filter { values(of: $0) != nil }
    plain.isExact = isExact && plain.parts.count == parts.count
    return plain
  }

  /// The rows of `plan`, which has the columns of `schema`, that are meant.
  func rows(of plan: LogicalPlan) -> LogicalPlan {
    Expression.all(parts).map { .filter(plan, $0) } ?? plan
  }

  /// The conditions in the words of SQL.
  var text: String { text { _ in nil } }

  /// The same with other words in the place of values of the columns that have some.
  func text(covering words: (_ column: String) -> String?) -> String {
    parts.map { part in
      let covered = part.columns.sorted().map { schema.fields[$0].name }
        .compactMap { name in words(name).map { (name, $0) } }
      guard let (name, words) = covered.first else { return text(part) }
      guard case (_, let value)? = values(of: part), !value.isNull else {
        return "a condition on \(Identifier.quoted(name))"
      }
      return "\(Identifier.quoted(name)) = \(words)"
    }.joined(separator: " AND ")
  }

  /// The column and value that a condition compares; nil when it is another one.
  func values(of part: Expression) -> (column: Int, value: Scalar)? {
    switch part.kind {
    case .isNull(let operand):
      if case .column(let position) = operand.kind { return (position, .null) }
    case .isIn(let operand, let values):
      if case .column(let position) = operand.kind, values.count == 1,
        let value = values[0].literal
      {
        return (position, value)
      }
    default: break
    }
    return nil
  }

  private func text(_ part: Expression) -> String {
    guard let (position, value) = values(of: part), let text = PartitionValue.encode(value) else {
      if case .isNull(let operand) = part.kind {
        return "\(operand.text(over: schema.names.map(Identifier.quoted))) IS NULL"
      }
      return part.text(over: schema.names.map(Identifier.quoted))
    }
    let field = schema.fields[position]
    return "\(Identifier.quoted(field.name)) = \(RowCondition.literal(text, field.type))"
  }

  /// A value's text as a literal of SQL; a control character is written, never meant.
  static func literal(_ text: String, _ type: DataType) -> String {
    let written = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "'": "\\'"
      case "\n": "\\n"
      case "\t": "\\t"
      case "\r": "\\r"
      case _ where scalar.properties.generalCategory == .control:
        "\\u" + hexText([UInt8(scalar.value >> 8), UInt8(scalar.value & 0xFF)])
      default: String(scalar)
      }
    }.joined()
    return type == .string ? "'\(written)'" : "CAST('\(written)' AS \(type.sql))"
  }
}
