import Core
import LakeSupport
import TestSupport
import Testing

@testable import Recovery

/// Epochs go by rules that are told beforehand, and their room with them.
@Suite struct RetentionTests {
  private func epoch(_ day: Int, _ number: Int) -> Epoch {
    let time = Timestamp(
      microseconds: Timestamp.ofTests.microseconds + Int64(day) * Timestamp.microsecondsPerDay)
    return Epoch(
      "e\(number)", time: time, number: number, previous: nil, run: "", host: "", index: nil,
      newByteCount: 0, fixtures: [:], parts: [], cut: EpochCut())
  }

  @Test func `the last of each period is kept, and the newest always`() {
    let epochs = (0..<40).map { epoch($0, $0) } + [epoch(39, 40)]
    var rules = BackupRetention()
    rules.daily = 3
    rules.weekly = 2
    rules.monthly = 2
    let kept = rules.kept(of: epochs)
    // The tests' time is Sunday, 2026-03-01: 39 days later it is Thursday, 2026-04-09.
    #expect(kept["e40"] == ["last", "daily", "weekly", "monthly"])
    #expect(kept["e39"] == nil)
    #expect(kept["e38"] == ["daily"] && kept["e37"] == ["daily"])
    #expect(kept["e35"] == ["weekly"])
    #expect(kept["e30"] == ["monthly"])
    #expect(kept.count == 5)
    #expect(BackupRetention().kept(of: epochs).keys.sorted() == ["e40"])
  }

  @Test func `what is forgotten is not missed, and what only it needed is freed`() throws {
    let shop = try Shop()
    try shop.backUp("first")
    for number in 3..<6 {
      try shop.day(number, (0..<60).map { "k\(number)-\($0)|S\($0 % 5)|\($0).50" })
      try shop.backUp("epoch \(number)")
    }
    let repository = try shop.repository()
    let epochs = try repository.epochs()
    #expect(throws: Fault.self) {
      try repository.forget([epochs[3]], by: RunID(naming: "forget"), at: .ofTests)
    }
    try repository.forget(
      Array(epochs.prefix(3)), by: RunID(naming: "forget"), at: .ofTests)
    #expect(try shop.audit() == [])
    let before = try shop.place.list("packs").reduce(0) { $0 + $1.byteCount }
    let plan = try shop.repository().prunePlan()
    #expect(try shop.repository().prune(threads: 2).freedByteCount == plan.freedByteCount)
    let after = try shop.place.list("packs").reduce(0) { $0 + $1.byteCount }
    #expect(after < before)
    #expect(try shop.audit() == [])
    let restored = try shop.restore("back")
    #expect(try restored.everything() == shop.site.everything())
    #expect(try shop.repository().prune(threads: 2).freedByteCount == 0)
  }

  @Test func `a prune that dies at any step has lost nothing`() throws {
    let shop = try Shop()
    // Something that nobody needs once it was written anew.
    func writePlan(_ seed: Int) throws {
      try LocalFileSystem().replace(
        shop.lake.folder.file("lake/plan"),
        (0..<200_000).flatMap { SHA256.digest(of: Array("\(seed) \($0)".utf8)) })
    }
    try writePlan(0)
    try shop.backUp("first")
    var step = 1
    while true {
      try shop.day(2 + step, (0..<30).map { "k\(step)-\($0)|S\($0 % 5)|\($0).50" })
      try writePlan(step)
      try shop.backUp("epoch \(step)")
      let repository = try shop.repository()
      try repository.forget(
        Array(try repository.epochs().dropLast()), by: RunID(naming: "forget \(step)"), at: .ofTests
      )
      let faulty = FaultyFileSystem(faultAt: step, .kill)
      let isDone = (try? shop.repository(faulty).prune(threads: 1)) != nil
      #expect(try shop.audit() == [], "step \(step)")
      if isDone { break }
      step += 1
    }
    #expect(step > 4)
    let restored = try shop.restore("back")
    #expect(try restored.everything() == shop.site.everything())
  }
}
