import Core
import Delta
import Governance
import LakeJobs
import TestSupport
import Testing

@Suite struct ChangeStreamTests {
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `a stream of changes is folded as if all were seen at once`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var lake = try ChangeLake(partitions: Bool.random(using: &random) ? "part" : nil)
    lake.memoryLimit = [16 << 10, 300 << 10, 8 << 20].randomElement(using: &random) ?? 0
    lake.threadCount = Int.random(in: 1...2, using: &random)
    var plain = PlainFold()
    let keys = [5, 300, 4_000].randomElement(using: &random) ?? 5
    let deletes = ([0, 0.01, 0.3] as [Double]).randomElement(using: &random) ?? 0
    for pull in 0..<4 {
      let changes = Change.random(
        Int.random(in: 1...900, using: &random), keys: keys, deletes: deletes, using: &random)
      let cut = Int.random(in: 0...changes.count, using: &random)
      try lake.add([Array(changes[..<cut]), Array(changes[cut...])])
      try lake.refresh()
      plain.take(changes)
      #expect(try lake.rows() == plain.texts, "seed \(seed), pull \(pull)")
    }
  }

  @Test(arguments: [16 << 10, 1 << 19, 1 << 29], [1, 2])
  func `memory and threads change no row and no version`(limit: Int, threads: Int) throws {
    for type in [1, 2] {
      var random = SeededRandom(7)
      let pulls = (0..<3).map { _ in
        Change.random(700, keys: 200, deletes: 0.1, using: &random)
      }
      var wanted = try ChangeLake(scd: type, partitions: "part")
      var lake = try ChangeLake(scd: type, partitions: "part")
      lake.memoryLimit = limit
      lake.threadCount = threads
      wanted.threadCount = 1
      for pull in pulls {
        try wanted.add([pull])
        try wanted.refresh()
        try lake.add([pull])
        try lake.refresh()
        #expect(try lake.rows() == wanted.rows())
      }
      try lake.refresh(isFull: true)
      let once = try lake.files()
      try lake.refresh(isFull: true)
      #expect(try lake.files() == once)
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a full refresh comes to the same rows in one commit`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var lake = try ChangeLake(partitions: "part")
    lake.memoryLimit = seed.isMultiple(of: 2) ? 16 << 10 : 1 << 20
    lake.threadCount = 2
    let pulls = (0..<3).map { _ in
      Change.random(400, keys: 3_000, deletes: 0.02, using: &random)
    }
    for pull in pulls {
      try lake.add([pull])
      try lake.refresh()
    }
    let version = try #require(try lake.table.snapshot()).version
    let reports = try lake.refresh(isFull: true)
    var plain = PlainFold()
    plain.take(pulls.flatMap { $0 })
    #expect(try lake.rows() == plain.texts, "seed \(seed)")
    #expect(try #require(try lake.table.snapshot()).version == version + 1)
    #expect(reports.map(\.change.inserted) == [plain.texts.count])
  }

  @Test func `what was written is counted once, however it was written`() throws {
    let first = (0..<50).map { Change(id: "k\($0)", part: "p", seq: 1, value: "a") }
    let again = (0..<20).map { Change(id: "k\($0)", part: "p", seq: 2, value: "b") }
    let gone = (40..<50).map { Change(id: "k\($0)", part: "p", seq: 2, value: "", isDelete: true) }
    for limit in [1 << 10, 1 << 29] {
      var lake = try ChangeLake()
      lake.memoryLimit = limit
      try lake.add([first + again + gone + first])
      let changes = try lake.refresh().map(\.change)
      #expect(changes.map(\.inserted) == [40])
      #expect(changes.map(\.updated) == [0])
      #expect(changes.map(\.deleted) == [0])
      try lake.add([first + (0..<3).map { Change(id: "k\($0)", part: "q", seq: 3, value: "c") }])
      let more = try lake.refresh().map(\.change)
      #expect(more.map(\.inserted) == [0])
      #expect(more.map(\.updated) == [3])
    }
  }

  @Test(arguments: FaultyFileSystem.Mode.allCases)
  func `a crash at sampled steps leaves the state before or after, and the next run heals it`(
    mode: FaultyFileSystem.Mode
  ) throws {
    var random = SeededRandom(3)
    let pulls = (0..<2).map { _ in Change.random(60, keys: 40, deletes: 0.1, using: &random) }
    func prepared() throws -> ChangeLake {
      var lake = try ChangeLake(partitions: "part")
      lake.memoryLimit = 1 << 10
      try lake.add([pulls[0]])
      try lake.refresh()
      return lake
    }
    var whole = try prepared()
    let before = try whole.rows()
    try whole.add([pulls[1]])
    let counting = FaultyFileSystem()
    whole.fileSystem = counting
    try whole.refresh()
    var plain = PlainFold()
    plain.take(pulls[0])
    plain.take(pulls[1])
    FaultyFileSystem.tellSteps(of: counting.stepCount, mode, in: "a fold")
    for step in FaultyFileSystem.steps(of: counting.stepCount, oneIn: 5) {
      var lake = try prepared()
      try lake.add([pulls[1]])
      lake.fileSystem = FaultyFileSystem(faultAt: step, mode)
      _ = try? lake.refresh()
      let after = try lake.rows()
      #expect(after == before || after == plain.texts, "step \(step)")
      lake.fileSystem = LocalFileSystem()
      try lake.refresh()
      #expect(try lake.rows() == plain.texts, "step \(step)")
    }
  }
}
