import Columnar
import Core

extension LogicalPlan {
  /// The plan as an indented tree, a step a line: what a person reads to see how a query runs.
  package var text: String { lines { _ in "" }.joined(separator: "\n") }

  /// The lines of the text, a step a line; what `note` tells of a scan stands behind it.
  func lines(_ note: (Scan) throws -> String) rethrows -> [String] {
    var first = line
    if case .scan(let scan) = self { first += try note(scan) }
    return [first] + (try inputs.flatMap { try $0.lines(note).map { "  " + $0 } })
  }

  private var line: String {
    let names = inputs.flatMap(\.schema.names)
    func list(_ expressions: [Expression]) -> String {
      expressions.map { $0.text(over: names) }.joined(separator: ", ")
    }
    switch self {
    case .scan(let scan): return scan.line
    case .values(let rows, _): return "values \(rows.count) rows"
    case .project(_, let columns):
      return "project " + columns.map { $0.text(over: names) }.joined(separator: ", ")
    case .filter(_, let condition): return "filter \(condition.text(over: names))"
    case .join(let join): return join.line
    case .aggregate(let aggregate): return aggregate.line(over: names)
    case .window(_, let calls):
      return "window " + calls.map { $0.text(over: names) }.joined(separator: ", ")
    case .generate(let generate):
      let kind = (generate.isOuter ? "outer " : "") + generate.generator.rawValue
      let columns = generate.columns.map(\.name).joined(separator: ", ")
      return "\(kind) \(generate.argument.text(over: names)) as \(columns)"
    case .sort(_, let keys):
      return "sort " + keys.map { $0.text(over: names) }.joined(separator: ", ")
    case .limit(_, let count, let offset):
      return "limit \(count.map { "\($0)" } ?? "all")" + (offset > 0 ? " offset \(offset)" : "")
    case .unionAll: return "union all"
    case .setOperation(_, _, let operation): return "\(operation)"
    }
  }
}

extension LogicalPlan.Scan {
  fileprivate var line: String {
    let how =
      switch reading {
      case .whole: ""
      case .stream: "stream "
      case .version(let version): "version \(version) of "
      case .instant(let time): "\(time) of "
      case .changes(let span):
        "changes from \(span.from.text) to \(span.to?.text ?? "now") of "
      }
    let names = columns.map(\.name).joined(separator: ", ")
    let conditions = predicates.map(\.text).joined(separator: " and ")
    return "scan \(how)\(table.name) (\(names))"
      + (conditions.isEmpty ? "" : " where \(conditions)")
  }
}

extension ChangeSpan.Bound {
  fileprivate var text: String {
    switch self {
    case .version(let version): "version \(version)"
    case .instant(let time): "\(time)"
    }
  }
}

extension ColumnPredicate {
  fileprivate var text: String {
    switch condition {
    case .equal(let value): "\(column) = \(value.written)"
    case .less(let value): "\(column) < \(value.written)"
    case .lessOrEqual(let value): "\(column) <= \(value.written)"
    case .greater(let value): "\(column) > \(value.written)"
    case .greaterOrEqual(let value): "\(column) >= \(value.written)"
    case .isIn(let values):
      "\(column) in (\(values.map(\.written).sorted().joined(separator: ", ")))"
    case .isNull: "\(column) is null"
    case .isNotNull: "\(column) is not null"
    }
  }
}

extension LogicalPlan.Join {
  fileprivate var line: String {
    let leftNames = left.schema.names
    let rightNames = right.schema.names
    var parts = equalities.map { equality in
      let sign = equality.nullsMatch ? "<=>" : "="
      let sides = [equality.left.text(over: leftNames), equality.right.text(over: rightNames)]
      return sides.joined(separator: " \(sign) ")
    }
    if let residual { parts.append(residual.text(over: leftNames + rightNames)) }
    let condition = parts.isEmpty ? "" : " on \(parts.joined(separator: " and "))"
    return "\(kind.rawValue) join\(condition)"
  }
}

extension LogicalPlan.Aggregate {
  fileprivate func line(over names: [String]) -> String {
    let keys = groups.map { $0.text(over: names) }.joined(separator: ", ")
    let results = calls.map { "\($0.call.text(over: names)) as \($0.name)" }
      .joined(separator: ", ")
    let sets = groupingSets.map { " sets \($0)" } ?? ""
    return "aggregate [\(keys)]\(sets)" + (results.isEmpty ? "" : " \(results)")
  }
}

extension LogicalPlan.NamedExpression {
  fileprivate func text(over names: [String]) -> String {
    let value = expression.text(over: names)
    return value == name ? name : "\(value) as \(name)"
  }
}

extension LogicalPlan.NamedWindow {
  fileprivate func text(over names: [String]) -> String {
    "\(call.fullText(over: names)) as \(name)"
  }
}

extension WindowCall {
  /// The function, its arguments and its window.
  func fullText(over names: [String]) -> String {
    var window: [String] = []
    if !partitionBy.isEmpty {
      window.append(
        "partition by \(partitionBy.map { $0.text(over: names) }.joined(separator: ", "))")
    }
    if !orderBy.isEmpty {
      window.append("order by \(orderBy.map { $0.text(over: names) }.joined(separator: ", "))")
    }
    return "\(text(over: names)) over (\(window.joined(separator: " ")))"
  }

  /// The function and its arguments, without the window.
  fileprivate func text(over names: [String]) -> String {
    if case .aggregate(let call) = function { return call.text(over: names) }
    let list = arguments.map { $0.text(over: names) }.joined(separator: ", ")
    return "\(function.name)(\(list))"
  }
}

extension WindowCall.Function {
  fileprivate var name: String {
    switch self {
    case .rowNumber: "row_number"
    case .rank: "rank"
    case .denseRank: "dense_rank"
    case .percentRank: "percent_rank"
    case .cumeDist: "cume_dist"
    case .ntile: "ntile"
    case .lag: "lag"
    case .lead: "lead"
    case .firstValue: "first_value"
    case .lastValue: "last_value"
    case .nthValue: "nth_value"
    case .aggregate(let call): call.function.name
    }
  }
}

extension AggregateCall {
  /// The function and its arguments.
  func text(over names: [String]) -> String {
    let list = arguments.map { $0.text(over: names) }.joined(separator: ", ")
    let filtered = filter.map { " filter (\($0.text(over: names)))" } ?? ""
    return "\(function.name)(\(isDistinct ? "distinct " : "")\(list))\(filtered)"
  }
}

extension SortKey {
  fileprivate func text(over names: [String]) -> String {
    expression.text(over: names) + (isDescending ? " desc" : "")
      + (nullsFirst == isDescending ? (nullsFirst ? " nulls first" : " nulls last") : "")
  }
}
