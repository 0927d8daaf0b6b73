import Bronze
import Core
import Ingest
import LakeJobs
import LakeSupport
import TestSupport
import Testing

/// What runs leave that end before their commit, and who removes it.
@Suite struct BronzeOrphanTests {
  private let lake: TestLake

  init() throws { lake = try .sample() }

  private func take(
    _ names: [String], _ files: any FileSystem = LocalFileSystem(), run: String = "run"
  ) throws -> EventIngest.Outcome {
    // Small files, so that an input makes several.
    try lake.eventIngest(
      into: "till", requiring: ["id"], rejectLimit: 0.5, fileByteCount: 1, files, run: run
    ).take(names.map { .file(lake.folder.file($0)) })
  }

  private func deliver() throws {
    for name in ["a", "b"] {
      let events = (0..<3).map { #"{"id":"\#(name)\#($0)"}"# }
      try lake.folder.write(name, lines: events + ["no event"])
    }
  }

  /// Files of the table that no commit names.
  private func strays() throws -> [String] {
    let folder = try lake.contract("till").folder
    let files = LocalFileSystem()
    let commits = try BronzeLog(folder: folder, fileSystem: files).commits()
    let named = Set(commits.flatMap { $0.files + $0.rejected }.map { "\(folder)/\($0.path)" })
    func all(in folder: String) throws -> [String] {
      try files.list(folder).flatMap { name in
        let path = "\(folder)/\(name)"
        return try files.status(of: path)?.isDirectory == true ? try all(in: path) : [path]
      }
    }
    return try all(in: folder).filter { path in
      let isLog = ["/_commits/", "/_ledger/", "/_states/"].contains { path.contains($0) }
      return isLog ? path.hasSuffix(".draft") : !named.contains(path)
    }
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `the run after one that ended at any step leaves no file that does not count`(
    mode: FaultyFileSystem.Mode
  ) throws {
    let calm = try BronzeOrphanTests()
    try calm.deliver()
    let counting = FaultyFileSystem()
    _ = try calm.take(["a"], counting)
    _ = try calm.take(["a", "b"], counting)
    #expect(try calm.strays() == [] && counting.stepCount > 20)
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "files that do not count")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 3) {
      let one = try BronzeOrphanTests()
      try one.deliver()
      let faulty = FaultyFileSystem(faultAt: step, mode)
      _ = try? one.take(["a"], faulty)
      _ = try? one.take(["a", "b"], faulty)
      _ = try one.take(["a", "b"], run: "again")
      #expect(try one.strays() == [], "\(mode), step \(step)")
      let ids = ["a0", "a1", "a2", "b0", "b1", "b2"]
      #expect(try one.lake.rows("SELECT id FROM bronze.till") == ids, "\(mode), step \(step)")
    }
  }

  @Test func `a run that goes on is not disturbed, and what is no longer new is removed`() throws {
    try deliver()
    let folder = try lake.contract("till").folder
    let log = BronzeLog(folder: folder, fileSystem: LocalFileSystem())
    do {
      let append = try BronzeAppend(log, lake: lake.opened(), tool: "ingest-pos")
      let path = append.nextPath(suffix: "json.zst")
      try LocalFileSystem().replace(append.fullPath(path), [1])
      append.add(BronzeFile(path: path, rowCount: 1, byteCount: 1, digest: ""))
      #expect(try strays().count == 1)
    }
    // It was dropped before its commit.
    #expect(try strays() == [])
  }
}
