package import Core
package import LakeJobs

/// A rule of `jobs/quality`: what must hold of a published table.
package struct QualityRule: Sendable {
  /// What a broken rule means for the run.
  package enum Severity: String, Sendable { case error, warn }

  /// What is asked of the rows.
  package enum Kind: Sendable {
    case notNull([String])
    case unique([String])
    case acceptedValues(column: String, [String])
    case range(column: String, minimum: String?, maximum: String?)
    case references(columns: [String], table: LakeTableName, to: [String])
    /// The newest value of the column is at most this many seconds old.
    case freshness(column: String, seconds: Int64)
    case rowCount(minimum: Int?, maximum: Int?)
    /// A query that returns the failing rows.
    case sql(String)
  }

  package var table: LakeTableName
  package var name: String
  package var kind: Kind
  /// Which rows are looked at; nil = all.
  package var condition: String?
  package var severity: Severity
  package var place: Place

  package init(
    table: LakeTableName, name: String, kind: Kind, condition: String? = nil,
    severity: Severity = .error, place: Place
  ) {
    self.table = table
    self.name = name
    self.kind = kind
    self.condition = condition
    self.severity = severity
    self.place = place
  }
}

extension QualityRule.Kind {
  /// The word that names the kind in a rule file.
  package var word: String {
    switch self {
    case .notNull: "not_null"
    case .unique: "unique"
    case .acceptedValues: "accepted_values"
    case .range: "range"
    case .references: "references"
    case .freshness: "freshness"
    case .rowCount: "row_count"
    case .sql: "sql"
    }
  }

  /// The columns the rule speaks of.
  package var columns: [String] {
    switch self {
    case .notNull(let columns), .unique(let columns), .references(let columns, _, _): columns
    case .acceptedValues(let column, _), .range(let column, _, _), .freshness(let column, _):
      [column]
    case .rowCount, .sql: []
    }
  }
}
