package import Columnar
package import Core

extension LogicalPlan {
  /// The columns of the plan's rows.
  package var schema: Schema {
    if case .values(_, let schema) = self { return schema }
    if case .unionAll(_, let schema) = self { return schema }
    var fields: [Field] = []
    addFields(to: &fields)
    return Schema(fields)
  }

  /// Appends the columns: steps that stand on many others hand one list down, not a copy each.
  fileprivate func addFields(to fields: inout [Field]) {
    switch self {
    case .scan(let scan): fields += scan.columns
    case .values(_, let schema), .unionAll(_, let schema): fields += schema.fields
    case .project(_, let columns): fields += columns.lazy.map(\.field)
    case .filter(let input, _), .sort(let input, _), .limit(let input, _, _):
      input.addFields(to: &fields)
    case .join(let join): join.addFields(to: &fields)
    case .aggregate(let aggregate): fields += aggregate.schema.fields
    case .window(let input, let calls):
      input.addFields(to: &fields)
      fields += calls.lazy.map {
        Field($0.name, $0.call.type, isNullable: $0.call.isNullable)
      }
    case .generate(let generate):
      generate.input.addFields(to: &fields)
      fields += generate.columns
    case .setOperation(let left, let right, let operation):
      let start = fields.count
      left.addFields(to: &fields)
      if operation == .except || operation == .exceptAll { return }
      for (index, field) in right.schema.fields.enumerated() {
        fields[start + index].isNullable = fields[start + index].isNullable && field.isNullable
      }
    }
  }

  /// How many columns the plan's rows have.
  var columnCount: Int {
    switch self {
    case .scan(let scan): scan.columns.count
    case .values(_, let schema), .unionAll(_, let schema): schema.fields.count
    case .project(_, let columns): columns.count
    case .filter(let input, _), .sort(let input, _), .limit(let input, _, _),
      .setOperation(let input, _, _):
      input.columnCount
    case .join(let join):
      join.givesLeftOnly ? join.left.columnCount : join.left.columnCount + join.right.columnCount
    case .aggregate(let aggregate): aggregate.groups.count + aggregate.calls.count
    case .window(let input, let calls): input.columnCount + calls.count
    case .generate(let generate): generate.input.columnCount + generate.columns.count
    }
  }

  /// The plans this one takes its rows from, from left to right.
  package var inputs: [LogicalPlan] {
    switch self {
    case .scan, .values: []
    case .project(let input, _), .filter(let input, _), .window(let input, _),
      .sort(let input, _), .limit(let input, _, _):
      [input]
    case .join(let join): [join.left, join.right]
    case .aggregate(let aggregate): [aggregate.input]
    case .generate(let generate): [generate.input]
    case .unionAll(let inputs, _): inputs
    case .setOperation(let left, let right, _): [left, right]
    }
  }

  /// The same step over other inputs, as many as there are.
  package func withInputs(_ inputs: [LogicalPlan]) -> LogicalPlan {
    switch self {
    case .scan, .values: return self
    case .project(_, let columns): return .project(inputs[0], columns)
    case .filter(_, let condition): return .filter(inputs[0], condition)
    case .window(_, let calls): return .window(inputs[0], calls)
    case .sort(_, let keys): return .sort(inputs[0], keys)
    case .limit(_, let count, let offset):
      return .limit(inputs[0], count: count, offset: offset)
    case .join(var join):
      join.left = inputs[0]
      join.right = inputs[1]
      return .join(join)
    case .aggregate(var aggregate):
      aggregate.input = inputs[0]
      return .aggregate(aggregate)
    case .generate(var generate):
      generate.input = inputs[0]
      return .generate(generate)
    case .unionAll(_, let schema): return .unionAll(inputs, schema: schema)
    case .setOperation(_, _, let operation):
      return .setOperation(inputs[0], inputs[1], operation)
    }
  }

  /// The scans of the plan, from left to right.
  package var scans: [Scan] {
    if case .scan(let scan) = self { return [scan] }
    return inputs.flatMap(\.scans)
  }

  /// Whether some of the rows are those of a stream.
  package var isStreaming: Bool { scans.contains { $0.reading == .stream } }

  /// One row without columns: what a query without FROM selects from.
  static let oneRow = LogicalPlan.values(rows: [[]], schema: Schema([]))

  /// All columns, under their names.
  var identityColumns: [NamedExpression] {
    schema.fields.enumerated().map { NamedExpression($1.name, Expression(column: $0, $1)) }
  }

  /// The plan's columns at `positions`, in that order; the plan itself when that is all of them.
  func selecting(_ positions: [Int]) -> LogicalPlan {
    let columns = identityColumns
    guard positions != Array(columns.indices) else { return self }
    return .project(self, positions.map { columns[$0] })
  }

  /// The plan's rows, each once.
  var distinct: LogicalPlan { .aggregate(Aggregate(self, groups: identityColumns, calls: [])) }

  /// Whether the plan gives exactly one row, whatever the data.
  var givesOneRow: Bool {
    switch self {
    case .aggregate(let aggregate): aggregate.groups.isEmpty && aggregate.groupingSets == nil
    case .project(let input, _), .sort(let input, _), .window(let input, _): input.givesOneRow
    case .values(let rows, _): rows.count == 1
    default: false
    }
  }
}

extension LogicalPlan.Scan {
  /// What is asked of the table.
  func request(parallelism: Int) -> ScanRequest {
    ScanRequest(columns: columns.map(\.name), predicates: predicates, parallelism: parallelism)
  }
}

extension Expression {
  /// The input's column at `position`, which is `field`.
  package init(column position: Int, _ field: Field, place: Place? = nil) {
    self.init(.column(position), field.type, isNullable: field.isNullable, place: place)
  }
}

extension LogicalPlan.NamedExpression {
  /// The output column.
  package var field: Field {
    Field(name, expression.type, isNullable: expression.isNullable)
  }
}

extension LogicalPlan.Join {
  /// The join's columns: left, then right ones, unless only left rows are kept.
  package var schema: Schema {
    var fields: [Field] = []
    addFields(to: &fields)
    return Schema(fields)
  }

  /// Whether the right input's columns are none of the join's.
  fileprivate var givesLeftOnly: Bool {
    kind == .semi || kind == .anti || kind == .nullAwareAnti
  }

  fileprivate func addFields(to fields: inout [Field]) {
    let start = fields.count
    left.addFields(to: &fields)
    if givesLeftOnly { return }
    let middle = fields.count
    right.addFields(to: &fields)
    if kind == .right || kind == .full {
      for index in start..<middle { fields[index].isNullable = true }
    }
    if kind == .left || kind == .full {
      for index in middle..<fields.count { fields[index].isNullable = true }
    }
  }
}

extension LogicalPlan.Aggregate {
  /// The groups, then the aggregates.
  package var schema: Schema {
    let keys = groups.map { group in
      var field = group.field
      if groupingSets != nil { field.isNullable = true }
      return field
    }
    let results = calls.map {
      Field($0.name, $0.call.function.resultType, isNullable: $0.call.function.isNullable)
    }
    return Schema(keys + results)
  }
}
