import Columnar
import Core
import Database

/// Receipts of facts that got another surrogate key after they were loaded: of each fact and
/// column, from which key to which, how many rows, and how much of each measure moved with them.
///
/// Where a report groups by the dimension, its total of the old version fell by what is told here,
/// and that of the new version rose by the same.
struct RekeyReceipts {
  /// Part of the loader's own tables.
  static let table = """
    CREATE TABLE IF NOT EXISTS _rekeyed (
      run_id TEXT NOT NULL, rekeyed_at TEXT NOT NULL, dimension TEXT NOT NULL, fact TEXT NOT NULL,
      column_name TEXT NOT NULL, from_key BIGINT NOT NULL, to_key BIGINT NOT NULL,
      row_count BIGINT NOT NULL, measures TEXT NOT NULL);
    """

  /// One fact's foreign key.
  struct Change {
    var id: Int64
    var from: Int64
    var to: Int64
  }

  private let load: LoadContext
  private let dimension: String
  private var database: any LoadingConnection { load.database }

  init(_ dimension: String, _ load: LoadContext) {
    self.dimension = dimension
    self.load = load
  }

  /// Changes the keys in `column` of `fact`, which waits for them no more, and writes the receipts.
  func apply(_ changes: [Change], to column: String, of fact: String) throws(Fault) {
    guard !changes.isEmpty else { return }
    let id = load.quoted("\(fact)_id")
    try database.execute(
      "DROP TABLE IF EXISTS _rekeying; CREATE TABLE _rekeying "
        + "(fact_id BIGINT PRIMARY KEY, from_key BIGINT NOT NULL, to_key BIGINT NOT NULL)")
    try database.insert(
      changes.map { [.integer($0.id), .integer($0.from), .integer($0.to)] },
      into: "_rekeying", ["fact_id", "from_key", "to_key"])
    try FactViews.noteFirstKeys(of: fact, column, load)
    if let partitions = try MonthPartitions(of: fact, in: database), partitions.column == column {
      try partitions.make(for: changes.map(\.to), at: database.place)
    }
    try database.run(
      "UPDATE \(load.quoted(fact)) SET \(load.quoted(column)) = r.to_key FROM _rekeying AS r "
        + "WHERE \(load.quoted(fact)).\(id) = r.fact_id")
    try database.run(
      "DELETE FROM _waiting WHERE fact = $1 AND column_name = $2 "
        + "AND fact_id IN (SELECT fact_id FROM _rekeying)", [.string(fact), .string(column)])
    try note(column, of: fact, id)
    try database.execute("DROP TABLE _rekeying")
  }

  private func note(_ column: String, of fact: String, _ id: String) throws(Fault) {
    let measures = try Measures(of: fact, load)
    let sums = measures.fields.map { ", \(measures.sum(of: $0, in: "f"))" }.joined()
    let moves = try database.rows(
      """
      SELECT r.from_key, r.to_key, count(*)\(sums)
      FROM _rekeying AS r JOIN \(load.quoted(fact)) AS f ON f.\(id) = r.fact_id
      GROUP BY r.from_key, r.to_key ORDER BY r.from_key, r.to_key
      """)
    let now = Scalar.string(ValueText.text(instant: load.clock.now))
    try database.insert(
      moves.map { move in
        [.string(load.run), now, .string(dimension), .string(fact), .string(column)]
          + move.prefix(3) + [.string(measures.text(Array(move.dropFirst(3))))]
      }, into: "_rekeyed",
      [
        "run_id", "rekeyed_at", "dimension", "fact", "column_name", "from_key", "to_key",
        "row_count", "measures",
      ])
  }
}
