import Bronze
import Columnar
import Core
import LakeJobs
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

@Suite struct ChangeWriterTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE TABLE bronze.shop_items (
          id STRING, note STRING, __op STRING, __sequence BIGINT, __committed_at TIMESTAMP,
          ingest_date DATE
        ) USING parquet PARTITIONED BY (ingest_date) LOCATION 'shop/items';
        """)
  }

  private func row(_ texts: String?...) -> RowTexts {
    var row = RowTexts()
    for text in texts { if let text { row.append(text.utf8) } else { row.appendNull() } }
    return row
  }

  @Test func `rows are numbered in their order, and what they do not give is not in their file`()
    throws
  {
    let workspace = try lake.workspace()
    let contract = try workspace.contract(named: "shop_items")
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    let addition = try BronzeAppend(log, lake: workspace.lake, tool: "cdc-extract")
    let writer = ChangeWriter(into: addition, after: 41, workspace.lake.fileSystem)
    let whole = writer.form(of: ["id", "note"])
    let part = writer.form(of: ["id"])
    try writer.append(.read, row("1", nil), whole, at: .ofTests)
    try writer.append(.update, row("1"), part, at: .ofTests)
    try writer.append(.delete, row("1", ""), whole, at: .ofTests)
    #expect(writer.form(of: ["id"]) == part)
    try writer.finish()
    #expect((writer.rowCount, writer.lastSequence) == (3, 44))
    let commit = try addition.commit()
    #expect(commit?.files.map(\.rowCount).sorted() == [1, 2])
    #expect(
      try lake.rows("SELECT __op, __sequence, id, note FROM bronze.shop_items ORDER BY 2")
        == ["d|44|1|", "r|42|1|NULL", "u|43|1|NULL"])
  }
}
