package import Columnar
package import Core

/// One statement of a job file or script.
package struct Statement: Sendable {
  /// What a statement does.
  package enum Kind: Sendable {
    case query(QuerySyntax)
    case explain(ExplainSyntax)
    case listing(ListingSyntax)
    case streamingTable(DatasetSyntax)
    case materializedView(DatasetSyntax)
    case temporaryView(ViewSyntax)
    case flow(FlowSyntax)
    case schema(SchemaSyntax)
    case table(TableSyntax)
    /// `MSCK REPAIR TABLE`: no work for us.
    case repairTable(TableName)
  }

  package var kind: Kind
  package var place: Place
  /// The text as written, without the semicolon.
  package var text: String
}

/// EXPLAIN: how a query would run.
package struct ExplainSyntax: Sendable {
  package var query: QuerySyntax
  /// EXTENDED: the plan as it was bound, too.
  package var isExtended: Bool
}

/// SHOW and DESCRIBE: which tables there are, and which columns they have.
package enum ListingSyntax: Sendable {
  case tables(schema: String?, like: String?)
  case schemas(like: String?)
  case columns(TableReferenceSyntax)
  case description(TableReferenceSyntax)
  case query(QuerySyntax)
}

/// A name and a text of TBLPROPERTIES or OPTIONS, in the order written.
package struct PropertySyntax: Sendable {
  package var key: String
  package var value: String
  package var place: Place
  /// Where the value stands.
  package var valuePlace: Place
}

/// A declared column.
package struct ColumnSyntax: Sendable {
  package var field: Field
  package var place: Place

  /// COMMENT, if any.
  package var comment: String? { field.metadata["comment"] }
}

/// CREATE STREAMING TABLE or CREATE MATERIALIZED VIEW.
package struct DatasetSyntax: Sendable {
  package var name: TableName
  package var ifNotExists = false
  package var columns: [ColumnSyntax] = []
  package var format: String?
  package var options: [PropertySyntax] = []
  package var partitionedBy: [String] = []
  package var clusteredBy: [String] = []
  package var comment: String?
  package var properties: [PropertySyntax] = []
  /// The rows, when they are written with the dataset.
  package var query: QuerySyntax?
  /// `FLOW AUTO CDC …` written with the dataset.
  package var changeFlow: ChangeFlowSyntax?
  package var place: Place
}

/// CREATE TEMPORARY VIEW.
package struct ViewSyntax: Sendable {
  package var name: TableName
  package var columns: [String]
  package var comment: String?
  package var properties: [PropertySyntax]
  package var query: QuerySyntax
  package var place: Place
}

/// CREATE FLOW.
package struct FlowSyntax: Sendable {
  /// Where the rows of a flow come from.
  package enum Body: Sendable {
    /// `INSERT INTO target BY NAME query`.
    case append(QuerySyntax)
    case autoCDC(ChangeFlowSyntax)
  }

  package var name: TableName
  package var comment: String?
  package var target: TableName
  package var body: Body
  package var place: Place
}

/// AUTO CDC: change rows folded into a table by key and sequence.
package struct ChangeFlowSyntax: Sendable {
  /// `(a, b)`, `* EXCEPT (a, b)`, or all.
  package enum ColumnList: Hashable, Sendable {
    case all
    case only([String])
    case except([String])
  }

  /// A streaming table, view or subquery.
  package var source: RelationSyntax
  package var keys: [String]
  package var deleteCondition: ExpressionSyntax?
  package var sequence: ExpressionSyntax
  package var columns: ColumnList
  /// 1 or 2.
  package var historyType: Int
  /// TRACK HISTORY ON: the columns whose changes start a new version.
  package var trackedColumns: ColumnList
  package var place: Place
}

/// CREATE SCHEMA.
package struct SchemaSyntax: Sendable {
  package var name: TableName
  package var ifNotExists: Bool
  package var location: String?
  package var comment: String?
  package var properties: [PropertySyntax]
}

/// CREATE TABLE: the contract of files that others write.
package struct TableSyntax: Sendable {
  package var name: TableName
  package var ifNotExists: Bool
  package var columns: [ColumnSyntax] = []
  package var format: String?
  package var options: [PropertySyntax] = []
  package var partitionedBy: [String] = []
  package var location: String?
  package var comment: String?
  package var properties: [PropertySyntax] = []
  package var place: Place
}
