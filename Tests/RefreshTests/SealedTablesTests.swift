import Core
import Ingest
import LakeJobs
import LakeSupport
import Refresh
import TestSupport
import Testing

/// Tables whose columns are sealed come out as those that are not, and lie where nobody reads them.
@Suite struct SealedTablesTests {
  private static let properties =
    "TBLPROPERTIES ('seal' = 'email, name', 'seal.subject' = 'customer_id')"

  private static func jobs(_ properties: String) -> [String: String] {
    let flow = """
      AS AUTO CDC INTO silver.customers FROM STREAM(bronze.crm) KEYS (customer_id)
      APPLY AS DELETE WHEN op = 'd' SEQUENCE BY seq COLUMNS * EXCEPT (op, at)
      """
    return [
      "silver/customers.sql": """
      CREATE STREAMING TABLE silver.customers \(properties);
      CREATE FLOW customers \(flow) STORED AS SCD TYPE 1;
      """,
      "silver/history.sql": """
      CREATE STREAMING TABLE silver.history \(properties);
      CREATE FLOW history \(flow.replacing("silver.customers", with: "silver.history"))
      STORED AS SCD TYPE 2 TRACK HISTORY ON (email);
      """,
      "gold/people.sql": """
      CREATE MATERIALIZED VIEW gold.people
      \(properties.isEmpty ? "" : "TBLPROPERTIES ('seal' = 'email')")
      AS SELECT customer_id, email, length(name) AS letters FROM silver.customers;
      """,
    ]
  }

  private static func setup(_ properties: String = "") -> String {
    """
    CREATE SCHEMA bronze;
    CREATE TABLE bronze.crm (
      customer_id STRING, email STRING, name STRING, op STRING, seq BIGINT, at STRING,
      ingest_date DATE)
    USING json PARTITIONED BY (ingest_date) LOCATION 'crm/customers' \(properties);
    """
  }

  private func lake(
    _ properties: String = SealedTablesTests.properties, bronze: String = ""
  ) throws -> TestLake {
    let lake = try TestLake(setup: Self.setup(bronze), jobs: Self.jobs(properties))
    try lake.makeKey()
    return lake
  }

  private func take(_ lake: TestLake, _ name: String, _ lines: [String]) throws {
    let file = try lake.folder.write("\(name).ndjson", lines: lines)
    _ = try lake.eventIngest(into: "crm", requiring: ["seq"]).take([.file(file)])
    try LocalFileSystem().remove(file)
  }

  private func line(_ id: String?, _ email: String, _ seq: Int, op: String = "u") -> String {
    let key = id.map { #""\#($0)""# } ?? "null"
    return #"{"customer_id":\#(key),"email":"\#(email)","name":"Name of \#(email)","op":"\#(op)","#
      + #""seq":\#(seq),"at":"2026-03-01T09:00:00Z"}"#
  }

  private var first: [String] {
    [
      line("C1", "ada@example.com", 1), line("C2", "bob@example.org", 2),
      line(nil, "lost@x.test", 3),
    ]
  }
  private var second: [String] {
    [
      line("C1", "ada@example.com", 4), line("C2", "new@example.org", 5),
      line("C3", "eve@y.test", 6),
    ]
  }

  private static let layers = ["silver", "gold"]

  private func answers(_ lake: TestLake) throws -> [String] {
    try lake.rows("SELECT * FROM silver.customers") + lake.rows("SELECT * FROM silver.history")
      + lake.rows("SELECT * FROM gold.people")
      + lake.rows("SELECT raw, rule FROM quarantine.customers")
  }

  /// Whether a text stands in any file below a folder of the lake, as it lies there.
  private func stands(_ text: String, in folder: String, of lake: TestLake) throws -> Bool {
    func bytes(_ path: String) throws -> [UInt8] {
      guard let status = try LocalFileSystem().status(of: path) else { return [] }
      if !status.isDirectory { return try LocalFileSystem().read(path) }
      return try LocalFileSystem().list(path).flatMap { try bytes("\(path)/\($0)") }
    }
    return String(decoding: try bytes(lake.folder.file("lake/\(folder)")), as: UTF8.self)
      .contains(text)
  }

  @Test func `flows, histories and views are what they are without a seal`() throws {
    var found: [[String]] = []
    for properties in [Self.properties, ""] {
      let lake = try lake(properties)
      try take(lake, "1", first)
      try lake.refresh(Self.layers)
      try take(lake, "2", second)
      try lake.refresh(Self.layers)
      found.append(try answers(lake))
      // Nothing new, nothing done: sealed values that differ by their nonces are no change.
      #expect(try lake.refresh(Self.layers).isEmpty)
      try lake.refresh(Self.layers, isFull: true)
      found.append(try answers(lake))
    }
    #expect(Set(found).count == 1, "\(found)")
    #expect(found[0].count == 3 + 4 + 3 + 1)
  }

  @Test func `a change that changes nothing is none`() throws {
    let lake = try lake()
    try take(lake, "1", first)
    try lake.refresh(Self.layers)
    let history = "SELECT customer_id, email, name, __START_AT, __END_AT FROM silver.history"
    let before = try lake.rows(history)
    try take(lake, "2", [line("C1", "ada@example.com", 4)])
    try lake.refresh(Self.layers)
    #expect(try lake.rows(history) == before)
  }

  @Test func `no file of silver, gold, quarantine or memory holds what is sealed`() throws {
    let lake = try lake()
    try take(lake, "1", first)
    try lake.refresh(Self.layers)
    try take(lake, "2", second + [line("C2", "", 7, op: "d")])
    try lake.refresh(Self.layers)
    for text in ["ada@exam", "bob@exam", "new@exam", "eve@y", "lost@x", "Name of"] {
      for folder in ["silver", "gold", "quarantine", "_events", "_keys"] {
        #expect(try !stands(text, in: folder, of: lake), "\(text) in \(folder)")
      }
    }
    #expect(try stands("C1", in: "silver", of: lake))
  }

  @Test func `a table is made anew when its job seals other columns, and reads the same`() throws {
    let lake = try lake("")
    try take(lake, "1", first)
    try lake.refresh(Self.layers)
    let before = try answers(lake)
    for (name, text) in Self.jobs(Self.properties) { try lake.write(name, text) }
    let notes = try lake.refresh(Self.layers).flatMap(\.notes)
    #expect(notes.contains { $0.contains("its job seals other columns: email, name") })
    try take(lake, "2", [line(nil, "more@x.test", 9)])
    try lake.refresh(Self.layers)
    #expect(try answers(lake).filter { !$0.contains("more@x.test") } == before)
    #expect(try lake.rows("SELECT raw FROM quarantine.customers").count == 2)
  }

  @Test func `without a key a refresh stops before it writes, and others read on`() throws {
    let lake = try lake()
    try take(lake, "1", first)
    try lake.refresh(Self.layers)
    try LocalFileSystem().rename(lake.keyFolder, to: lake.folder.file("away"))
    try take(lake, "2", second)
    let refresh = #expect(throws: Fault.self) { try lake.refresh(Self.layers) }
    #expect(refresh?.kind == .denied)
    let reading = #expect(throws: Fault.self) { try lake.rows("SELECT email FROM gold.people") }
    #expect(reading?.kind == .denied)
    #expect(try lake.rows("SELECT customer_id, letters FROM gold.people").count == 2)
    try LocalFileSystem().rename(lake.folder.file("away"), to: lake.keyFolder)
    try lake.refresh(Self.layers)
    #expect(try lake.rows("SELECT email FROM gold.people").count == 3)
  }

  @Test func `bronze of a sealed contract reads as it came, and lies sealed with its rejects`()
    throws
  {
    var found: [[String]] = []
    for bronze in ["TBLPROPERTIES ('seal' = 'true')", ""] {
      let lake = try lake("", bronze: bronze)
      try take(lake, "1", first + ["{broken secret@x.test"])
      try lake.refresh(Self.layers)
      try take(lake, "2", second)
      try lake.refresh(Self.layers)
      found.append(try answers(lake) + lake.rows("SELECT * FROM bronze.crm"))
      #expect(
        try lake.replay("customers") { text, _ in text.replacing("null", with: #""C9""#) } > 0)
      try lake.refresh(Self.layers)
      found.append(try answers(lake))
      guard !bronze.isEmpty else { continue }
      // Frames are compressed: that a file is sealed shows by its mark.
      for folder in [
        "bronze/crm/customers/ingest_date=2026-03-01", "quarantine/_replays/customers",
      ] {
        #expect(try stands("MEDSEAL1", in: folder, of: lake), "\(folder)")
      }
      #expect(try !stands("lost@x", in: "quarantine", of: lake))
    }
    #expect(found[0] == found[2])
    #expect(found[1] == found[3])
  }

  @Test(arguments: [
    ("'seal' = 'customer_id'", "is a key"), ("'seal' = 'emial'", "is no column"),
    ("'seal.subject' = 'customer_id'", "none is sealed"),
    ("'seal' = 'email', 'seal.subject' = 'email'", "names the persons"),
    ("'seal' = 'email', 'cluster.by' = 'email'", "clustered by"),
  ])
  func `what cannot hold is refused where it stands`(properties: String, words: String) throws {
    let lake = try TestLake(
      setup: Self.setup(), jobs: Self.jobs("TBLPROPERTIES (\(properties))"))
    try lake.makeKey()
    let fault = #expect(throws: Fault.self) { try lake.refresh() }
    #expect(fault?.kind == .configuration)
    #expect(fault?.problem.contains(words) == true, "\(fault?.problem ?? "")")
  }
}
