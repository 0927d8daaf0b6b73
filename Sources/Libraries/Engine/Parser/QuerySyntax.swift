package import Core

/// A query as written.
package struct QuerySyntax: Sendable {
  /// What a query's rows are before ordering.
  package indirect enum Body: Sendable {
    case select(SelectSyntax)
    case values([[ExpressionSyntax]])
    /// `TABLE t`.
    case table(RelationSyntax)
    case setOperation(QuerySyntax, SetOperationSyntax, QuerySyntax)
    /// A query in parentheses.
    case nested(QuerySyntax)
  }

  package var commonTables: [CommonTableSyntax] = []
  package var body: Body
  package var orderBy: [SortItemSyntax] = []
  /// `ORDER BY ALL`.
  package var ordersByAll = false
  package var limit: ExpressionSyntax?
  package var offset: ExpressionSyntax?
  package var place: Place
  /// The text as written.
  package var text = ""

  init(_ body: Body, place: Place) {
    self.body = body
    self.place = place
  }
}

/// UNION, INTERSECT or EXCEPT, with duplicates kept (`ALL`) or not.
package struct SetOperationSyntax: Sendable {
  /// Which rows of two queries are kept.
  package enum Kind: String, Sendable { case union, intersect, except }

  package var kind: Kind
  package var isAll: Bool
}

/// `name (columns) AS (query)` of a WITH clause.
package struct CommonTableSyntax: Sendable {
  package var name: String
  package var columns: [String]
  package var query: QuerySyntax
  package var place: Place
}

/// SELECT with all its clauses but those of `QuerySyntax`.
package struct SelectSyntax: Sendable {
  package var isDistinct = false
  package var items: [SelectItemSyntax] = []
  package var from: [RelationSyntax] = []
  package var lateralViews: [LateralViewSyntax] = []
  package var condition: ExpressionSyntax?
  package var groupBy: GroupBySyntax?
  package var having: ExpressionSyntax?
  package var windows: [NamedWindowSyntax] = []
  package var qualify: ExpressionSyntax?
  package var place: Place
}

/// An expression of the select list and the names it is given; several for a generator.
package struct SelectItemSyntax: Sendable {
  package var expression: ExpressionSyntax
  package var aliases: [String]
}

/// A window of the WINDOW clause.
package struct NamedWindowSyntax: Sendable {
  package var name: String
  package var window: WindowSyntax
}

/// GROUP BY as written.
package enum GroupBySyntax: Sendable {
  /// One item of the list; each set of ROLLUP, CUBE and GROUPING SETS is a list of expressions.
  package enum Item: Sendable {
    case expression(ExpressionSyntax)
    case rollup([[ExpressionSyntax]])
    case cube([[ExpressionSyntax]])
    case groupingSets([[ExpressionSyntax]])
  }

  case all(Place)
  case items([Item])
}

/// `LATERAL VIEW [OUTER] f(x) t AS a, b`.
package struct LateralViewSyntax: Sendable {
  package var isOuter: Bool
  package var function: String
  package var arguments: [ExpressionSyntax]
  package var alias: String?
  package var columns: [String]
  package var place: Place
}

/// A thing to select from.
package struct RelationSyntax: Sendable {
  /// The forms a relation has.
  package indirect enum Kind: Sendable {
    case table(TableReferenceSyntax)
    case subquery(QuerySyntax, isLateral: Bool)
    case values([[ExpressionSyntax]])
    /// A function that gives rows: `explode(x)`, `range(10)`.
    case function(String, [ExpressionSyntax], isLateral: Bool)
    case join(RelationSyntax, JoinSyntax, RelationSyntax)
  }

  package var kind: Kind
  package var alias: String?
  package var columnAliases: [String] = []
  package var place: Place

  init(_ kind: Kind, place: Place) {
    self.kind = kind
    self.place = place
  }
}

/// How two relations are joined.
package struct JoinSyntax: Sendable {
  /// What brings rows together.
  package enum Condition: Sendable {
    case none
    case on(ExpressionSyntax)
    case using([String])
    case natural
  }

  package var kind: JoinKind
  package var condition: Condition
  package var place: Place
}

/// A table by name, with what is asked of it.
package struct TableReferenceSyntax: Sendable {
  /// `VERSION AS OF` and `TIMESTAMP AS OF`, and the bounds of `table_changes`.
  package enum AsOf: Sendable {
    case version(Int64)
    case timestamp(ExpressionSyntax)
    case changes(from: ExpressionSyntax, to: ExpressionSyntax?)
  }

  package var name: TableName
  /// `STREAM(t)` or `STREAM t`.
  package var isStream: Bool
  package var asOf: AsOf?
  package var place: Place
}
