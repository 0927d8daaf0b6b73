import Columnar
import Core
import Database

/// Facts that are corrected as books are: a row that is wrong or gone stays as it was, a reversal
/// takes its measures back, and the right row stands beside the two. The sum of a measure over all
/// rows is that of the rows that stand.
///
/// `revision` is the number of the load that wrote a row, `reversed_in` the one that took it back,
/// and NULL while the row stands; a reversal never stands. So the rows up to a revision are the
/// fact as it was then.
struct FactReversal {
  /// The number of this load.
  let revision: Int
  private let loader: FactLoader
  private var load: LoadContext { loader.load }
  private var database: any LoadingConnection { load.database }
  private static let corrected = "_corrected"

  init(_ loader: FactLoader) throws(Fault) {
    self.loader = loader
    revision = try LoadLedger.nextNumber(in: loader.load.database)
  }

  /// Makes way for a form with reversals, or for one without them, before the stored table is
  /// brought to it: what was reversed is forgotten where no revisions are kept any more.
  static func settle(_ loader: FactLoader) throws(Fault) {
    let database = loader.load.database
    let columns = try database.columns(of: loader.table.name).map(\.name)
    let hasRevisions = columns.contains("revision")
    guard !columns.isEmpty, hasRevisions != (loader.fact.absence == .reverse) else { return }
    let index = loader.load.quoted(loader.table.name + "_grain")
    try database.execute("DROP INDEX IF EXISTS \(index)")
    guard hasRevisions else { return }
    try database.run("DELETE FROM \(loader.name) WHERE reversed_in IS NOT NULL")
  }

  /// Takes back the rows that were delivered otherwise than they stand; gives their number.
  func takeCorrected(_ differences: FactDifferences) throws(Fault) -> Int {
    let table = FactReversal.corrected
    try database.execute(
      "DROP TABLE IF EXISTS \(table); CREATE TABLE \(table) (fact_id BIGINT PRIMARY KEY)")
    let id = "f.\(load.quoted(loader.idColumn))"
    let count = try database.run("INSERT INTO \(table) SELECT \(id) \(differences.corrected)")
    if count > 0 { try take(where: "\(id) IN (SELECT fact_id FROM \(table))") }
    try database.execute("DROP TABLE \(table)")
    return count
  }

  /// Takes back the rows `f` of a condition; gives their number.
  @discardableResult
  func take(where condition: String) throws(Fault) -> Int {
    let columns = loader.columns.map(load.quoted)
    let measures = Set(Measures(of: loader.fact, key: loader.table.key, load).fields.map(\.name))
    let values = loader.columns.map { name in
      measures.contains(name) ? "-f.\(load.quoted(name))" : "f.\(load.quoted(name))"
    }
    let marks = try loader.marks()
    let made = columns + marks.map(\.column) + ["reversed_in", "is_reversal"]
    try database.run(
      """
      INSERT INTO \(loader.name) (\(made.joined(separator: ", ")))
      SELECT \((values + marks.map(\.value)).joined(separator: ", ")), \(revision), TRUE
      FROM \(loader.name) AS f WHERE \(loader.isThere) AND (\(condition))
      """)
    return try database.run(
      "UPDATE \(loader.name) AS f SET reversed_in = \(revision) "
        + "WHERE \(loader.isThere) AND (\(condition))")
  }

  /// Has the reversals of rows that wait for a member wait with them.
  func noteWaiting() throws(Fault) {
    let id = load.quoted(loader.idColumn)
    let name = database.dialect.literal(loader.table.name)
    let isTaken = "w.fact = \(name) AND o.reversed_in = \(revision) AND NOT o.is_reversal"
    let taken = "FROM _waiting AS w JOIN \(loader.name) AS o ON o.\(id) = w.fact_id"
    guard try database.integer("SELECT EXISTS (SELECT 1 \(taken) WHERE \(isTaken))") == 1 else {
      return
    }
    try database.run(
      """
      INSERT INTO _waiting
      SELECT w.fact, w.column_name, r.\(id), w.natural_key \(taken)
      JOIN \(loader.name) AS r ON r.revision = \(revision) AND r.is_reversal
        AND \(same(loader.table.key, "r", "o", load.dialect))
      WHERE \(isTaken)
      ON CONFLICT DO NOTHING
      """)
  }
}
