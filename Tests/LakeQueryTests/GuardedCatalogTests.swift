import Access
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import LakeSupport
import TestSupport
import Testing

/// A policy holds for every way to a table.
@Suite struct GuardedCatalogTests {
  private static let people = """
    id|store|email|pay
    1|north|ada@example.com|100
    2|north|bob@example.com|secret
    3|south|eve@example.com|300
    """

  /// What may be seen of `silver.people`: the rows of the north, without pay, e-mail masked.
  private static func people(_ table: LakeTableName, _ schema: Schema) -> TableAccess {
    guard table.name == "people" else { return .denied(rule: "no grant") }
    return .granted(
      rowFilter: "store IN (SELECT what FROM gold.stores_of WHERE who = current_user())",
      columns: [
        ColumnAccess("id", .shown, rule: ""), ColumnAccess("store", .shown, rule: ""),
        ColumnAccess("email", .masked("concat('x@', split(email, '@')[1])"), rule: ""),
        ColumnAccess("pay", .hidden, rule: ""),
      ])
  }

  private func catalog(
    _ decide: @escaping GuardedCatalog.Decision = people
  ) throws -> GuardedCatalog {
    let lake = try TestLake()
    let tables = try lake.catalog()
    tables.overlays = [
      "silver.people": try Self.table("silver.people", Self.people),
      "gold.stores_of": try Self.table("gold.stores_of", "who|what\nnora|north\nsam|south"),
    ]
    return GuardedCatalog(tables, as: "manager", user: "nora", lake.context(), decide)
  }

  private static func table(_ name: String, _ text: String) throws -> BatchTable {
    let lines = text.split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
    let schema = Schema(lines[0].map { Field($0, .string) })
    let columns = lines[0].indices.map { position in
      let builder = ColumnBuilder(.string)
      for line in lines.dropFirst() { builder.append(.string(line[position])) }
      return builder.finish()
    }
    return BatchTable(name, schema, [Batch(schema, columns, rowCount: lines.count - 1)])
  }

  /// The rows of a query, or the words of its fault.
  private func answer(_ sql: String, _ catalog: GuardedCatalog? = nil) throws -> String {
    let catalog = try catalog ?? self.catalog()
    let context = QueryContext(clock: .ofTests, threadCount: 2)
    var lines: [String] = []
    do {
      try QueryScript(sql, file: "query").run(over: catalog, context, views: []) { rows in
        while let batch = try rows.next() {
          for row in 0..<batch.rowCount {
            let cells = batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
            lines.append(cells.joined(separator: "|"))
          }
        }
        return 0
      }
    } catch let fault as Fault {
      return "\(fault.kind): \(fault)"
    }
    return lines.joined(separator: "\n")
  }

  @Test(arguments: [
    ("SELECT * FROM silver.people", "1|north|x@example.com\n2|north|x@example.com"),
    ("SELECT count(*) FROM silver.people", "2"),
    ("SELECT max(email), count(DISTINCT store) FROM silver.people", "x@example.com|1"),
    ("SELECT count(*) FROM silver.people WHERE email = 'ada@example.com'", "0"),
    ("SELECT count(*) FROM silver.people WHERE email LIKE 'x%'", "2"),
    ("SELECT a.id FROM silver.people a JOIN silver.people b USING (email) WHERE b.id = 2", "1\n2"),
    (
      "SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM silver.people ORDER BY id",
      "1|2\n2|1"
    ),
    ("SELECT 10 / (CAST(id AS INT) - 3) < 0 FROM silver.people", "true\ntrue"),
    ("SELECT id FROM silver.people WHERE assert_true(store <> 'south') IS NULL", "1\n2"),
    (
      "SELECT id FROM silver.people WHERE CASE WHEN store = 'south' THEN raise_error(email) "
        + "ELSE true END", "1\n2"
    ),
    ("SELECT current_user()", "nora"),
    ("DESCRIBE silver.people", "id|string|NULL\nstore|string|NULL\nemail|string|NULL"),
    ("SHOW COLUMNS IN silver.people", "id\nstore\nemail"),
    ("SHOW TABLES", "silver|people|false"),
    ("WITH p AS (TABLE silver.people) SELECT id FROM p ORDER BY email, id", "1\n2"),
  ])
  func `a query meets what the role may see, and no more`(sql: String, expected: String) throws {
    #expect(try answer(sql) == expected)
  }

  @Test func `a hidden column is told of as one that is not there`() throws {
    let hidden = try answer("SELECT pay FROM silver.people")
    let absent = try answer("SELECT qay FROM silver.people")
    #expect(hidden.replacing("pay", with: "qay") == absent)
    #expect(hidden.contains("no column 'pay'") && hidden.hasSuffix("it has id, store, email"))
  }

  @Test(arguments: [
    "SELECT * FROM delta.`/x`", "SELECT * FROM parquet.`x`", "SELECT * FROM CSV.`/etc/passwd`",
    "SELECT * FROM json.`file:///x`", "SELECT * FROM orc.`x`",
    "SELECT * FROM silver.people JOIN delta.`lake/silver/people` USING (id)",
    "SELECT * FROM table_changes('delta.`/x`', 0)", "DESCRIBE parquet.`x`",
    "EXPLAIN SELECT * FROM text.`x`", "SELECT * FROM gold.stores_of",
    "SELECT * FROM silver._aux", "SELECT * FROM `silver`.`people/x`",
  ])
  func `what no rule grants is refused`(sql: String) throws {
    #expect(try answer(sql).hasPrefix("denied: "))
  }

  @Test func `names that are suggested are those that may be read`() throws {
    #expect(try answer("SELECT * FROM gold.store_of").contains("SHOW TABLES") == false)
    #expect(try !answer("SELECT * FROM gold.stores_o").contains("stores_of'?"))
    #expect(try answer("SELECT * FROM silver.peopl").contains("'silver.people'?"))
  }

  @Test func `an error below tells no value, one of the query tells what is seen`() throws {
    let masked = try catalog { _, schema in
      .granted(
        rowFilter: nil,
        columns: schema.fields.map {
          ColumnAccess(
            $0.name, $0.name == "pay" ? .masked("CAST(pay AS INT)") : .shown, rule: "")
        })
    }
    let below = try answer("SELECT pay FROM silver.people", masked)
    #expect(below.hasPrefix("data: ") && !below.contains("secret"))
    let above = try answer("SELECT CAST(email AS INT) FROM silver.people")
    #expect(above.contains("x@example.com") && !above.contains("ada"))
  }

  @Test func `a policy that cannot be worked out shows nothing, and names no column`() throws {
    let wrong = try catalog { _, schema in
      .granted(
        rowFilter: "no_such = 1", columns: schema.names.map { ColumnAccess($0, .shown, rule: "") })
    }
    let words = try answer("SELECT id FROM silver.people", wrong)
    #expect(words.hasPrefix("configuration: ") || words.hasPrefix("usage: "))
    #expect(!words.contains("no_such") && !words.contains("pay"))
  }

  @Test func `a mask of NULL keeps the column's type`() throws {
    let masked = try catalog { _, schema in
      .granted(
        rowFilter: nil,
        columns: schema.names.map { ColumnAccess($0, .masked("NULL"), rule: "") })
    }
    #expect(try answer("SELECT upper(pay) FROM silver.people LIMIT 1", masked) == "NULL")
    #expect(try answer("DESCRIBE silver.people", masked).contains("pay|string|NULL"))
  }
}
