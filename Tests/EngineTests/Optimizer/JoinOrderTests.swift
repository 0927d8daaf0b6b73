import Columnar
import Core
import Engine
import Testing

/// The order of joins over tables that tell how many rows they have.
@Suite struct JoinOrderTests {
  /// A wholesaler's tables: rows in thousands as one of some size has them.
  private static let tables: [(name: String, columns: String, rowCount: Int)] = [
    ("part", "p_partkey INT, p_name STRING, p_brand STRING, p_size INT, p_type STRING", 200_000),
    ("supplier", "s_suppkey INT, s_name STRING, s_nationkey INT, s_acctbal INT", 10_000),
    ("partsupp", "ps_partkey INT, ps_suppkey INT, ps_supplycost INT", 800_000),
    (
      "lineitem",
      """
      l_orderkey INT, l_partkey INT, l_suppkey INT, l_quantity INT, l_shipmode STRING, l_price INT
      """, 6_000_000
    ),
    ("orders", "o_orderkey INT, o_custkey INT, o_orderdate DATE", 1_500_000),
    ("customer", "c_custkey INT, c_nationkey INT", 150_000),
    ("nation", "n_nationkey INT, n_name STRING, n_regionkey INT", 25),
    ("region", "r_regionkey INT, r_name STRING", 5),
  ]

  private struct Wholesaler: Catalog {
    func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
      guard let found = JoinOrderTests.tables.first(where: { $0.name == name.description }) else {
        return nil
      }
      let schema = Schema(try SQLScript.parseSchema(text: found.columns, file: "table"))
      return SizedTable(name: found.name, schema: schema, estimatedRowCount: found.rowCount)
    }

    var tableNames: [String] { JoinOrderTests.tables.map(\.name) }
  }

  private struct SizedTable: TableProvider {
    var name: String
    var schema: Schema
    var estimatedRowCount: Int?

    func scan(_ request: ScanRequest) throws -> [any BatchSource] { [] }
  }

  private func plan(_ sql: String) throws -> [Substring] {
    let query = try SQLScript.parseQuery(text: sql, file: "query.sql")
    let plan = try Binder(catalog: Wholesaler(), clock: Planning.clock).bind(query)
    return Optimizer(clock: Planning.clock).optimize(plan).text.split(separator: "\n")
  }

  private static let queries = [
    // Profit by product, nation and year: parts and suppliers are named first, and share nothing.
    """
    SELECT n_name, sum(l_price) FROM part, supplier, lineitem, partsupp, orders, nation
    WHERE s_suppkey = l_suppkey AND ps_suppkey = l_suppkey AND ps_partkey = l_partkey
      AND p_partkey = l_partkey AND o_orderkey = l_orderkey AND s_nationkey = n_nationkey
      AND p_name LIKE '%green%'
    GROUP BY n_name
    """,
    // The key stands in each arm of an OR.
    """
    SELECT sum(l_price) FROM lineitem, part
    WHERE (p_partkey = l_partkey AND p_brand = 'B12' AND l_quantity >= 1 AND l_shipmode = 'AIR')
      OR (p_partkey = l_partkey AND p_brand = 'B23' AND l_quantity >= 10 AND l_shipmode = 'AIR')
      OR (l_partkey = p_partkey AND p_brand = 'B34' AND l_quantity >= 20 AND l_shipmode = 'AIR')
    """,
    // The cheapest supplier of each part in a region.
    """
    SELECT s_acctbal, s_name FROM part, supplier, partsupp, nation, region
    WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size = 15 AND p_type LIKE '%TIN'
      AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE'
      AND ps_supplycost = (
        SELECT min(ps_supplycost) FROM partsupp, supplier, nation, region
        WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey
          AND n_regionkey = r_regionkey AND r_name = 'EUROPE')
    """,
    // Nations twice, and an OR over both.
    """
    SELECT count(*) FROM nation n1, nation n2, supplier, customer, orders, lineitem
    WHERE s_suppkey = l_suppkey AND o_orderkey = l_orderkey AND c_custkey = o_custkey
      AND s_nationkey = n1.n_nationkey AND c_nationkey = n2.n_nationkey
      AND ((n1.n_name = 'A' AND n2.n_name = 'B') OR (n1.n_name = 'B' AND n2.n_name = 'A'))
    """,
    // Keys that are computed, and may fail.
    """
    SELECT count(*) FROM part, supplier, lineitem
    WHERE CAST(p_name AS INT) = l_partkey AND CAST(s_name AS INT) = l_suppkey
    """,
  ]

  @Test(arguments: queries)
  func `no product is made while a condition joins the tables`(_ sql: String) throws {
    let lines = try plan(sql)
    #expect(!lines.contains { $0.contains("cross join") }, "\(lines.joined(separator: "\n"))")
    #expect(!lines.contains { $0.hasSuffix("inner join") }, "\(lines.joined(separator: "\n"))")
  }

  @Test func `a subquery for a value is joined once, by its key`() throws {
    let lines = try plan(Self.queries[2])
    #expect(lines.filter { $0.contains("scan partsupp") }.count == 2)
    #expect(lines.contains { $0.contains("left join on p_partkey = ps_partkey") }, "\(lines)")
  }

  @Test func `what leaves few rows is joined first`() throws {
    let lines = try plan(Self.queries[0])
    let scans = lines.filter { $0.contains("scan ") }.compactMap { line in
      line.split(separator: " ").dropFirst().first.map(String.init)
    }
    #expect(
      Set(scans.prefix(2)) == ["part", "lineitem"] || scans.prefix(2) == ["part", "partsupp"],
      "\(lines.joined(separator: "\n"))")
  }
}
