import Core
import Database
import Glibc
import TestSupport
import Testing
import Warehouse

/// A dimension is a function of the events: neither their order nor the cut into loads, neither
/// what comes late nor what comes twice makes a difference, but for the numbers of surrogate keys.
///
/// `make test` tries some seeds; `WAREHOUSE_SEEDS=N` tries N.
@Suite struct DimensionPropertyTests {
  private static let seedCount =
    getenv("WAREHOUSE_SEEDS").flatMap { Int(String(cString: $0)) } ?? 300
  /// Seeds that one test case tries.
  private static let partCount = 10

  @Test(arguments: 0..<partCount)
  func `any order and any cut of events gives the same dimension`(part: Int) throws {
    for seed in stride(from: part, to: Self.seedCount, by: Self.partCount) {
      try live(UInt64(seed) + 1)
    }
  }

  private func live(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let events = MemberEvent.random(using: &random)
    let plain = PlainMembers(
      ignoresNulls: Bool.random(using: &random), showsDeletes: Bool.random(using: &random))
    let isMerged = Bool.random(using: &random)
    let members = try Members([
      "delete_style": plain.showsDeletes ? "version" : "close",
      "key_change": isMerged ? "merge" : "link",
      "two_axes": Bool.random(using: &random) ? "true" : "false",
    ])
    let hasTwoAxes = members.table.dimension?.hasTwoAxes ?? false
    var known: [MemberEvent] = []
    var asKnown: [[String]] = []
    var rest = events.shuffled(using: &random)
    var day: Int64 = 100
    while !rest.isEmpty {
      let count = min(rest.count, Int.random(in: 1...5, using: &random))
      known += rest.prefix(count)
      rest.removeFirst(count)
      let history = plain.history(known)
      if history.isEmpty { continue }
      let words: Comment = "seed \(seed), \(known.count) of \(events.count) events"
      // A delete that came late may say that a member never was.
      try members.load(
        torn(history, using: &random), day: day, batchSize: 7, absence: .neverWas)
      asKnown.append(try members.versions())
      let expected = plain.dimension(history)
      #expect(asKnown.last == expected, words)
      let linked = try links(members, isMerged)
      let expectedLinks = links(plain, history, isMerged)
      #expect(linked == expectedLinks, words)
      day += 1
    }
    guard let last = asKnown.last else { return }
    for (number, versions) in asKnown.enumerated() where hasTwoAxes {
      #expect(
        try members.versions(asKnownOn: 100 + Int64(number)) == versions,
        "seed \(seed), known after load \(number)")
    }
    try checkRebuild(members, plain.history(events), last, "seed \(seed)")
  }

  /// Nothing changes when the same comes again; what is built anew has the keys that it had.
  private func checkRebuild(
    _ members: Members, _ history: [PlainVersion], _ last: [String], _ words: Comment
  ) throws {
    #expect(try !members.load(history, day: 200).isChanged, words)
    let keys = try members.keys()
    try members.describe(["delete_style": members.table.dimension?.deleteStyle.rawValue ?? ""])
    try members.database.execute("DROP VIEW IF EXISTS dim_member_as_known; DROP TABLE dim_member")
    try members.load(history, day: 201)
    let stored = try members.versions()
    #expect(stored == last, words)
    func surrogates(_ lines: [String]) -> [Substring] {
      lines.map { $0[..<($0.lastIndex(of: " ") ?? $0.endIndex)] }
    }
    let before = surrogates(keys)
    let after = surrogates(try members.keys())
    #expect(after == before, words)
  }

  /// Versions in any order, some cut in two, some twice, and some that hold at no time.
  private func torn(
    _ history: [PlainVersion], using random: inout SeededRandom
  ) -> [PlainVersion] {
    var torn: [PlainVersion] = []
    for version in history {
      var version = version
      if Int.random(in: 0..<4, using: &random) == 0 {
        var empty = version
        empty.to = empty.from
        empty.values[2] = "nowhere"
        torn.append(empty)
      }
      if let end = version.to, end > version.from + 1, Bool.random(using: &random) {
        var first = version
        first.to = Int64.random(in: (version.from + 1)..<end, using: &random)
        torn.append(first)
        version.from = first.to ?? 0
      }
      torn.append(version)
      if Int.random(in: 0..<4, using: &random) == 0 { torn.append(version) }
    }
    return torn.shuffled(using: &random)
  }

  /// `key other`: the first member of those that share a durable key, or the one before.
  private func links(_ members: Members, _ isMerged: Bool) throws -> [String] {
    try members.text(
      isMerged
        ? """
        SELECT DISTINCT id, (
          SELECT min(natural_key) FROM _keys k WHERE k.durable = d.member_durable_key)
        FROM dim_member d WHERE member_key > 0 ORDER BY 1
        """
        : """
        SELECT DISTINCT d.id, o.id FROM dim_member d
        LEFT JOIN dim_member o ON o.member_durable_key = d.member_previous_durable_key
        WHERE d.member_key > 0 ORDER BY 1
        """)
  }

  private func links(
    _ plain: PlainMembers, _ history: [PlainVersion], _ isMerged: Bool
  ) -> [String] {
    plain.links(history).map { line in
      let words = line.split(separator: " ")
      return "\(words[0]) \(words[isMerged ? 1 : 2])"
    }
  }
}
