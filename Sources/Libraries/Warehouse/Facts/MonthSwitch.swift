import Columnar
import Core
import Database

/// Builds months of a server's fact beside it and switches them in, before the rest of a delivery
/// is merged row by row: months that it did not have, and those of which most rows are new or
/// other.
///
/// A month is built with its primary key, its indexes and a check of its days, but without foreign
/// keys, and takes the place of the old one in the load's transaction: the foreign keys hold again
/// from then on. So no dimension is locked against its readers, and those of the fact see the old
/// month or the new one.
struct MonthSwitch {
  private let loader: FactLoader
  private let staging: Staging
  private let partitions: MonthPartitions
  /// Whether the fact has no rows, with which nothing need be compared.
  private let isEmpty: Bool
  private var load: LoadContext { loader.load }
  private var database: any LoadingConnection { load.database }

  /// Nil when the fact is not parted by months.
  init?(_ loader: FactLoader, _ staging: Staging, isEmpty: Bool) throws(Fault) {
    guard let partitions = try MonthPartitions(of: loader.table.name, in: loader.load.database)
    else { return nil }
    self.loader = loader
    self.staging = staging
    self.partitions = partitions
    self.isEmpty = isEmpty
  }

  /// What a delivery brings of a month.
  private struct Month {
    var number: Int64
    var new: Int
    var changed: Int
  }

  /// Switches what is to be switched, and counts what that changed. `condition` tells the stored
  /// rows `f` for which the delivery speaks; nil: its own only.
  func run(_ condition: String?, _ outcome: inout LoadOutcome) throws(Fault) {
    let months = try months()
    try partitions.check(months.map(\.number), at: loader.table.place)
    let existing = try partitions.existing(among: months.map(\.number))
    try ForeignKeys(load).check()
    for month in months {
      if existing.contains(month.number) {
        guard try mostlyChanges(month) else { continue }
        outcome.deleted += try removedCount(month, condition)
        outcome.updated += month.changed
        try build(month, replacing: condition)
      } else {
        try build(month, replacing: nil)
      }
      outcome.inserted += month.new
    }
  }

  private func months() throws(Fault) -> [Month] {
    let others = loader.columns.filter { !loader.table.key.contains($0) }
    let isChanged = differing(others, "f", "s", load.dialect)
    let month = partitions.month(of: column("s"))
    let rows = try database.rows(
      """
      SELECT \(month), count(*) FILTER (WHERE \(id) IS NULL), count(*) FILTER (
        WHERE \(id) IS NOT NULL AND \(partitions.month(of: column("f"))) = \(month)
          AND (\(isChanged)))
      FROM \(staged) AS s LEFT JOIN \(stored) AS f ON \(loader.isSameGrain(staging))
      GROUP BY 1 ORDER BY 1
      """)
    return rows.compactMap { row in
      guard case .integer(let number) = row[0], case .integer(let new) = row[1],
        case .integer(let changed) = row[2]
      else { return nil }
      return Month(number: number, new: Int(new), changed: Int(changed))
    }
  }

  /// Whether it is less work to build a month that is there than to change it. Rows that stay for
  /// good, or that are marked when they go, are changed where they lie.
  private func mostlyChanges(_ month: Month) throws(Fault) -> Bool {
    guard month.new + month.changed > 0, loader.fact.absence == .remove,
      !loader.fact.keepsUndelivered, try hasOnlyDelivered()
    else { return false }
    // No more are counted than tell.
    let limit = (month.new + month.changed) * 2
    let stored = try database.integer(
      "SELECT count(*) FROM (SELECT 1 FROM \(loader.name) AS f "
        + "WHERE \(partitions.isOf(month.number, column("f"))) LIMIT \(limit)) AS p")
    return stored < limit
  }

  /// Whether the stored table has no columns but those that come with each delivery.
  private func hasOnlyDelivered() throws(Fault) -> Bool {
    let known = Set(loader.columns + [loader.idColumn])
    return try database.columns(of: loader.table.name).allSatisfy { known.contains($0.name) }
  }

  private func removedCount(_ month: Month, _ condition: String?) throws(Fault) -> Int {
    guard let condition else { return 0 }
    return try database.integer(
      """
      SELECT count(*) FROM \(loader.name) AS f
      WHERE \(partitions.isOf(month.number, column("f"))) AND (\(condition)) AND NOT \(isStaged())
      """)
  }

  private func build(_ month: Month, replacing condition: String?) throws(Fault) {
    let name = partitions.name(of: month.number)
    let next = WarehouseSchema.facts("\(name)_next", load.dialect)
    let isOfMonth = partitions.isOf(month.number, load.quoted(partitions.column))
    try database.execute(
      """
      CREATE TABLE \(next) (LIKE \(loader.name) INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
        CONSTRAINT of_month CHECK (\(isOfMonth)))
      """)
    let isOld = try database.relation(name) != nil
    if isOld { try keep(month, condition, next) }
    try fill(month, next)
    try FactIndexes(loader).make(on: next)
    try database.execute("ANALYZE \(next)")
    if isOld { try database.execute("DROP TABLE \(partitions.made(month.number))") }
    try database.execute(
      "ALTER TABLE \(loader.name) ATTACH PARTITION \(next) \(partitions.values(of: month.number))")
    try database.execute(
      "ALTER TABLE \(next) DROP CONSTRAINT of_month; "
        + "ALTER TABLE \(next) RENAME TO \(load.quoted(name))")
  }

  /// Copies the stored rows of a month that stay: those that the delivery does not speak for, and
  /// those that it moves to another month, which is done where they lie.
  private func keep(
    _ month: Month, _ condition: String?, _ next: String
  ) throws(Fault) {
    let isOutside = condition.map { "(\($0)) IS NOT TRUE" } ?? "true"
    let moves = isStaged(and: "NOT (\(partitions.isOf(month.number, column("s"))))")
    try database.execute(
      """
      INSERT INTO \(next) SELECT f.* FROM \(loader.name) AS f
      WHERE \(partitions.isOf(month.number, column("f")))
        AND (NOT \(isStaged()) AND \(isOutside) OR \(moves))
      ORDER BY \(sorting("f"))
      """)
  }

  /// Takes the delivered rows of a month, those that were there under their numbers; not those that
  /// come from another month, which are moved afterwards.
  private func fill(_ month: Month, _ next: String) throws(Fault) {
    let marks = try loader.marks()
    let list =
      [load.quoted(loader.idColumn)] + loader.columns.map(load.quoted) + marks.map(\.column)
    let values = loader.columns.map { "s.\(load.quoted($0))" } + marks.map(\.value)
    let sequence = load.dialect.literal(
      WarehouseSchema.facts("\(loader.idColumn)_seq", load.dialect))
    try database.execute(
      """
      INSERT INTO \(next) (\(list.joined(separator: ", ")))
      SELECT coalesce(\(id), nextval(\(sequence))), \(values.joined(separator: ", "))
      FROM \(staged) AS s LEFT JOIN \(stored) AS f ON \(loader.isSameGrain(staging))
      WHERE \(partitions.isOf(month.number, column("s")))
        AND (\(id) IS NULL OR \(partitions.isOf(month.number, column("f"))))
      ORDER BY \(sorting("s"))
      """)
  }

  private func isStaged(and more: String = "true") -> String {
    "EXISTS (SELECT 1 FROM \(staged) AS s WHERE \(loader.isSameGrain(staging)) AND \(more))"
  }

  /// The rows to compare with. Of a fact that was empty they are none, whatever months were built
  /// meanwhile: a delivery has no grain twice.
  private var stored: String {
    isEmpty ? "(SELECT * FROM \(loader.name) WHERE false)" : loader.name
  }

  private var staged: String { load.quoted(staging.name) }

  private var id: String { "f.\(load.quoted(loader.idColumn))" }

  private func column(_ alias: String) -> String {
    "\(alias).\(load.quoted(partitions.column))"
  }

  private func sorting(_ alias: String) -> String {
    ([partitions.column] + loader.table.key).map { "\(alias).\(load.quoted($0))" }
      .joined(separator: ", ")
  }
}
