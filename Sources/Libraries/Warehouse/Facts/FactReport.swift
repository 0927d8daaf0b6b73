package import Columnar
package import Core
package import Database

/// What the loader remembers of facts, for people and programs to read.
package struct FactReport {
  /// What can be reported, by the word that asks for it.
  package enum Subject: String, CaseIterable, Sendable {
    /// Facts that got another surrogate key, and what moved with them.
    case receipts
    /// Facts that are kept apart, and what is at stake.
    case suspended
    /// Revisions of snapshots' days and of sealed days.
    case periods
    /// Members that facts named and nobody has described yet, and since when.
    case inferred
  }

  package let names: [String]
  /// A value a name.
  package let rows: [[Scalar]]

  /// Reads what `database` says of the subject; no rows where it was never loaded.
  package init(_ subject: Subject, in database: any LoadingConnection) throws(Fault) {
    switch subject {
    case .receipts:
      names = [
        "rekeyed_at", "run_id", "dimension", "fact", "column_name", "from_key", "to_key",
        "row_count", "measures",
      ]
      rows = try FactReport.rows(
        names, "_rekeyed", "rekeyed_at, fact, column_name, from_key, to_key", database)
    case .periods:
      names = [
        "fact", "period", "revision", "run_id", "revised_at", "rows_changed", "measures", "why",
      ]
      rows = try FactReport.rows(names, "_periods", "fact, period, revision", database)
    case .suspended:
      names = ["fact", "column_name", "natural_key", "row_count", "suspended_since", "measures"]
      rows = try FactReport.suspended(database)
    case .inferred:
      names = ["dimension", "natural_key", "surrogate", "inferred_at"]
      rows = try FactReport.inferred(database)
    }
  }

  private static func rows(
    _ names: [String], _ table: String, _ order: String, _ database: any LoadingConnection
  ) throws(Fault) -> [[Scalar]] {
    guard try database.hasTable(table) else { return [] }
    return try database.rows(
      "SELECT \(names.joined(separator: ", ")) FROM \(table) ORDER BY \(order)")
  }

  /// A row a member that waits for its true row.
  private static func inferred(_ database: any LoadingConnection) throws(Fault) -> [[Scalar]] {
    var rows: [[Scalar]] = []
    for members in try InferredMembers.all(in: database) {
      rows += try database.rows(
        "SELECT i.dimension, i.natural_key, i.surrogate, i.inferred_at \(members.waiting) "
          + "ORDER BY i.surrogate"
      ).map { [$0[0], shown($0[1]), $0[2], $0[3]] }
    }
    return rows
  }

  /// The parts of a key of several columns, as people read them.
  private static func shown(_ key: Scalar) -> Scalar {
    guard case .string(let text) = key else { return key }
    return .string(
      text.split(separator: "\u{1F}", omittingEmptySubsequences: false).joined(separator: ", "))
  }

  /// A row a fact, column and key that is waited for.
  private static func suspended(_ database: any LoadingConnection) throws(Fault) -> [[Scalar]] {
    guard try database.hasTable("_suspended") else { return [] }
    let load = LoadContext(reading: database)
    var rows: [[Scalar]] = []
    for row in try database.rows("SELECT DISTINCT fact FROM _suspended ORDER BY fact") {
      guard case .string(let fact) = row[0] else { continue }
      let measures = try Measures(of: fact, load)
      let sums = measures.fields.map { ", \(measures.sum(of: $0, in: "p"))" }.joined()
      let parked = load.quoted(SuspendedFacts.name(of: fact))
      let found = try database.rows(
        """
        SELECT s.fact, s.column_name, s.natural_key, count(*), min(s.suspended_at)\(sums)
        FROM _suspended AS s JOIN \(parked) AS p ON p.\(load.quoted("\(fact)_id")) = s.fact_id
        WHERE s.fact = \(database.dialect.literal(fact))
        GROUP BY s.fact, s.column_name, s.natural_key ORDER BY s.column_name, s.natural_key
        """)
      rows += found.map {
        [$0[0], $0[1], shown($0[2]), $0[3], $0[4]]
          + [.string(measures.text(Array($0.dropFirst(5))))]
      }
    }
    return rows
  }
}
