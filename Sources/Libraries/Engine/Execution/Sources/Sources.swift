import Columnar
import Core

/// Several sources one after the other.
final class ChainedSource: BatchSource {
  let schema: Schema
  private var sources: ArraySlice<any BatchSource>

  init(_ schema: Schema, _ sources: [any BatchSource]) {
    self.schema = schema
    self.sources = sources[...]
  }

  func next() throws -> Batch? {
    while let first = sources.first {
      if let batch = try first.next() { return batch }
      sources.removeFirst()
    }
    return nil
  }
}

/// A source that is made when its first batch is asked for.
final class DeferredSource: BatchSource {
  let schema: Schema
  private var make: (() throws -> any BatchSource)?
  private var source: (any BatchSource)?

  init(_ schema: Schema, _ make: @escaping () throws -> any BatchSource) {
    self.schema = schema
    self.make = make
  }

  func next() throws -> Batch? {
    if let make {
      source = try make()
      self.make = nil
    }
    return try source?.next()
  }
}

/// A source whose batches bear another schema of the same types.
final class RenamedSource: BatchSource {
  let schema: Schema
  private let input: any BatchSource

  init(_ schema: Schema, _ input: any BatchSource) {
    self.schema = schema
    self.input = input
  }

  func next() throws -> Batch? {
    try input.next().map { Batch(schema, $0.columns, rowCount: $0.rowCount) }
  }
}

/// The rows for which a condition is true.
final class FilterSource: BatchSource {
  var schema: Schema { input.schema }
  private let input: any BatchSource
  private let condition: Evaluator

  init(_ input: any BatchSource, _ condition: Expression, _ world: EvaluationContext) {
    self.input = input
    self.condition = Evaluator(condition, in: world)
  }

  func next() throws -> Batch? {
    while let batch = try input.next() {
      let kept = batch.filtering(try condition.evaluate(batch).trueRows)
      if kept.rowCount > 0 { return kept }
    }
    return nil
  }
}

/// Columns computed from each row, or from the rows for which a condition is true.
final class ProjectSource: BatchSource {
  let schema: Schema
  private let input: any BatchSource
  private let condition: Evaluator?
  private let columns: [Evaluator]

  init(
    _ input: any BatchSource, where condition: Expression?,
    _ columns: [LogicalPlan.NamedExpression], _ world: EvaluationContext
  ) {
    self.input = input
    self.condition = condition.map { Evaluator($0, in: world) }
    self.columns = columns.map { Evaluator($0.expression, in: world) }
    schema = Schema(columns.map(outputField))
  }

  func next() throws -> Batch? {
    while let batch = try input.next() {
      var rows = InputRows(batch)
      if let condition {
        let kept = try condition.evaluate(rows).trueRows
        let count = kept.setCount
        if count == 0 { continue }
        if count < batch.rowCount { rows = rows.selecting(kept.setPositions) }
      }
      let results = try columns.map { try $0.evaluate(rows) }
      return Batch(schema, results, rowCount: rows.count)
    }
    return nil
  }
}

/// A number of rows, after some that are passed over.
final class LimitSource: BatchSource {
  var schema: Schema { input.schema }
  private let input: any BatchSource
  private var offset: Int
  private var left: Int

  init(_ input: any BatchSource, count: Int?, offset: Int) {
    self.input = input
    self.offset = offset
    left = count ?? Int.max
  }

  func next() throws -> Batch? {
    while left > 0, let batch = try input.next() {
      if offset >= batch.rowCount {
        offset -= batch.rowCount
        continue
      }
      let end = min(batch.rowCount, left > batch.rowCount ? batch.rowCount : offset + left)
      let part = batch.slice(offset..<end)
      offset = 0
      left -= part.rowCount
      return part
    }
    return nil
  }
}

/// The output column of a named expression.
func outputField(_ column: LogicalPlan.NamedExpression) -> Field {
  Field(column.name, column.expression.type, isNullable: column.expression.isNullable)
}
