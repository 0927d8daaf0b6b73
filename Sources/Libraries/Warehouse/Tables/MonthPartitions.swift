import Columnar
import Core
import Database

/// The partitions of a server's table, one a month of a column with days as numbers (`20260315`),
/// and one for reserved keys. A month is a number too, `202603`; that of reserved keys is 0.
///
/// They are made as months are met. There is none for all else: it would have to be looked through
/// whenever another comes.
struct MonthPartitions {
  static let undated: Int64 = 0

  let table: String
  let column: String
  private let database: any LoadingConnection
  private var dialect: Dialect { database.dialect }

  init(_ table: String, by column: String, in database: any LoadingConnection) {
    self.table = table
    self.column = column
    self.database = database
  }

  /// The partitions of a stored table; nil when it has none.
  init?(of table: String, in database: any LoadingConnection) throws(Fault) {
    guard database.dialect == .postgresql,
      case .string(let column) = try database.value(
        """
        SELECT a.attname::text FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE c.relname = $1 AND pg_table_is_visible(c.oid)
        """, [.string(table)])
    else { return nil }
    self.init(table, by: column, in: database)
  }

  /// SQL for the month of a value of the column.
  func month(of value: String) -> String {
    "CASE WHEN \(value) < 1 THEN \(Self.undated) ELSE \(value) / 100 END"
  }

  /// SQL that holds for a value of `month`.
  func isOf(_ month: Int64, _ value: String) -> String {
    let (start, end) = bounds(month)
    return start.map { "(\(value) >= \($0) AND \(value) < \(end))" } ?? "\(value) < \(end)"
  }

  /// `fact_sales_2026_03`.
  func name(of month: Int64) -> String {
    guard month != Self.undated else { return "\(table)_undated" }
    let number = month % 100
    return "\(table)_\(month / 100)_\(number < 10 ? "0" : "")\(number)"
  }

  /// The months that have a partition, of `months`.
  func existing(among months: [Int64]) throws(Fault) -> Set<Int64> {
    let found = try database.rows(
      """
      SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = $1 AND pg_table_is_visible(p.oid)
      """, [.string(table)])
    let names = Set(found.compactMap { if case .string(let name) = $0[0] { name } else { nil } })
    return Set(months.filter { names.contains(name(of: $0)) })
  }

  /// Makes the partitions that rows with these values of the column need.
  func make(for keys: some Sequence<Int64>, at place: Place) throws(Fault) {
    let months = Set(keys.map { $0 < 1 ? Self.undated : $0 / 100 }).sorted()
    try check(months, at: place)
    let existing = try existing(among: months)
    for month in months where !existing.contains(month) {
      try database.execute(
        "CREATE TABLE \(made(month)) PARTITION OF \(dialect.quoted(table)) \(values(of: month))")
    }
  }

  /// `.verdict` when a number is no month.
  func check(_ months: [Int64], at place: Place) throws(Fault) {
    guard
      let bad = months.first(where: { month in
        // Of the years 1 to 9999.
        month != Self.undated && !((1...12).contains(month % 100) && (101...999_912) ~= month)
      })
    else { return }
    throw Fault(
      .verdict, at: place,
      "\(table): \(column) has numbers such as \(bad)…, which are no days as 20260315",
      remedy: "take 'partition.month' out, or name the key of a calendar")
  }

  /// The partition of `month` as it is made.
  func made(_ month: Int64) -> String { WarehouseSchema.facts(name(of: month), dialect) }

  /// `FOR VALUES FROM (20260301) TO (20260401)`
  func values(of month: Int64) -> String {
    let (start, end) = bounds(month)
    return "FOR VALUES FROM (\(start.map(String.init) ?? "MINVALUE")) TO (\(end))"
  }

  private func bounds(_ month: Int64) -> (start: Int64?, end: Int64) {
    guard month != Self.undated else { return (nil, 1) }
    let next = month % 100 == 12 ? month + 89 : month + 1
    return (month * 100 + 1, next * 100 + 1)
  }
}
