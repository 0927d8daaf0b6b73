import Columnar
import Core
import Database

/// Facts that are kept apart because a member of theirs has not arrived: no report counts money
/// that nobody can place. Their rows lie in a table beside the fact, with the numbers they had
/// there, `_suspended` tells what each waits for and since when.
///
/// Whatever changes the fact brings them back first and parks those that still wait afterwards, so
/// that they take part in every load as the others do.
struct SuspendedFacts {
  private let fact: String
  private let load: LoadContext
  private let parked: String
  private let id: String
  private var database: any LoadingConnection { load.database }

  /// Part of the loader's own tables.
  static let table = """
    CREATE TABLE IF NOT EXISTS _suspended (
      fact TEXT NOT NULL, column_name TEXT NOT NULL, fact_id BIGINT NOT NULL,
      natural_key TEXT NOT NULL, suspended_at TEXT NOT NULL, run_id TEXT NOT NULL,
      PRIMARY KEY (fact, column_name, fact_id));
    """

  init(_ fact: String, _ load: LoadContext) {
    self.fact = fact
    self.load = load
    parked = SuspendedFacts.name(of: fact)
    id = load.quoted("\(fact)_id")
  }

  /// The table with the rows of a fact that are kept apart.
  static func name(of fact: String) -> String { "_suspended_\(fact)" }

  /// The lookups' columns for whose members rows are kept apart now.
  func columns() throws(Fault) -> [String] {
    try database.rows(
      "SELECT DISTINCT column_name FROM _suspended WHERE fact = $1 ORDER BY column_name",
      [.string(fact)]
    ).compactMap { if case .string(let name) = $0[0] { name } else { nil } }
  }

  /// Puts all rows that are kept apart back into the fact, where they wait.
  func bringBack() throws(Fault) {
    let old = try database.columns(of: parked).map(\.name)
    guard !old.isEmpty else { return }
    let lookups = try database.rows(
      "SELECT column_name FROM _lookups WHERE fact = $1", [.string(fact)]
    ).compactMap { if case .string(let name) = $0[0] { name } else { nil } }
    let columns = try database.columns(of: fact).map(\.name)
    let kept = columns.filter { old.contains($0) || lookups.contains($0) }
    let values = kept.map { old.contains($0) ? load.quoted($0) : "\(ReservedKey.unknown)" }
    try database.run(
      """
      INSERT INTO \(load.quoted(fact)) (\(kept.map(load.quoted).joined(separator: ", ")))
      SELECT \(values.joined(separator: ", ")) FROM \(load.quoted(parked))
      """)
    try database.execute("DROP TABLE \(load.quoted(parked))")
  }

  /// Keeps the rows apart that wait for a member of one of these columns; gives their number.
  func park(_ columns: [String]) throws(Fault) -> Int {
    let literal = database.dialect.literal
    let waiting =
      "FROM _waiting AS w WHERE w.fact = \(literal(fact)) "
      + "AND w.column_name IN (\((columns.map(literal) + ["''"]).joined(separator: ", ")))"
    let count = try database.integer("SELECT count(DISTINCT w.fact_id) \(waiting)")
    try database.run(
      "DELETE FROM _suspended WHERE fact = \(literal(fact)) AND NOT EXISTS (SELECT 1 \(waiting) "
        + "AND w.column_name = _suspended.column_name AND w.fact_id = _suspended.fact_id "
        + "AND w.natural_key = _suspended.natural_key)")
    guard count > 0 else { return 0 }
    try database.run(
      """
      INSERT INTO _suspended
      SELECT w.fact, w.column_name, w.fact_id, w.natural_key, $1, $2 \(waiting)
      ON CONFLICT DO NOTHING
      """, [.string(ValueText.text(instant: load.clock.now)), .string(load.run)])
    let stored = try database.columns(of: fact)
    var shape = TableShape(parked)
    for column in stored { shape.add(column.name, column.type) }
    try shape.realize(in: database, at: database.place)
    let list = stored.map { load.quoted($0.name) }.joined(separator: ", ")
    let isWaiting = "WHERE \(id) IN (SELECT w.fact_id \(waiting))"
    try database.run(
      "INSERT INTO \(load.quoted(parked)) (\(list)) SELECT \(list) FROM \(load.quoted(fact)) "
        + isWaiting)
    try database.run("DELETE FROM \(load.quoted(fact)) \(isWaiting)")
    return count
  }

  /// What is at stake with the rows that are kept apart, in words.
  func measures() throws(Fault) -> String {
    let measures = try Measures(of: fact, load)
    guard !measures.fields.isEmpty else { return "" }
    let sums = measures.fields.map { measures.sum(of: $0, in: "p") }.joined(separator: ", ")
    return measures.words(
      try database.rows("SELECT \(sums) FROM \(load.quoted(parked)) AS p").first ?? [])
  }
}
