import Columnar
import Core
import Delta
import Engine

/// The rules of tables, worked out by our own SQL.
struct SQLExpressions: RowExpressions {
  let clock: Clock

  func column(
    of text: String, as type: DataType?, over schema: Schema, at place: Place
  ) throws -> (Batch) throws -> Column {
    let binder = Binder(catalog: NoTables(), clock: clock)
    let expression: Engine.Expression
    do {
      if let type {
        let syntax = try SQLScript.parseExpression(
          text: "CAST((\(text)) AS \(type.sql))", file: place.file)
        expression = try binder.bindExpression(syntax, over: schema)
      } else {
        let syntax = try SQLScript.parseExpression(text: text, file: place.file)
        expression = try binder.bindCondition(syntax, over: schema)
      }
    } catch let fault as Fault {
      throw Fault(
        .configuration, at: place, "the table's rule '\(text)' is not understood: \(fault.problem)",
        remedy: fault.remedy)
    }
    let evaluator = Evaluator(expression, QueryContext(clock: clock))
    return { try evaluator.evaluate($0).flattened() }
  }

  /// Rules are about one row.
  private struct NoTables: Catalog {
    let tableNames: [String] = []

    func table(_ name: TableName, reading: TableReading) -> (any TableProvider)? { nil }
  }
}
