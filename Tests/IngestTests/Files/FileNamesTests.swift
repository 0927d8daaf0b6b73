import Bronze
import Core
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// Fields of partners' files whose names are like those of columns.
@Suite struct FileNamesTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: ["csv", "json"].flatMap { format in
        ["evolve", "freeze", "quarantine"].map { drift in
          """
          CREATE TABLE bronze.\(format)_\(drift) (sku STRING, discount DECIMAL(6,2))
          USING \(format) \(format == "csv" ? "OPTIONS (header 'true')" : "")
          LOCATION 'x/\(format)_\(drift)' TBLPROPERTIES ('ingest.drift' = '\(drift)');
          """
        }
      }.joined(separator: "\n"))
  }

  private func take(_ table: String, _ text: String) throws -> FileIngest.Outcome {
    let path = try lake.folder.write("\(table)-\(text.hashValue)", text)
    let workspace = try lake.workspace()
    return try FileIngest(
      lake: workspace.lake, contract: try workspace.contract(named: table), tool: "ingest-files",
      rejectLimit: 1, threadCount: 2, systemTime: { .ofTests }
    ).take([path])
  }

  private func rows(_ table: String) throws -> [String] {
    try lake.rows("SELECT concat_ws(' ', sku, discount) FROM bronze.\(table)")
  }

  @Test(arguments: [
    ("SKU,Discount\na,0.25\n", "a 0.25", ""), ("Sku!,dis-count\na,0.25\n", "a 0.25", ""),
    ("sku,Discount %,Discount\na,10,0.25\n", "a 0.25", "'Discount %' is not declared"),
    ("sku,discount,DISCOUNT\na,0.25,10\n", "a 0.25", "'DISCOUNT' is not declared"),
    (
      "sku,discount,discount\na,0.25,10\n", "a", "'discount' stands 2 times, and none is taken"
    ),
    (
      "sku,Discount,DISCOUNT\na,0.25,10\n", "a",
      "'Discount' and 'DISCOUNT' are both 'discount', and none is taken"
    ),
  ])
  func `a header's names are told apart, and who loses is told`(
    _ text: String, _ row: String, _ drift: String
  ) throws {
    let taken = try take("csv_evolve", text)
    #expect(taken.drifted.flatMap(\.words).joined() == drift && taken.refused.isEmpty)
    #expect(try rows("csv_evolve") == [row])
    #expect(try take("csv_freeze", text).refused.count == (drift.isEmpty ? 0 : 1))
    #expect(try take("csv_quarantine", text).rejectedCount == (drift.isEmpty ? 0 : 1))
  }

  @Test(arguments: [
    (#"{"SKU":"a","Discount":0.25}"#, "a 0.25", ""),
    (#"{"Discount %":10,"sku":"a","Discount":0.25}"#, "a 0.25", "'Discount %' is not declared"),
    (#"{"Discount":0.25,"sku":"a","Discount %":10}"#, "a 0.25", "'Discount %' is not declared"),
    (#"{"discount":0.25,"sku":"a","Discount":10}"#, "a 0.25", "'Discount' is not declared"),
    (#"{"Discount":10,"sku":"a","discount":0.25}"#, "a 0.25", "'Discount' is not declared"),
    (
      #"{"sku":"a","Discount":0.25,"DISCOUNT":10}"#, "a",
      "'Discount' and 'DISCOUNT' are both 'discount', and none is taken"
    ),
    (
      #"{"sku":"a","discount":10,"discount":0.25}"#, "a 0.25",
      "'discount' stands 2 times, and the last counts"
    ),
  ])
  func `so are the names of an object`(_ text: String, _ row: String, _ drift: String) throws {
    let taken = try take("json_evolve", text + "\n")
    #expect(taken.drifted.flatMap(\.words).joined() == drift && taken.refused.isEmpty)
    #expect(try rows("json_evolve") == [row])
    #expect(try take("json_freeze", text + "\n").refused.count == (drift.isEmpty ? 0 : 1))
    #expect(try take("json_quarantine", text + "\n").rejectedCount == (drift.isEmpty ? 0 : 1))
  }

  @Test func `a column reads the same whatever columns are asked for with it`() throws {
    _ = try take("json_evolve", #"{"sku":"a","Discount":1,"dis count":2}"# + "\n")
    #expect(try lake.rows("SELECT CAST(discount AS STRING) FROM bronze.json_evolve") == ["1.00"])
    #expect(try lake.rows("SELECT sku FROM bronze.json_evolve") == ["a"])
  }

  @Test func `a number that would be rounded is set aside, and sums are the sender's`() throws {
    try lake.write(
      "setup.sql",
      """
      CREATE TABLE bronze.sums (sku STRING, price DECIMAL(12,2)) USING csv
      OPTIONS (header 'true', sep ';') LOCATION 'x/sums'
      TBLPROPERTIES ('ingest.trailer' = 'END, rows, sum(Price)');
      """)
    let outcome = try take("sums", "sku;price\na;1.005\nb;1.005\nc;2.50\nd;2.500\nEND;4;7.01\n")
    #expect(outcome.refused.isEmpty && outcome.rejectedCount == 2)
    #expect(try lake.rows("SELECT sku FROM bronze.sums ORDER BY sku") == ["c", "d"])
    #expect(
      try lake.rows("SELECT DISTINCT reason FROM quarantine.sums")
        == ["'price' is no DECIMAL(12,2)"])
    let wrong = try take("sums", "sku;price\na;1.005\nb;1\nEND;2;2.01\n")
    #expect(wrong.refused.first?.problem.contains("sum(Price) is 2.005 instead of 2.01") == true)
  }

  @Test(arguments: [
    ("", ".", "2,50", false), ("", ".", "1,234.50", true), ("de-DE", ",", "2.50", false),
    ("de-DE", ",", "1.234,50", true), ("de-DE", ",", "2,50", true),
  ])
  func `a sign that groups no three digits is no number`(
    _ locale: String, _ point: String, _ text: String, _ isNumber: Bool
  ) throws {
    let option = locale.isEmpty ? "" : ", locale '\(locale)'"
    try lake.write(
      "setup.sql",
      """
      CREATE TABLE bronze.prices (sku STRING, price DECIMAL(12,2)) USING csv
      OPTIONS (header 'true', sep ';'\(option)) LOCATION 'x/prices';
      """)
    #expect(try take("prices", "sku;price\na;1\nb;\(text)\n").rejectedCount == (isNumber ? 0 : 1))
  }
}
