import Columnar
import Core

/// The rows of a SELECT as batches.
final class SQLiteCursor: BatchSource {
  let schema: Schema
  private let statement: SQLiteStatement
  private let collectors: [ValueCollector]
  /// Those whose values may be long.
  private let texts: [ValueCollector]
  private var isAtEnd = false

  /// `statement` has its parameters; without `schema` all columns are STRING.
  init(_ statement: SQLiteStatement, as schema: Schema?) throws(Fault) {
    self.statement = statement
    let schema = schema ?? statement.textSchema
    guard schema.fields.count == Int(statement.columnCount) else {
      throw Fault(
        .internal, at: statement.connection.place,
        "\(schema.fields.count) columns declared for \(statement.columnCount) read",
        remedy: "report it")
    }
    self.schema = schema
    collectors = schema.fields.enumerated().map {
      ValueCollector.of($0.element.type, column: Int32($0.offset), of: statement)
    }
    texts = collectors.filter { $0.builder.type.layout == .bytes }
  }

  func next() throws -> Batch? {
    guard !isAtEnd else { return nil }
    var count = 0
    while count < Batch.standardRowCount, !texts.contains(where: \.isLong) {
      guard try statement.step() else {
        isAtEnd = true
        break
      }
      for collector in collectors where !collector.collect() {
        throw refusal(collector)
      }
      count += 1
    }
    guard count > 0 else { return nil }
    try statement.checkBytes()
    return Batch(schema, collectors.map { $0.finish() }, rowCount: count)
  }

  private func refusal(_ collector: ValueCollector) -> Fault {
    let field = schema.fields[Int(collector.column)]
    let value = statement.storedValue(collector.column)
    return Fault(
      .data, at: statement.connection.place,
      "column \(field.name) holds \(value), which is no \(field.type.sql)",
      remedy: "read the column as STRING, or correct the row")
  }
}

extension SQLiteStatement {
  /// The result's column names, all STRING.
  var textSchema: Schema {
    Schema((0..<columnCount).map { Field(columnName($0), .string) })
  }
}
