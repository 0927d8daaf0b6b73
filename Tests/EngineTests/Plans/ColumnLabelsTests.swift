import Engine
import Testing

/// Where labels go, told of a plan without running it.
@Suite struct ColumnLabelsTests {
  private static let labels = [
    "silver.sales.note": "email", "silver.sales.sku": "phone", "bronze.events.lines": "free_text",
    "silver.stores.city": "address", "t.f": "sick",
  ]

  static func words(_ text: String, _ breakers: LabelBreakers = LabelBreakers()) throws -> String {
    let carried = ColumnLabels(of: try Planning.bind(text), breakers: breakers) { table, column in
      Set([labels["\(table).\(column)"]].compactMap { $0 })
    }
    return carried.columns.map { $0.sorted().joined(separator: "+") }.joined(separator: ",")
  }

  @Test(arguments: [
    ("SELECT note, id FROM silver.sales", "email,"),
    ("SELECT upper(trim(note)) || '!' AS x FROM silver.sales", "email"),
    (
      "SELECT CAST(sku AS STRING) AS x, try_cast(note AS INT) AS y FROM silver.sales", "phone,email"
    ),
    ("SELECT concat_ws(' ', note, sku) AS x FROM silver.sales", "email+phone"),
    ("SELECT CASE WHEN id = 'x' THEN note ELSE sku END AS x FROM silver.sales", "email+phone"),
    ("SELECT coalesce(note, sku, 'none') AS x FROM silver.sales", "email+phone"),
    ("SELECT nullif(note, '') AS x, if(line > 1, note, 'x') AS y FROM silver.sales", "email,email"),
    ("SELECT NOT f AS x, f AND a > 1 AS y FROM t", "sick,sick"),
    ("SELECT struct(note, id) AS x, array(sku)[0] AS y FROM silver.sales", "email,phone"),
    (
      "SELECT s.city, n.note FROM silver.sales n JOIN silver.stores s ON s.store_id = n.store_id",
      "address,email"
    ),
    ("SELECT max(note) AS x, collect_list(sku) AS y FROM silver.sales GROUP BY id", "email,phone"),
    ("SELECT lag(note) OVER (PARTITION BY sku ORDER BY day) AS x FROM silver.sales", "email"),
    ("SELECT min(note) OVER (PARTITION BY sku) AS x FROM silver.sales", "email"),
    ("SELECT note FROM silver.sales UNION ALL SELECT city FROM silver.stores", "address+email"),
    ("SELECT city FROM silver.stores INTERSECT SELECT note FROM silver.sales", "address+email"),
    ("SELECT id FROM silver.sales EXCEPT SELECT note FROM silver.sales", ""),
    ("SELECT l.sku AS x FROM bronze.events LATERAL VIEW explode(lines) t AS l", "free_text"),
    ("SELECT p, l.qty FROM bronze.events LATERAL VIEW posexplode(lines) t AS p, l", ",free_text"),
    ("SELECT (SELECT max(city) FROM silver.stores) AS x", "address"),
    ("WITH c AS (SELECT note AS x FROM silver.sales) SELECT x FROM c ORDER BY x LIMIT 1", "email"),
    ("SELECT DISTINCT note FROM silver.sales", "email"),
  ])
  func `a label goes where values go`(_ text: String, _ expected: String) throws {
    #expect(try Self.words(text) == expected)
  }

  @Test(arguments: [
    ("SELECT CASE WHEN note = 'x' THEN id END AS x FROM silver.sales", ""),
    ("SELECT id FROM silver.sales WHERE note = 'x' ORDER BY sku", ""),
    ("SELECT row_number() OVER (PARTITION BY note ORDER BY sku) AS x FROM silver.sales", ""),
    ("SELECT count(*) AS x FROM silver.sales GROUP BY note", ""),
    ("SELECT s.id FROM silver.sales s JOIN silver.stores t ON t.city = s.note", ""),
    ("SELECT id FROM silver.sales WHERE sku IN (SELECT city FROM silver.stores)", ""),
  ])
  func `what only decides carries none`(_ text: String, _ expected: String) throws {
    #expect(try Self.words(text) == expected)
  }

  @Test(arguments: [
    ("SELECT sha2(lower(note), 256) AS x, md5(sku) AS y FROM silver.sales", ","),
    ("SELECT concat(sha2(note, 256), sku) AS x FROM silver.sales", "phone"),
    ("SELECT mask(note) AS x FROM silver.sales", ""),
    ("SELECT mask(note, '#', '#', '#', '#') AS x FROM silver.sales", ""),
    ("SELECT mask(note, NULL, NULL) AS x FROM silver.sales", "email"),
    ("SELECT day, count(note) AS n FROM silver.sales GROUP BY day HAVING count(*) >= 10", ","),
    ("SELECT day, count(note) AS n FROM silver.sales GROUP BY day HAVING count(*) >= 9", ",email"),
    ("SELECT day, count(note) AS n FROM silver.sales GROUP BY day HAVING count(*) > 9", ","),
    ("SELECT day, count(note) AS n FROM silver.sales GROUP BY day HAVING 12 <= count(*)", ","),
    ("SELECT day, count(note) AS n FROM silver.sales GROUP BY day", ",email"),
    (
      "SELECT note, count(sku) AS n FROM silver.sales GROUP BY note HAVING count(*) >= 10",
      "email,"
    ),
    ("SELECT min(note) AS n FROM silver.sales GROUP BY day HAVING count(*) >= 10", "email"),
    (
      "SELECT CASE WHEN count(*) >= 20 AND max(line) > 1 THEN count(DISTINCT note) END AS n "
        + "FROM silver.sales GROUP BY day", ""
    ),
    (
      "SELECT CASE WHEN count(*) >= 20 THEN 0 ELSE count(note) END AS n FROM silver.sales "
        + "GROUP BY day", "email"
    ),
    (
      "WITH g AS (SELECT day, count(*) AS n, count(note) AS m FROM silver.sales GROUP BY day) "
        + "SELECT m FROM g WHERE n >= 10 OR n = 15", ""
    ),
    (
      "WITH g AS (SELECT day, count(*) AS n, count(note) AS m FROM silver.sales GROUP BY day) "
        + "SELECT m FROM g WHERE n >= 10 OR day = DATE '2026-01-01'", "email"
    ),
    (
      "SELECT a.m FROM (SELECT day, count(note) AS m FROM silver.sales GROUP BY day) a JOIN "
        + "(SELECT day, count(*) AS n FROM silver.sales GROUP BY day) b ON a.day = b.day "
        + "WHERE b.n >= 10", "email"
    ),
    (
      "SELECT count(note) FILTER (WHERE line = 1) AS n FROM silver.sales GROUP BY day "
        + "HAVING count(*) >= 10", "email"
    ),
  ])
  func `a label stops at a hash, a mask and a count over many rows`(
    _ text: String, _ expected: String
  ) throws {
    #expect(try Self.words(text) == expected)
  }

  @Test func `a house says for itself what stops a label`() throws {
    var breakers = LabelBreakers()
    breakers.functions = ["left"]
    breakers.leastRows = 3
    #expect(try Self.words("SELECT md5(note) AS x FROM silver.sales", breakers) == "email")
    #expect(try Self.words("SELECT left(note, 1) AS x FROM silver.sales", breakers) == "")
    let counted = "SELECT count(note) AS n FROM silver.sales GROUP BY day HAVING count(*) >= 3"
    #expect(try Self.words(counted, breakers) == "")
  }
}
