package import Columnar
package import Core

/// A table's name as written: `schema.name`, `name`, or a format and a path (``delta.`dir` ``).
package struct TableName: Hashable, Sendable, CustomStringConvertible {
  package var parts: [String]

  package init(_ parts: [String]) { self.parts = parts }

  /// The parts joined by points: `silver.sales_lines`.
  package var description: String { parts.joined(separator: ".") }
}

/// Which rows of a table a query asks for.
package enum TableReading: Hashable, Sendable {
  /// All rows of the present version.
  case whole
  /// `STREAM(t)`: the rows that the running flow has not consumed yet.
  case stream
  /// `t VERSION AS OF n`.
  case version(Int64)
  /// `t TIMESTAMP AS OF time`.
  case instant(Timestamp)
  /// `table_changes('t', from[, to])`: the rows that versions changed.
  case changes(ChangeSpan)
}

extension TableReading {
  /// Whether it asks for what versions did, and not for a version.
  package var isOfChanges: Bool { if case .changes = self { true } else { false } }
}

/// The versions that `table_changes` tells of, both ends included.
package struct ChangeSpan: Hashable, Sendable {
  /// A version, or the time that one was made at.
  package enum Bound: Hashable, Sendable {
    case version(Int64)
    case instant(Timestamp)
  }

  package var from: Bound
  /// Nil: up to the present version.
  package var to: Bound?

  package init(from: Bound, to: Bound?) {
    self.from = from
    self.to = to
  }
}

/// What the engine asks of the world: names to tables. The engine knows nothing of files.
package protocol Catalog {
  /// The table called `name`, or nil when there is none.
  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)?
  /// Names to suggest when one is not found.
  var tableNames: [String] { get }
  /// What to do about a name that nothing is like.
  var unknownTableRemedy: String { get }
  /// The tables that are there, for SHOW TABLES.
  func listedTables() throws -> [TableName]
  /// Who asks, for `current_user()`; nil where rows must not depend on it.
  var currentUser: String? { get }
}

extension Catalog {
  /// As for job files, unless the catalog says otherwise.
  package var unknownTableRemedy: String { "declare it in a job file or in setup.sql" }
  /// Those that are suggested, unless the catalog says otherwise.
  package func listedTables() throws -> [TableName] {
    tableNames.map { TableName($0.split(separator: ".").map(String.init)) }
  }
  /// Nobody, unless the catalog says otherwise: a job's rows are the same whoever runs it.
  package var currentUser: String? { nil }
}

/// A table a query can scan.
package protocol TableProvider: Sendable {
  /// The name lineage knows the table by, e.g. `silver.sales_lines`.
  var name: String { get }
  /// The columns that `SELECT *` shows.
  var schema: Schema { get }
  /// Columns that a scan gives only when named in the request: where a row came from.
  var hiddenColumns: [Field] { get }
  /// Independent sources that together give each row once. They may be drained at the same time,
  /// one thread each; drained in order they give the table's order.
  func scan(_ request: ScanRequest) throws -> [any BatchSource]
  /// Whether rows with different values of `column` lie apart.
  func isParted(by column: String) -> Bool
  /// The same rows as `scan`'s, in sources of which no two share a value of `column`, NULL
  /// included; nil when the table is not laid out so.
  func scan(_ request: ScanRequest, partedBy column: String) throws -> [any BatchSource]?
  /// About how many rows a scan gives; nil when unknown.
  var estimatedRowCount: Int? { get }
  /// How much of its files a scan reads, for EXPLAIN; nil when the table is not made of files.
  func summary(of request: ScanRequest) throws -> ScanSummary?
}

extension TableProvider {
  /// None, unless the table says otherwise.
  package var hiddenColumns: [Field] { [] }
  /// By no column, unless the table says otherwise.
  package func isParted(by column: String) -> Bool { false }
  /// Not laid out so, unless the table says otherwise.
  package func scan(
    _ request: ScanRequest, partedBy column: String
  ) throws -> [any BatchSource]? { nil }
  /// Unknown, unless the table says otherwise.
  package var estimatedRowCount: Int? { nil }
  /// Not made of files, unless the table says otherwise.
  package func summary(of request: ScanRequest) throws -> ScanSummary? { nil }
}

/// The part of a table that a query needs.
package struct ScanRequest: Sendable {
  /// The columns wanted, in this order (names of the schema or hidden ones).
  package var columns: [String]
  /// Conditions that all must hold; the scan may use them to skip, the engine checks them again.
  package var predicates: [ColumnPredicate]
  /// How many sources are useful.
  package var parallelism: Int

  package init(columns: [String], predicates: [ColumnPredicate] = [], parallelism: Int = 1) {
    self.columns = columns
    self.predicates = predicates
    self.parallelism = parallelism
  }
}
