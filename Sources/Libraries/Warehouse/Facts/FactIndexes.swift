import Columnar
import Core
import Database

/// The indexes of a server's fact: by each foreign key, so that a dimension may lose a version and
/// a star join finds its rows; where the rows lie by months, a summary of each block is enough for
/// the day. SQLite has its by need (`FactScope`).
struct FactIndexes {
  private let loader: FactLoader
  private var load: LoadContext { loader.load }

  init(_ loader: FactLoader) { self.loader = loader }

  /// Makes those of the stored table that are missing; a part gets them with the whole.
  func settle() throws(Fault) {
    guard load.dialect == .postgresql else { return }
    // Rows whose foreign keys are still to be checked keep their table from another index.
    try ForeignKeys(load).check()
    try loader.makeGrainIndex()
    for lookup in loader.fact.lookups {
      let name = load.quoted("\(loader.table.name)_\(lookup.column)")
      try load.database.execute(
        "CREATE INDEX IF NOT EXISTS \(name) ON \(loader.name) \(method(lookup.column))")
    }
  }

  /// Makes the primary key and the indexes of a part that is to become one of the table's.
  func make(on part: String) throws(Fault) {
    let month = loader.fact.month.map { [$0] } ?? []
    try load.database.execute(
      "ALTER TABLE \(part) ADD PRIMARY KEY (\(list([loader.idColumn] + month)))")
    try load.database.execute("CREATE UNIQUE INDEX ON \(part) (\(list(loader.grainColumns)))")
    for lookup in loader.fact.lookups {
      try load.database.execute("CREATE INDEX ON \(part) \(method(lookup.column))")
    }
  }

  private func method(_ column: String) -> String {
    let way = column == loader.fact.month ? "USING brin " : ""
    return "\(way)(\(load.quoted(column)))"
  }

  private func list(_ columns: [String]) -> String {
    columns.map(load.quoted).joined(separator: ", ")
  }
}
