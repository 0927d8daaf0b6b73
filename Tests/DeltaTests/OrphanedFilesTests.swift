import Core
import Delta
import Glibc
import TestSupport
import Testing

@Suite struct OrphanedFilesTests {
  private let definition = TableDefinition(schema: salesSchema, partitionColumns: ["day"])

  @Test func `what no commit names goes, and all versions can still be read`() throws {
    let test = TestTable()
    let files = LocalFileSystem()
    try test.table.update(.test()) { change in
      try change.create(definition)
      try change.append(sales([sale(1, 1), sale(2, 2)]))
    }
    try test.table.update(.test()) { _ = try $0.overwriteAll(sales([sale(1, 3)])) }
    let folder = test.table.path
    // A file system notes times in steps.
    usleep(20_000)
    let strays = [
      "day=2017-01-01/part-0a.zstd.parquet", "day=2017-01-09/part-0b.zstd.parquet",
      "part-run-0.staged", "day=2017-01-01/.part-0c.zstd.parquet.1-1.draft",
      "_delta_log/.00000000000000000002.json.1-1.draft",
    ]
    let kept = ["day=2017-01-01/notes.txt", "_keys/id/run-1"]
    for name in strays + kept { try files.replace("\(folder)/\(name)", [1]) }
    try test.table.removeOrphans()
    for name in strays { #expect(try !files.exists("\(folder)/\(name)"), "\(name)") }
    for name in kept { #expect(try files.exists("\(folder)/\(name)"), "\(name)") }
    let last = try #require(try test.table.snapshot())
    #expect(try last.rows().count == 1)
    let first = try #require(try test.table.snapshot(at: .version(0)))
    #expect(try first.rows().count == 2)
  }

  @Test func `of a table that was never made nothing is left`() throws {
    let test = TestTable()
    let files = LocalFileSystem()
    try test.table.removeOrphans()
    try files.replace("\(test.table.path)/part-0a.zstd.parquet", [1])
    try test.table.removeOrphans()
    #expect(try files.list(test.table.path) == [])
  }
}
