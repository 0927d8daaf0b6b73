import Columnar
import Core
import Database

/// Checks what a load has made of a dimension before it is published, as it stands in the
/// warehouse: the versions of the members that were touched, the reserved members, and that no row
/// is missing or too much. `.internal` when a rule is broken: then the loader, or somebody's
/// trigger, is at fault, and nothing of the load may stand.
struct DimensionCheck {
  private let loader: DimensionLoader
  private let rowsBefore: Int
  private var load: LoadContext { loader.load }
  private var table: WarehouseTable { loader.table }
  private var name: String { load.quoted(table.name) }

  /// Counts the rows before they are changed.
  init(_ loader: DimensionLoader) throws(Fault) {
    self.loader = loader
    rowsBefore = try Self.rowCount(loader)
  }

  func run(_ outcome: LoadOutcome, _ changed: ChangedMembers) throws(Fault) {
    let hasHistory = loader.dimension.history == .scd2
    let rows = try Self.rowCount(loader)
    // A member without history that is gone is marked.
    let gone = hasHistory ? outcome.deleted : 0
    guard rows == rowsBefore + outcome.inserted - gone else {
      throw fault(
        "\(counted(rows, "row")) where \(rowsBefore) were, \(outcome.inserted) came and "
          + "\(gone) went")
    }
    guard outcome.tally.isBalanced else {
      throw fault(
        "of \(counted(outcome.tally.delivered, "delivered version")) "
          + "\(outcome.tally.accounted) are accounted for")
    }
    if hasHistory, outcome.tally.delivered != outcome.delivered {
      throw fault(
        "\(counted(outcome.tally.delivered, "version")) came of "
          + "\(counted(outcome.delivered, "row"))")
    }
    try checkReserved()
    if hasHistory { try checkVersions(changed) }
  }

  private static func rowCount(_ loader: DimensionLoader) throws(Fault) -> Int {
    try loader.load.database.integer(
      "SELECT count(*) FROM \(loader.load.quoted(loader.table.name)) "
        + "WHERE \(loader.table.realRows(loader.load.database.dialect))")
  }

  private func checkReserved() throws(Fault) {
    let surrogate = load.quoted(loader.dimension.surrogateColumn)
    let keys = ReservedKey.labels.map(\.key)
    let count = try load.database.integer(
      "SELECT count(*) FROM \(name) WHERE \(surrogate) "
        + "IN (\(keys.map { "\($0)" }.joined(separator: ", ")))")
    guard count == keys.count else {
      throw fault("\(count) of \(counted(keys.count, "reserved member")) are there")
    }
  }

  private func checkVersions(_ changed: ChangedMembers) throws(Fault) {
    var condition = ""
    if let touched = changed.touched {
      if touched.isEmpty { return }
      let named = try GatheredRows("_touched", table.key, from: table.name, load)
      for key in touched { try named.add(key) }
      try named.flush()
      let key = table.key.map(load.quoted).joined(separator: ", ")
      condition = " AND (\(key)) IN (SELECT \(key) FROM \(named.name))"
    }
    guard let flaw = try load.database.rows(flaws(condition)).first,
      case .string(let words)? = flaw.last
    else { return }
    throw fault("\(table.keyWords(Array(flaw.dropLast()))) \(words)")
  }

  /// SQL for a member whose versions break a rule, and which one, among the rows of `condition`.
  private func flaws(_ condition: String) -> String {
    let dialect = load.database.dialect
    let key = table.key.map(load.quoted).joined(separator: ", ")
    let open = dialect.literal(MemberVersion.openText)
    var rules = [
      ("valid_from >= valid_to", "has a version that ends before it begins"),
      ("valid_to > next_from", "has versions that overlap"),
      (
        "is_current IS DISTINCT FROM (valid_to = \(open))",
        "has a version of which it is not told "
          + "whether it is the current one"
      ),
    ]
    if loader.dimension.deleteStyle == .version {
      rules.append(
        ("valid_to < coalesce(next_from, \(open))", "has a hole between its versions"))
    }
    let words = rules.map { "WHEN \($0.0) THEN \(dialect.literal($0.1))" }
    return """
      SELECT \(key), CASE \(words.joined(separator: " ")) END AS flaw
      FROM (
        SELECT \(key), valid_from, valid_to, is_current,
          lead(valid_from) OVER (PARTITION BY \(key) ORDER BY valid_from) AS next_from
        FROM \(name) WHERE \(table.realRows(dialect))\(condition)) AS v
      WHERE \(rules.map(\.0).joined(separator: " OR "))
      ORDER BY \(key) LIMIT 1
      """
  }

  private func fault(_ problem: String) -> Fault {
    Fault(
      .internal, at: table.place, "\(table.name): \(problem)",
      remedy: "nothing was changed; see whether the table has triggers, else report it")
  }
}
