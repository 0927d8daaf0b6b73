package import Columnar
package import Core
package import Engine

/// A table that jobs produce: its definition, its rules, and how rows come into it.
package struct Dataset: Sendable {
  /// Where a dataset's rows come from.
  package enum Body: Sendable {
    /// A streaming table, fed by its flows.
    case streamingTable([Flow])
    /// A materialized view of a query.
    case materializedView(QuerySyntax)
  }

  package var name: LakeTableName
  package var body: Body
  package var comment: String?
  /// COMMENT of declared columns, by their names.
  package var columnComments: [String: String] = [:]
  /// TBLPROPERTIES in declaration order.
  package var properties: [PropertySyntax]
  package var expectations: [Expectation]
  /// The columns of `partition.by`.
  package var partitionColumns: [String]
  package var place: Place
  /// Names everything the result depends on but data: equal texts, equal digest.
  package var digest: String

  /// The value of one table property.
  package func property(_ key: String) -> String? { properties.first { $0.key == key }?.value }

  /// The tables in which a fact looks members up, as its properties `lookup.…` name them.
  package var lookedUpTables: [LakeTableName] {
    properties.filter { $0.key.hasPrefix("lookup.") }.map { property in
      let member = property.value.prefix { $0 != "(" && $0 != " " }.lowercased()
      return LakeTableName(schema: name.schema, name: member)
    }
  }

  package var flows: [Flow] {
    if case .streamingTable(let flows) = body { return flows }
    return []
  }

  /// Whether rows on their way in may be set aside: by a rule of its own, or because they have no
  /// key or no place in the order of changes.
  package var maySetAside: Bool {
    expectations.contains { $0.violation == .quarantine }
      || flows.contains { if case .autoCDC = $0.body { true } else { false } }
  }

  /// The tables and views that its queries name.
  var readTables: [TableName] {
    switch body {
    case .materializedView(let query): query.readTables
    case .streamingTable(let flows): flows.flatMap(\.readTables)
    }
  }
}

/// What feeds a streaming table.
package struct Flow: Sendable {
  /// How rows are brought into the target.
  package enum Body: Sendable {
    case append(QuerySyntax)
    case autoCDC(ChangeFlowSyntax)
  }

  package var name: String
  package var body: Body
  package var place: Place

  /// The tables the flow reads, as written.
  package var readTables: [TableName] {
    switch body {
    case .append(let query): query.readTables
    case .autoCDC(let change): change.source.readTables
    }
  }
}

/// A bronze table: the contract of files that ingestion writes (`CREATE TABLE` of `setup.sql`).
package struct BronzeContract: Sendable {
  package var name: LakeTableName
  package var comment: String?
  /// All columns, those of the folder names last.
  package var schema: Schema
  /// `json`, `csv` or `parquet`.
  package var format: String
  /// OPTIONS: how readers, Spark's too, take the files; keys in lower case.
  package var options: [String: String]
  /// TBLPROPERTIES: what ingestion makes sure of; keys in lower case. Spark keeps them, and reads
  /// none.
  package var properties: [String: String] = [:]
  package var partitionColumns: [String]
  /// The folder of its files.
  package var folder: String
  package var place: Place
}

/// A named query of the job files (`CREATE TEMPORARY VIEW`).
package struct JobView: Sendable {
  package var syntax: ViewSyntax
  package var text: String
}
