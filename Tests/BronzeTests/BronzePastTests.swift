import Bronze
import Core
import Engine
import Ingest
import LakeSupport
import TestSupport
import Testing

/// A bronze table as it was.
@Suite struct BronzePastTests {
  @Test func `the files of a bronze table are told by the time of their commits`() throws {
    let lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.till (id STRING) USING json LOCATION 'pos/till';
        """)
    let contract = try lake.contract("till")
    let unlogged = try BronzeTable.past(contract, lake: lake.opened(), at: .ofTests)
    #expect(unlogged.map { $0.files.count } == nil)
    let file = try lake.folder.write("a.json", "{\"id\":\"1\"}\nno\n")
    _ = try lake.eventIngest(into: "till", requiring: ["id"]).take([.file(file)])
    let before = Timestamp(microseconds: Timestamp.ofTests.microseconds - 1)
    let none = try BronzeTable.past(contract, lake: lake.opened(), at: before)
    #expect(none?.files.isEmpty == true)
    let all = try BronzeTable.past(contract, lake: lake.opened(), at: .ofTests)
    #expect(all?.files.count == 1)
    func rejectedCount(_ time: Timestamp) throws -> Int? {
      try BronzeTable.rejected(contract, lake: lake.opened(), at: time).estimatedRowCount
    }
    #expect(try rejectedCount(before) == 0 && rejectedCount(.ofTests) == 1)
  }
}
