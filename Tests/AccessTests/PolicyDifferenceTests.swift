import Access
import Core
import LakeJobs
import TestSupport
import Testing

/// Who gains and loses what, against a count of all that each can see.
@Suite struct PolicyDifferenceTests {
  /// A rule in a form that both the file and the oracle are made from.
  private struct Rule {
    var role: String
    var table: String
    /// 0 harmless, 1 the label, 2 all labels, 3 the name.
    var shown: Int?
    var masked: Int?
    var hides = false
    var store: String?
  }

  private static let tables = ["gold.members", "gold.visits"]
  private static let columns = [LabelledColumn("id"), LabelledColumn("mail", labels: ["email"])]
  private static let stores = ["S1", "S2", "S3"]
  private static let selectors = ["harmless", "'label:email'", "'label:*'", "mail"]

  private static func rules(_ random: inout SeededRandom) -> [Rule] {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      func maybe(_ count: Int) -> Int? {
        let number = Int.random(in: 0..<count + 2, using: &random)
        return number < count ? number : nil
      }
      return Rule(
        role: ["reader", "manager"][Int.random(in: 0...1, using: &random)],
        table: (tables + ["gold.*"])[Int.random(in: 0...2, using: &random)],
        shown: maybe(4), masked: maybe(4), hides: maybe(6) == 0, store: maybe(2).map { stores[$0] })
    }
  }

  private static func text(_ rules: [Rule]) -> String {
    "roles: {reader: {members: [ann, mia]}, manager: {members: mia, inherits: reader}}\n"
      + "masks: {email: hash}\ngrants:\n"
      + rules.map { rule in
        var parts = ["to: \(rule.role)", "on: '\(rule.table)'", "purpose: test"]
        if let shown = rule.shown { parts.append("show: \(selectors[shown])") }
        if let masked = rule.masked { parts.append("mask: \(selectors[masked])") }
        if rule.hides { parts.append("hide: 'label:email'") }
        if let store = rule.store { parts.append("rows: store = '\(store)'") }
        return "  - {\(parts.joined(separator: ", "))}\n"
      }.joined()
  }

  /// What `subject` sees of a cell: nil where it sees no such row, else how it looks.
  private static func cell(
    _ rules: [Rule], _ subject: String, _ table: String, _ column: String, _ store: String
  ) -> String? {
    let roles =
      ["reader": ["reader"], "manager": ["manager", "reader"], "ann": ["reader"]][subject]
      ?? ["manager", "reader"]
    let speaking = rules.filter {
      roles.contains($0.role) && ($0.table == table || $0.table == "gold.*")
    }
    /// 0 nothing, 1 shown broadly, 2 shown outright, 3 masked.
    func says(_ rule: Rule, _ column: String) -> Int {
      let shown = rule.shown ?? 0
      if column == "id" { return rule.masked == 0 ? 3 : shown == 0 ? 1 : 0 }
      if rule.hides { return 0 }
      if rule.masked == 3 { return 3 }
      if shown == 3 { return 2 }
      if rule.masked == 1 { return 3 }
      if shown == 1 { return 2 }
      if rule.masked == 2 { return 3 }
      return shown == 2 ? 1 : 0
    }
    let showing = speaking.filter { says($0, "id") > 0 || says($0, "mail") > 0 }
    let here = showing.filter { $0.store == nil || $0.store == store }
    guard !here.isEmpty else { return nil }
    func isHidden(_ column: String) -> Bool {
      column == "mail" && speaking.contains(where: \.hides)
        || !showing.contains { says($0, column) > 0 }
    }
    if isHidden("id"), isHidden("mail") { return nil }
    if isHidden(column) { return "hidden" }
    let all = showing.map { says($0, column) }
    let mask = column == "id" ? "null" : "hash"
    let said = here.map { says($0, column) }
    guard all.contains(3) else { return said.contains { $0 > 0 } ? "shown" : "nothing" }
    return said.contains(2) ? "shown" : said.contains { $0 > 0 } ? mask : "nothing"
  }

  @Test(arguments: 0..<300)
  func `a difference is told where a cell looks otherwise, and only there`(
    _ seed: Int
  ) throws {
    var random = SeededRandom(UInt64(seed))
    let (old, new) = (Self.rules(&random), Self.rules(&random))
    let tables = try Self.tables.map { (try #require(LakeTableName($0)), Self.columns) }
    let difference = PolicyDifference(
      from: try Policies.read(Self.text(old)), to: try Policies.read(Self.text(new)),
      tables: tables.map { (name: $0.0, columns: $0.1) }, day: Policies.day)
    var expected: Set<String> = []
    for subject in ["reader", "manager", "ann", "mia"] {
      for table in Self.tables {
        let rows = { (rules: [Rule]) in
          Self.stores.map { Self.cell(rules, subject, table, "id", $0) != nil }
        }
        if rows(old) != rows(new) { expected.insert("\(subject) \(table) rows") }
        for column in ["id", "mail"] {
          let looks = { (rules: [Rule]) in
            Self.stores.map { Self.cell(rules, subject, table, column, $0) }
          }
          // Rows that are not seen say nothing of how their columns look.
          let (before, after) = (looks(old), looks(new))
          let differs = zip(before, after).contains { $0 != nil && $1 != nil && $0 != $1 }
          if differs { expected.insert("\(subject) \(table) \(column)") }
        }
      }
    }
    let told = Set(
      difference.items.map { "\($0.subject) \($0.table) \($0.column ?? "rows")" })
    #expect(expected.subtracting(told) == [], "\(Self.text(old))\n\(Self.text(new))")
    #expect(
      told.subtracting(expected).filter { $0.hasSuffix("rows") } == [],
      "\(Self.text(old))\n\(Self.text(new))")
  }

  @Test func `a policy against itself differs in nothing, and against none all is gained`() throws {
    let policy = try Policies.read(
      """
      roles: {reader: {members: ann}}
      masks: {email: hash}
      grants: [{to: reader, on: gold.members, mask: 'label:email', rows: store = 'S1'}]
      """)
    let tables = [(name: Policies.members, columns: Self.columns)]
    #expect(
      PolicyDifference(from: policy, to: policy, tables: tables, day: Policies.day).items.isEmpty)
    let items = PolicyDifference(from: nil, to: policy, tables: tables, day: Policies.day).items
    #expect(items.count == 6 && items.allSatisfy { $0.direction == .gains })
    #expect(items[0].after == "rows where store = 'S1'" && items[2].after == "masked: hash")
  }
}
