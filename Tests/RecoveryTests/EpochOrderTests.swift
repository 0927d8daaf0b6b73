import Bronze
import Core
import Delta
import LakeJobs
import TestSupport
import Testing

@testable import Recovery

/// An epoch that is taken while tools commit is a cut that time could have made.
@Suite struct EpochOrderTests {
  private let shop: Shop

  init() throws { shop = try Shop() }

  /// What is looked at, in its order.
  static let looks = [
    "warehouse", "_runs", "_events", "_catalog", "_drills", "_audit", "gold.daily", "silver.sales",
    "quarantine.sales", "bronze/pos/till", "jobs",
  ]

  /// What of `cut` tells of something that is not in it, by what the tables themselves recorded.
  private func contradictions(_ cut: EpochCut, _ site: Site) throws -> [String] {
    let workspace = try site.workspace()
    var found: [String] = []
    for (name, mark) in cut.tables {
      guard let table = LakeTableName(name),
        let snapshot = try workspace.lake.table(table).snapshot(at: .version(mark.version))
      else { continue }
      for (application, transaction) in snapshot.transactions {
        let words = application.split(separator: ":").map(String.init)
        if words[0] == "input", let input = cut.tables[words[1]],
          transaction.version > input.version
        {
          found.append("\(name) was made of \(words[1])@\(transaction.version)")
        }
        if words[0] == "flow", let log = cut.logs["bronze/pos/till"],
          words.last == "bronze.till", transaction.version > log.position
        {
          found.append("\(name) has read up to \(transaction.version) of \(log.position)")
        }
      }
    }
    for (table, inputs) in cut.warehouse?.loads ?? [:] {
      for input in inputs.split(separator: " ") {
        let parts = input.split(separator: "@")
        guard parts.count == 2, let mark = cut.tables[String(parts[0])],
          let version = Int64(parts[1].prefix { $0 != "~" }), version > mark.version
        else { continue }
        found.append("\(table) was loaded from \(input), which stands at \(mark.version)")
      }
    }
    return found
  }

  @Test func `what is made from something is looked at before that`() throws {
    var order: [String] = []
    try shop.backUp { order.append($0) }
    #expect(order == Self.looks)
  }

  @Test(arguments: looks)
  func `what is committed after a look leaves an epoch without contradictions`(
    _ look: String
  ) throws {
    var isDone = false
    let outcome = try shop.backUp { name in
      guard name == look, !isDone else { return }
      isDone = true
      try shop.day(3, ["e|S3|5.00", "a|S1|1.75", "r|S9|bad"])
    }
    try expectWhole(outcome)
  }

  @Test func `commits between all looks leave an epoch without contradictions`() throws {
    var number = 2
    let outcome = try shop.backUp { name in
      number += 1
      try shop.day(number, ["n\(number)|S\(number % 3)|\(number).00", "a|S1|\(number).25"])
    }
    try expectWhole(outcome)
  }

  /// The epoch contradicts itself nowhere, restores to just what it says, and a refresh takes what
  /// came after it, once.
  private func expectWhole(_ outcome: BackupRun.Outcome) throws {
    #expect(try contradictions(outcome.epoch.cut, shop.site) == [])
    let restored = try shop.restore("back")
    #expect(try restored.findings() == [])
    let workspace = try restored.workspace()
    for (name, mark) in outcome.epoch.cut.tables {
      let table = try #require(LakeTableName(name))
      let snapshot = try #require(try workspace.lake.table(table).snapshot())
      #expect(snapshot.version == mark.version)
      #expect(snapshot.rowCount == mark.rowCount)
    }
    for (folder, mark) in outcome.epoch.cut.logs {
      let log = BronzeLog(folder: "\(restored.root)/\(folder)", fileSystem: LocalFileSystem())
      #expect(try log.latest()?.endFile == mark.position)
    }
    try restored.bringUpToDate(run: "after")
    #expect(try restored.everything() == shop.site.everything())
    #expect(try restored.findings() == [])
  }
}
