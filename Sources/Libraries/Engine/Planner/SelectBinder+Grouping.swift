import Columnar
import Core

extension SelectBinder {
  /// GROUP BY with its names resolved.
  struct Grouping {
    var keys: [Expression]
    /// Positions of the keys of each set; nil for one set of all.
    var sets: [[Int]]?
  }

  func bindGroups(_ syntax: GroupBySyntax) throws -> Grouping {
    expressions.clause = .groupBy
    switch syntax {
    case .all(let place):
      let keys = items.map(\.expression).filter {
        !Placeholder.hasAggregate($0) && !Placeholder.hasWindow($0)
      }
      try refuseTooMany(keys.count, at: place)
      return Grouping(keys: unique(keys), sets: nil)
    case .items(let list): return try bindGroups(list)
    }
  }

  /// How many grouping sets there may be: each has groups of its own in memory.
  private static let setLimit = 4_096

  /// How many columns all of them may have together.
  private static let setColumnLimit = 65_536

  private func refuseTooMany(_ count: Int, at place: Place) throws {
    guard count > 1_000 else { return }
    throw Fault(
      .configuration, at: place, "GROUP BY of \(count) expressions", remedy: "group by fewer")
  }

  private func bindGroups(_ list: [GroupBySyntax.Item]) throws -> Grouping {
    var keys: [Expression] = []
    var sets: [[Int]] = [[]]
    var isPlain = true
    var numbers: [String: Int] = [:]
    func position(_ syntax: ExpressionSyntax) throws -> Int {
      let key = try groupKey(syntax)
      let text = key.key
      if let known = numbers[text] { return known }
      numbers[text] = keys.count
      keys.append(key)
      try refuseTooMany(keys.count, at: syntax.place)
      return keys.count - 1
    }
    for item in list {
      let choices: [[Int]]
      switch item {
      case .expression(let syntax): choices = [[try position(syntax)]]
      case .rollup(let parts):
        let positions = try parts.map { try $0.map(position) }
        choices = (0...positions.count).reversed().map { Array(positions[..<$0].joined()) }
        isPlain = false
      case .cube(let parts):
        let positions = try parts.map { try $0.map(position) }
        guard positions.count <= 8 else {
          throw Fault(
            .configuration, at: select.place, "CUBE of \(positions.count) columns",
            remedy: "use at most 8, or GROUPING SETS")
        }
        choices = (0..<(1 << positions.count)).map { mask in
          positions.indices.filter { mask & 1 << $0 == 0 }.flatMap { positions[$0] }
        }
        isPlain = false
      case .groupingSets(let parts):
        choices = try parts.map { try $0.map(position) }
        isPlain = false
      }
      guard sets.count * choices.count <= SelectBinder.setLimit else {
        throw Fault(
          .configuration, at: select.place,
          "\(sets.count * choices.count) grouping sets, and \(SelectBinder.setLimit) are the most",
          remedy: "write fewer ROLLUP, CUBE and GROUPING SETS side by side")
      }
      sets = sets.flatMap { set in choices.map { set + $0 } }
    }
    guard !isPlain else { return Grouping(keys: keys, sets: nil) }
    let columnCount = sets.reduce(0) { $0 + $1.count }
    guard columnCount <= SelectBinder.setColumnLimit else {
      throw Fault(
        .configuration, at: select.place,
        "grouping sets of \(columnCount) columns in all, and \(SelectBinder.setColumnLimit) are "
          + "the most", remedy: "write fewer columns in ROLLUP and GROUPING SETS")
    }
    return Grouping(keys: keys, sets: sets.map { Set($0).sorted() })
  }

  /// A column, an alias, a position in the select list, or an expression.
  private func groupKey(_ syntax: ExpressionSyntax) throws -> Expression {
    var key = try expressions.bind(syntax)
    if let position = try QueryBinder.ordinal(syntax, count: items.count) {
      key = items[position].expression
    }
    guard !Placeholder.hasAggregate(key), !Placeholder.hasWindow(key) else {
      throw Fault(
        .configuration, at: syntax.place,
        "'\(syntax.text)' in GROUP BY is an aggregate or a window",
        remedy: "group by columns")
    }
    if case .map = key.type {
      throw Fault(
        .configuration, at: syntax.place, "'\(syntax.text)' is a MAP: maps do not compare",
        remedy: "group by its members")
    }
    return key
  }

  private func unique(_ keys: [Expression]) -> [Expression] {
    var seen: Set<String> = []
    return keys.filter { seen.insert($0.key).inserted }
  }

  // MARK: Order

  /// A key of ORDER BY: a select item, or an expression of its own.
  struct OrderKey {
    var key: SortKey
    var item: Int?
    var place: Place
  }

  func bindOrder() throws -> [OrderKey] {
    if query.ordersByAll, let item = query.orderBy.first {
      return items.indices.map { index in
        let key = SortKey(
          items[index].expression, isDescending: item.isDescending,
          nullsFirst: item.nullsFirst ?? !item.isDescending)
        return OrderKey(key: key, item: index, place: item.expression.place)
      }
    }
    let numbers = query.orderBy.isEmpty ? [:] : itemNumbers()
    return try query.orderBy.map { item in
      let ordinal = try QueryBinder.ordinal(item.expression, count: items.count)
      let key = try expressions.sortKey(item)
      let same = numbers[key.expression.key]
      return OrderKey(key: key, item: ordinal ?? same, place: item.expression.place)
    }
  }

  /// The select list over the plan, without duplicates if so asked, in order.
  func ordered(_ order: [OrderKey]) throws -> LogicalPlan {
    var columns = try items.map {
      LogicalPlan.NamedExpression($0.name, try settle($0.expression))
    }
    let visible = columns.count
    var keys: [SortKey] = []
    for entry in order {
      var position = entry.item
      if position == nil {
        guard !select.isDistinct else {
          throw Fault(
            .configuration, at: entry.place,
            "ORDER BY of SELECT DISTINCT by what is not in the select list",
            remedy: "select it too")
        }
        columns.append(
          LogicalPlan.NamedExpression(
            "order_\(columns.count)", try settle(entry.key.expression)))
        position = columns.count - 1
      }
      let column = columns[position ?? 0]
      var key = entry.key
      key.expression = Expression(column: position ?? 0, column.field, place: entry.place)
      keys.append(key)
    }
    var result = LogicalPlan.project(plan, columns)
    if select.isDistinct {
      try StreamingRules.refuse("DISTINCT", on: result, at: select.place)
      result = result.distinct
    }
    if !keys.isEmpty {
      try StreamingRules.refuse("ORDER BY", on: result, at: order[0].place)
      result = .sort(result, keys)
    }
    guard columns.count > visible else { return result }
    // Rows that only the order needed go, after a limit would have cut them: order is kept.
    return .project(result, Array(result.identityColumns.prefix(visible)))
  }
}
