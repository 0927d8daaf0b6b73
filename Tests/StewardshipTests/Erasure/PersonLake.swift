import Columnar
import Compression
import Core
import Database
import Delta
import Ingest
import LakeJobs
import LakeSupport
import Parquet
import Stewardship
import TestSupport
import Testing
import WarehouseJobs

/// A small business whose customers may want to leave: customers and their sales from bronze to a
/// star, with rows set aside, histories, changes and logs.
struct PersonLake {
  let lake: TestLake
  private let server: String?

  static let secret = Array("a secret of tests".utf8)

  /// With its warehouse on a server at `server`, or in a file of the lake.
  init(sealed: Bool = false, server: String? = nil) throws {
    self.server = server
    lake = try TestLake(setup: Self.setup(sealed), jobs: Self.jobs(sealed))
    if sealed { try lake.makeKey() }
  }

  private static func setup(_ sealed: Bool) -> String {
    """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.crm (
      customer_id STRING, card_no STRING, email STRING, name STRING, seq BIGINT,
      ingest_date DATE)
    USING json PARTITIONED BY (ingest_date) LOCATION 'crm/customers'
    \(sealed ? "TBLPROPERTIES ('seal' = 'true')" : "");
    CREATE TABLE bronze.till (
      id STRING, day STRING, card_no STRING, amount STRING, note STRING, ingest_date DATE)
    USING json PARTITIONED BY (ingest_date) LOCATION 'pos/till';
    """
  }

  private static func jobs(_ sealed: Bool) -> [String: String] {
    let seal = sealed ? "'seal' = 'email, name', 'seal.subject' = 'customer_id'," : ""
    return [
      "silver/customers.sql": """
      CREATE STREAMING TABLE silver.customers
      TBLPROPERTIES (\(seal) 'delta.enableChangeDataFeed' = 'true',
        'expect.has_name' = "name <> '' ON VIOLATION QUARANTINE");
      CREATE FLOW customers AS AUTO CDC INTO silver.customers FROM STREAM(bronze.crm)
      KEYS (customer_id) SEQUENCE BY seq STORED AS SCD TYPE 1;
      CREATE STREAMING TABLE silver.customers_history
      TBLPROPERTIES (\(seal) 'x.kind' = 'history');
      CREATE FLOW history AS AUTO CDC INTO silver.customers_history FROM STREAM(bronze.crm)
      KEYS (customer_id) SEQUENCE BY seq STORED AS SCD TYPE 2;
      """,
      "silver/sales.sql": """
      CREATE STREAMING TABLE silver.sales
      TBLPROPERTIES ('delta.checkpointPolicy' = 'v2', 'delta.checkpointInterval' = '1');
      CREATE FLOW sales AS AUTO CDC INTO silver.sales FROM (
        SELECT id, CAST(day AS DATE) AS day, card_no, CAST(amount AS DECIMAL(12,2)) AS amount,
          note FROM STREAM(bronze.till))
      KEYS (id) SEQUENCE BY day STORED AS SCD TYPE 1;
      """,
      "gold/spent.sql": """
      CREATE MATERIALIZED VIEW gold.spent
      TBLPROPERTIES ('publishes' = 'name(name)'\(sealed ? ", 'seal' = 'name'" : "")) AS
      SELECT c.customer_id, s.card_no, max(c.name) AS name, sum(s.amount) AS amount,
        count(*) AS sales
      FROM silver.sales s LEFT JOIN silver.customers c ON c.card_no = s.card_no
      GROUP BY c.customer_id, s.card_no;
      """,
      "warehouse/star.sql": """
      CREATE MATERIALIZED VIEW warehouse.dim_customer
      TBLPROPERTIES ('dimension' = 'scd1', 'key' = 'customer_id',
        'publishes' = 'name(name), email(email)') AS
      SELECT customer_id, name, email FROM silver.customers;
      CREATE MATERIALIZED VIEW warehouse.fact_spent
      TBLPROPERTIES ('fact' = 'incremental', 'key' = 'card_no', 'measures' = 'amount',
        'lookup.customer_key' = 'dim_customer(customer_id)') AS
      SELECT card_no, customer_id, amount FROM gold.spent;
      """,
      "labels.yml": """
      tables:
        bronze.crm:
          {customer_id: none, card_no: none, email: email, name: name, seq: none}
        bronze.till: {id: none, day: none, card_no: none, amount: none, note: none}
      """,
      "subjects.yml": """
      subjects:
        customer: {key: customer_id, also: [card_no]}
      """,
    ]
  }

  // MARK: Nights

  private func take(_ table: String, _ name: String, _ lines: [String]) throws {
    let file = try lake.folder.write("\(name).ndjson", lines: lines)
    _ = try lake.eventIngest(into: table, requiring: []).take([.file(file)])
    try LocalFileSystem().remove(file)
  }

  private func customer(_ id: Int, _ seq: Int, mail: String = "a", name: String? = nil) -> String {
    let name = name ?? "Name \(id) of \(seq)"
    return #"{"customer_id":"C-\#(id)","card_no":"K-\#(id)","email":"\#(mail)\#(id)@example.com","#
      + #""name":"\#(name)","seq":\#(seq)}"#
  }

  private func sale(_ id: Int, _ card: Int, note: String = "none") -> String {
    #"{"id":"s\#(id)","day":"2026-02-0\#(id % 8 + 1)","card_no":"K-\#(card)","#
      + #""amount":"\#(id).50","note":"\#(note)"}"#
  }

  /// Two nights of five customers, whose third is the person that leaves.
  func fill() throws {
    try take("crm", "1", (1...5).map { customer($0, $0) })
    try take("till", "1", (1...9).map { sale($0, $0 % 5 + 1) })
    try refresh()
    try take(
      "crm", "2",
      [
        customer(3, 13, mail: "new"), customer(4, 14), customer(3, 15, mail: "odd", name: ""),
      ])
    try take(
      "till", "2",
      [
        sale(10, 3, note: "call new3@example.com about C-3"), sale(11, 1, note: "C-33 came"),
      ])
    try refresh()
    try lake.folder.write("lake/_runs/logs/night/1.log", "took C-3, told NEW3@example.com\nend\n")
  }

  func refresh(isFull: Bool = false) throws {
    try lake.refresh(["silver", "gold"], isFull: isFull)
    let workspace = try lake.workspace()
    var faults: [Fault] = []
    _ = try StarLoadRun(
      workspace, into: place.openedToLoad(LocalFileSystem()), siteKey: nil,
      context: lake.context(), isFullRefresh: isFull
    ).run(
      workspace.jobs.ordered(schema: "warehouse"),
      .init(say: { _ in }, fail: { faults.append($0) }))
    #expect(faults.isEmpty, "\(faults)")
  }

  var place: WarehousePlace {
    get throws { try WarehousePlace(server ?? lake.folder.file("lake/warehouse.db")) }
  }

  /// Rows of the warehouse.
  func stored(_ sql: String) throws -> [String] {
    try #require(try place.openedToRead(LocalFileSystem())).rows(sql).map { "\($0)" }
  }

  // MARK: Erasing

  func erasure(_ files: any FileSystem = LocalFileSystem()) throws -> Erasure {
    let workspace = try lake.workspace(files)
    return Erasure(
      workspace, try place, lake.context(),
      try SubjectsFile(jobsFolder: lake.folder.file("jobs"), workspace.lake.fileSystem),
      secret: Self.secret)
  }

  func subjects() throws -> SubjectsFile {
    try SubjectsFile(jobsFolder: lake.folder.file("jobs"), LocalFileSystem())
  }

  func plan(_ key: String = "C-3") throws -> ErasurePlan {
    try erasure().plan(subjects().kinds[0], key, madeBy: "a.miller")
  }

  // MARK: Looking

  /// What money and rows there are, of everybody.
  func totals() throws -> [String] {
    try lake.rows("SELECT count(*), sum(amount) FROM silver.sales")
      + lake.rows("SELECT count(*), sum(amount), sum(sales) FROM gold.spent")
      + lake.rows("SELECT count(*) FROM silver.customers")
      + lake.rows("SELECT count(*) FROM silver.customers_history")
      + lake.rows("SELECT count(*) FROM quarantine.customers")
      + lake.rows("SELECT count(*) FROM bronze.crm") + lake.rows("SELECT count(*) FROM bronze.till")
      + stored("SELECT count(*), sum(amount), sum(customer_key) FROM fact_spent")
  }

  /// All rows of everybody else.
  func others() throws -> [String] {
    try lake.rows("SELECT * FROM silver.customers WHERE customer_id IN ('C-1','C-2','C-4','C-5')")
      + lake.rows("SELECT * FROM silver.customers_history WHERE customer_id IN ('C-1','C-2','C-4')")
      + lake.rows("SELECT * FROM gold.spent WHERE card_no IN ('K-1','K-2','K-4','K-5')")
      + lake.rows("SELECT * FROM silver.sales WHERE card_no IN ('K-1','K-2','K-4','K-5')")
  }

  /// All tables, in each version that there is.
  func versions() throws -> [String: Int] {
    var found: [String: Int] = [:]
    for table in ["silver.customers", "silver.customers_history", "silver.sales", "gold.spent"] {
      let name = try #require(LakeTableName(table))
      let delta = try lake.workspace().lake.table(name)
      for version in try delta.commitVersions() {
        let rows = try lake.rows("SELECT * FROM \(table) VERSION AS OF \(version)")
        found["\(table) \(version)"] = rows.count
      }
    }
    return found
  }

  /// The files below the lake in which `text` stands, as they lie or unpacked; by its own way.
  func places(of text: String) throws -> [String] {
    var found: [String] = []
    func visit(_ path: String) throws {
      let files = LocalFileSystem()
      guard try files.status(of: path)?.isDirectory != true else {
        for name in try files.list(path) { try visit("\(path)/\(name)") }
        return
      }
      var bytes = try files.read(path)
      if path.hasSuffix(".zst") {
        let reader = DecompressingReader(try files.open(path), at: Place(path))
        while let piece = try? reader.next() { bytes += piece }
      }
      if path.hasSuffix(".parquet"), let reader = try? FileReader(files.open(path), at: Place(path))
      {
        let batches = try reader.batches()
        while let batch = try batches.next() {
          for column in batch.columns {
            for row in 0..<column.count { bytes += Array("\(column.scalar(at: row))\n".utf8) }
          }
        }
      }
      let content = String(decoding: bytes, as: UTF8.self).lowercased()
      if content.contains(text.lowercased()) {
        found.append(String(path.dropFirst(lake.folder.path.utf8.count + 1)))
      }
    }
    try visit(lake.folder.file("lake"))
    return found
  }

  /// What tells the person.
  static let telling = [
    "\"C-3\"", "(C-3)", "K-3", "a3@example", "new3@", "odd3@", "Name 3 of",
  ]
}
