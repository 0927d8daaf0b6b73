import Access
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import LakeSupport
import TestSupport
import Testing

/// Whatever is asked in a role has the answer that plain tables have, which hold what the role may
/// see and nothing else.
@Suite struct GuardPropertyTests {
  @Test(arguments: 1...60)
  func `a guarded table answers as a plain copy does`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let lake = try TestLake()
    for step in 0..<4 {
      let policy = RandomPolicy(&random)
      let rows = ["s.t", "s.u"].map { SkippingTable($0, RandomPolicy.rows(&random)) }
      let map = SkippingTable("s.map", RandomPolicy.map)
      let seen = try guarded(rows + [map], policy, lake)
      let copies = try plain(rows + [map], policy, lake)
      for _ in 0..<10 {
        let question = RandomPolicy.question(&random)
        let mine = try answer(question, seen)
        #expect(
          mine == (try answer(question, copies)),
          "seed \(seed), step \(step): \(question), \(policy)"
        )
      }
    }
  }

  private func catalog(_ tables: [any TableProvider], _ lake: TestLake) throws -> LakeCatalog {
    let catalog = try lake.catalog()
    for table in tables { catalog.overlays[table.name] = table }
    return catalog
  }

  private func guarded(
    _ tables: [any TableProvider], _ policy: RandomPolicy, _ lake: TestLake
  ) throws -> any Catalog {
    GuardedCatalog(try catalog(tables, lake), as: "role", user: "mia", lake.context()) {
      table, schema in
      .granted(
        rowFilter: policy.condition(on: table.name),
        columns: schema.names.map { ColumnAccess($0, policy.look(of: $0), rule: "") })
    }
  }

  private func plain(
    _ tables: [any TableProvider], _ policy: RandomPolicy, _ lake: TestLake
  ) throws -> any Catalog {
    let all = try catalog(tables, lake)
    all.currentUser = "mia"
    let runner = QueryRunner(catalog: all, context: lake.context(threadCount: 1))
    let copies = try tables.map { table in
      let items = table.schema.names.compactMap { name -> String? in
        switch policy.look(of: name) {
        case .shown: name
        case .masked(let mask): "\(mask) AS \(name)"
        case .hidden: nil
        }
      }
      let condition =
        policy.condition(on: String(table.name.dropFirst(2))).map { "WHERE \($0)" } ?? ""
      return try runner.table(
        "SELECT \(items.joined(separator: ", ")) FROM \(table.name) \(condition)", name: table.name)
    }
    return try catalog(copies, lake)
  }

  private func answer(_ question: String, _ catalog: any Catalog) throws -> [String] {
    var lines: [String] = []
    do {
      let context = QueryContext(clock: .ofTests, threadCount: 2)
      try QueryScript(question, file: "query").run(over: catalog, context, views: []) { rows in
        while let batch = try rows.next() {
          for row in 0..<batch.rowCount {
            let cells = batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
            lines.append(cells.joined(separator: "|"))
          }
        }
        return 0
      }
    } catch let fault as Fault {
      // Which of several wrong values is met first is a matter of threads.
      return [fault.kind == .data ? "data" : "\(fault)"]
    }
    return lines.sorted()
  }
}

/// Who may see what of tables with the columns `a INT, b STRING, c DATE`.
private struct RandomPolicy {
  private let rowFilter: String?
  private let looks: [String: ColumnAccess.Look]

  init(_ random: inout SeededRandom) {
    rowFilter =
      [
        nil, "a > 3", "b IS NOT NULL", "b LIKE 'x%' OR a = 1", "NOT (c < DATE'2026-01-03')",
        "FALSE",
        "a IN (SELECT a FROM s.map WHERE b = current_user())",
        "a > (SELECT avg(a) FROM s.u)", "EXISTS (SELECT 1 FROM s.map m WHERE m.a = t.a)",
      ].randomElement(using: &random) ?? nil
    let masks: [ColumnAccess.Look] = [
      .masked("CAST(NULL AS STRING)"), .masked("a % 3"), .masked("upper(b)"), .masked("'****'"),
      .masked("CASE WHEN a > 2 THEN b END"), .masked("concat('x', right(b, 1))"), .masked("-a"),
      .masked("year(c)"),
    ]
    var looks: [String: ColumnAccess.Look] = [:]
    for name in ["a", "b", "c"] {
      let choices: [ColumnAccess.Look] = [
        .shown, .shown, .hidden, masks.randomElement(using: &random) ?? .shown,
      ]
      looks[name] = choices.randomElement(using: &random) ?? .shown
    }
    if looks.values.allSatisfy({ $0 == .hidden }) { looks["a"] = .shown }
    self.looks = looks
  }

  /// The condition that rows of `table` have to meet.
  func condition(on table: String) -> String? { rowFilter?.replacing("t.a", with: "\(table).a") }

  func look(of column: String) -> ColumnAccess.Look { looks[column] ?? .hidden }

  static let schema = Schema([Field("a", .int), Field("b", .string), Field("c", .date)])

  static func rows(_ random: inout SeededRandom) -> [[Scalar]] {
    (0..<Int.random(in: 0...20, using: &random)).map { _ in
      [
        Int.random(in: 0..<8, using: &random) == 0
          ? .null : .integer(Int64.random(in: 0...6, using: &random)),
        ["x1", "xy", "y", "7", nil].randomElement(using: &random)?.map { .string($0) } ?? .null,
        .date(CivilDate(dayNumber: 20_454 + Int32.random(in: 0...5, using: &random))),
      ]
    }
  }

  static let map: [[Scalar]] = [
    [.integer(1), .string("mia"), .null], [.integer(4), .string("mia"), .null],
    [.integer(5), .string("tom"), .null],
  ]

  static func question(_ random: inout SeededRandom) -> String {
    func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "1" }
    let value = ["a", "b", "c", "t.a", "CAST(b AS INT)", "length(b)", "10 / a", "coalesce(b, 'n')"]
    let condition = [
      "a > 2", "a = 4", "b = 'xy'", "b LIKE 'x%'", "c >= DATE'2026-01-02'", "a IS NULL",
      "10 / (a - 5) > 0", "CAST(b AS INT) = 7", "b IN ('y', '7')", "a <=> 3", "b IS NOT NULL",
      "a IN (SELECT a FROM s.u)", "CASE WHEN a = 5 THEN raise_error(b) ELSE true END",
    ]
    let (one, two) = (pick(value), pick(condition))
    return pick([
      "SELECT * FROM s.t", "SELECT * FROM s.t WHERE \(two)", "SELECT \(one) FROM s.t AS t",
      "SELECT count(*), min(a), max(b) FROM s.t WHERE \(two)",
      "SELECT \(one), count(*) FROM s.t AS t GROUP BY \(one)",
      "SELECT \(one) FROM s.t AS t WHERE \(two) AND \(pick(condition))",
      "SELECT count(*) FROM s.t JOIN s.u ON t.a = u.a WHERE t.\(pick(["a > 2", "b = 'xy'"]))",
      "SELECT t.a, u.b FROM s.t LEFT JOIN s.u ON t.b = u.b",
      "SELECT a, rank() OVER (ORDER BY b, a) FROM s.t",
      "SELECT a FROM s.t EXCEPT SELECT a FROM s.u",
      "SELECT DISTINCT b FROM s.t UNION ALL SELECT b FROM s.u",
      "SELECT a FROM s.t AS t WHERE EXISTS (SELECT 1 FROM s.u WHERE u.a = t.a AND \(two))",
      "WITH w AS (SELECT \(one) AS v FROM s.t AS t WHERE \(two)) SELECT max(v) FROM w",
      "SELECT count(*) FROM s.t, s.u WHERE t.a = u.a AND t.b <> u.b",
      "DESCRIBE s.t",
    ])
  }
}

/// A table that leaves out whatever conditions let it leave out.
private struct SkippingTable: TableProvider {
  let name: String
  let schema = RandomPolicy.schema
  let rows: [[Scalar]]

  init(_ name: String, _ rows: [[Scalar]]) {
    self.name = name
    self.rows = rows
  }

  var estimatedRowCount: Int? { rows.count }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let kept = rows.filter { row in
      request.predicates.allSatisfy { predicate in
        guard let position = schema.index(of: predicate.column) else { return false }
        return Self.meets(row[position], predicate.condition)
      }
    }
    let positions = request.columns.compactMap { schema.index(of: $0) }
    let columns = positions.map { position in
      let builder = ColumnBuilder(schema.fields[position].type)
      for row in kept { builder.append(row[position]) }
      return builder.finish()
    }
    let part = schema.selecting(positions)
    return [BatchList(part, [Batch(part, columns, rowCount: kept.count)])]
  }

  private static func meets(_ value: Scalar, _ condition: ColumnPredicate.Condition) -> Bool {
    switch condition {
    case .isNull: value.isNull
    case .isNotNull: !value.isNull
    case .equal(let other): value == other
    case .isIn(let values): values.contains(value)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: !value.isNull
    }
  }
}
