import Columnar
import Core
import Database

/// Takes a person out of a database: rows stay, keys get their substitutes, what else is said of
/// the person in its rows becomes NULL, and values that tell it vanish from all texts.
struct DatabaseErasure {
  private let work: ErasureWork
  private let database: any Connection
  /// What the columns of a table say of persons; nil for a database that is no warehouse.
  private let roles: ((_ table: String) -> RowRoles)?

  init(
    _ work: ErasureWork, _ database: any Connection, roles: ((_ table: String) -> RowRoles)? = nil
  ) {
    self.work = work
    self.database = database
    self.roles = roles
  }

  /// What there was, table by table, all in one transaction; nothing of it is left in the files of
  /// a database after it. A run that goes on where another was stopped clears those too that the
  /// other had changed.
  func erase(naming name: (_ table: String) -> String) throws -> [ErasedPlace] {
    guard !work.isTrial else { return try eraseAll(naming: name).map(\.place) }
    if database.dialect == .sqlite { try database.execute("PRAGMA secure_delete = ON") }
    let found = try database.transaction { try eraseAll(naming: name) }
    if !found.isEmpty { try clear(found.map(\.table)) }
    return found.map(\.place)
  }

  private func eraseAll(
    naming name: (_ table: String) -> String
  ) throws(Fault) -> [(table: String, place: ErasedPlace)] {
    var found: [(table: String, place: ErasedPlace)] = []
    for table in try database.tables() {
      var count = try erase(table)
      let begun = try work.begun(name(table))
      guard count > 0 || begun != nil else { continue }
      count = max(count, begun?.count ?? 0)
      let place = ErasedPlace(
        kind: roles == nil ? .database : .warehouse, name: name(table), count: count)
      try work.begin(place)
      found.append((table, place))
    }
    return found
  }

  /// Has the bytes of what is gone overwritten.
  private func clear(_ tables: [String]) throws(Fault) {
    switch database.dialect {
    case .sqlite:
      try database.execute("VACUUM")
      _ = try database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    default:
      for table in tables { try database.execute("VACUUM (FULL, ANALYZE) \(quoted(table))") }
      // What planners know of columns are values, and former ones lie there until they are cleared.
      try database.execute("VACUUM (FULL) pg_catalog.pg_statistic")
    }
  }

  private func quoted(_ name: String) -> String { database.dialect.quoted(name) }

  private func erase(_ table: String) throws(Fault) -> Int {
    let columns = try database.columns(of: table)
    let texts = columns.filter { $0.type == .string }
    var count = 0
    if let roles = roles?(table) { count += try eraseRows(of: table, columns, roles) }
    for column in texts { count += try eraseTexts(in: table, column) }
    return count
  }

  private func eraseRows(
    of table: String, _ columns: [TableColumn], _ roles: RowRoles
  ) throws(Fault) -> Int {
    var count = 0
    for key in columns where roles.keys.contains(key.name.lowercased()) {
      guard let keys = work.person.keys[key.name.lowercased()] else { continue }
      let personal = columns.filter {
        roles.personal.contains($0.name.lowercased()) && $0.keyPosition == 0
      }
      for (value, substitute) in keys.sorted(by: { $0.key < $1.key }) {
        let isKey = "CAST(\(quoted(key.name)) AS TEXT) = $1"
        guard !work.isTrial else {
          count += try database.integer(
            "SELECT count(*) FROM \(quoted(table)) WHERE \(isKey)", [.string(value)])
          continue
        }
        let settings =
          personal.compactMap(setting) + ["\(quoted(key.name)) = \(literal(substitute, key))"]
        count += try database.run(
          "UPDATE \(quoted(table)) SET \(settings.joined(separator: ", ")) WHERE \(isKey)",
          [.string(value)])
      }
    }
    return count
  }

  /// A text becomes a word that says so; any other value NULL, where it may.
  private func setting(_ column: TableColumn) -> String? {
    let name = quoted(column.name)
    if column.type == .string {
      let word = database.dialect.literal(Person.substitute)
      return "\(name) = CASE WHEN \(name) <> '' THEN \(word) ELSE \(name) END"
    }
    return column.isNullable ? "\(name) = NULL" : nil
  }

  private func literal(_ value: String, _ column: TableColumn) -> String {
    column.type == .string ? database.dialect.literal(value) : value
  }

  private func eraseTexts(in table: String, _ column: TableColumn) throws(Fault) -> Int {
    let name = quoted(column.name)
    let isSQLite = database.dialect == .sqlite
    var count = 0
    // Many values are looked for in one reading of the table.
    for start in stride(from: 0, to: values.count, by: 50) {
      let some = Array(values[start..<min(start + 50, values.count)])
      let conditions = some.indices.map { index in
        isSQLite
          ? "instr(lower(\(name)), $\(index + 1)) > 0" : "strpos(lower(\(name)), $\(index + 1)) > 0"
      }
      let isText = isSQLite ? " AND typeof(\(name)) = 'text'" : ""
      let rows = try database.rows(
        "SELECT \(name), count(*) FROM \(quoted(table)) "
          + "WHERE (\(conditions.joined(separator: " OR ")))\(isText) GROUP BY \(name)",
        some.map { .string($0) })
      for row in rows {
        guard case .string(let text) = row[0], case .integer(let rowCount) = row[1],
          let after = work.scrub.scrubbed(Array(text.utf8)[...])
        else { continue }
        count += Int(rowCount)
        if work.isTrial { continue }
        _ = try database.run(
          "UPDATE \(quoted(table)) SET \(name) = $2 WHERE \(name) = $1",
          [.string(text), .string(String(decoding: after.bytes, as: UTF8.self))])
      }
    }
    return count
  }

  /// What is looked for in texts, in lower case, however texts quote it.
  private var values: [String] { work.scrub.forms }
}
