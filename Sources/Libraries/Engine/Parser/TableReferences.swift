import Core

/// The tables that a query names, found without a catalog: what the dependency graph is made of.
/// Common tables are not tables; temporary views are named like tables and are.
extension QuerySyntax {
  /// The tables and views read, each once, in the order of the text.
  package var readTables: [TableName] { tableReferences.readTables }

  /// Each mention of a table, with its place and whether it is a stream.
  package var tableReferences: [TableReferenceSyntax] {
    var walk = TableWalk()
    walk.visit(self)
    return walk.found
  }
}

extension RelationSyntax {
  /// The tables and views read, each once, in the order of the text.
  package var readTables: [TableName] { tableReferences.readTables }

  /// Each mention of a table, with its place and whether it is a stream.
  package var tableReferences: [TableReferenceSyntax] {
    var walk = TableWalk()
    walk.visit(self)
    return walk.found
  }
}

extension Statement {
  /// The tables and views that the statement's rows come from.
  package var readTables: [TableName] {
    switch kind {
    case .query(let query): query.readTables
    case .explain(let explain): explain.query.readTables
    case .streamingTable(let dataset), .materializedView(let dataset):
      dataset.query?.readTables ?? dataset.changeFlow?.source.readTables ?? []
    case .temporaryView(let view): view.query.readTables
    case .flow(let flow):
      switch flow.body {
      case .append(let query): query.readTables
      case .autoCDC(let change): change.source.readTables
      }
    case .listing, .schema, .table, .repairTable: []
    }
  }
}

extension [TableReferenceSyntax] {
  fileprivate var readTables: [TableName] {
    var seen: Set<TableName> = []
    return map(\.name).filter { seen.insert($0).inserted }
  }
}

/// Walks syntax and collects tables; `commonTables` are the names in sight that are none.
private struct TableWalk {
  var found: [TableReferenceSyntax] = []
  var commonTables: Set<String> = []

  mutating func visit(_ query: QuerySyntax) {
    let outside = commonTables
    for table in query.commonTables {
      visit(table.query)
      commonTables.insert(table.name.lowercased())
    }
    switch query.body {
    case .select(let select): visit(select)
    case .values(let rows): for row in rows { visit(row) }
    case .table(let relation): visit(relation)
    case .nested(let inner): visit(inner)
    case .setOperation(let left, _, let right):
      visit(left)
      visit(right)
    }
    visit(query.orderBy.map(\.expression))
    commonTables = outside
  }

  private mutating func visit(_ select: SelectSyntax) {
    visit(select.items.map(\.expression))
    for relation in select.from { visit(relation) }
    for view in select.lateralViews { visit(view.arguments) }
    visit([select.condition, select.having, select.qualify].compactMap { $0 })
    if case .items(let items)? = select.groupBy {
      for item in items {
        switch item {
        case .expression(let key): visit([key])
        case .rollup(let sets), .cube(let sets), .groupingSets(let sets):
          for set in sets { visit(set) }
        }
      }
    }
  }

  mutating func visit(_ relation: RelationSyntax) {
    switch relation.kind {
    case .table(let reference):
      let isCommon =
        reference.name.parts.count == 1
        && commonTables.contains(reference.name.parts[0].lowercased())
      if !isCommon { found.append(reference) }
    case .subquery(let query, _): visit(query)
    case .values(let rows): for row in rows { visit(row) }
    case .function(_, let arguments, _): visit(arguments)
    case .join(let left, let join, let right):
      visit(left)
      visit(right)
      if case .on(let condition) = join.condition { visit([condition]) }
    }
  }

  private mutating func visit(_ expressions: [ExpressionSyntax]) {
    for expression in expressions {
      switch expression.kind {
      case .exists(let query), .subquery(let query): visit(query)
      case .isInQuery(let operand, let query):
        visit([operand])
        visit(query)
      default: visit(expression.children)
      }
    }
  }
}

extension ExpressionSyntax {
  /// The expressions this one is made of; subqueries aside.
  var children: [ExpressionSyntax] {
    switch kind {
    case .literal, .typedLiteral, .name, .star, .exists, .subquery: []
    case .interval(let interval): interval.parts.map(\.value)
    case .unary(_, let operand), .not(let operand), .isNull(let operand),
      .isTruth(let operand, _), .cast(let operand, _, _), .member(let operand, _),
      .lambda(_, let operand), .isInQuery(let operand, _):
      [operand]
    case .binary(_, let left, let right), .element(let left, let right): [left, right]
    case .and(let operands), .or(let operands), .tuple(let operands): operands
    case .between(let operand, let low, let high): [operand, low, high]
    case .isIn(let operand, let elements): [operand] + elements
    case .like(let like):
      [like.operand] + like.patterns + (like.escape.map { [$0] } ?? [])
    case .caseWhen(let operand, let branches, let otherwise):
      [operand, otherwise].compactMap { $0 }
        + branches.flatMap { [$0.condition, $0.result] }
    case .call(let call):
      call.arguments + [call.filter].compactMap { $0 } + call.withinGroup.map(\.expression)
        + (call.window.map { $0.partitionBy + $0.orderBy.map(\.expression) } ?? [])
    }
  }
}
