import Core
import TestSupport
import Testing
import YAML

@testable import Operations

/// A member that facts named and no source described for too long is a problem of whoever owns its
/// dimension.
@Suite struct AgedMemberTests {
  private func rules(_ line: String) throws -> AlertsFile {
    let text = "channels:\n  log: {kind: file, path: x}\nrules:\n  - \(line)\n"
    return try AlertsFile(YAMLFile(Array(text.utf8), path: "alerts.yml").root)
  }

  private func problems(
    _ waiting: [(table: String, daysAgo: Int64, count: Int)],
    _ line: String = "{when: inferred, severity: warning, tell: log}"
  ) throws -> [Problem] {
    var facts = OperationFacts(now: .ofTests)
    facts.owners = ["warehouse.dim_store": "stores"]
    facts.waitingMembers = try waiting.map { table, days, count in
      .init(
        table: table, since: try #require(Timestamp.ofTests.adding(seconds: -days * 86_400)),
        count: count)
    }
    return ProblemFinder(facts, try rules(line)).problems(ProblemFinder.ofFacts)
  }

  @Test func `members may wait for thirty days, and are counted by dimension then`() throws {
    #expect(try problems([]).isEmpty)
    #expect(try problems([("warehouse.dim_store", 30, 5)]).isEmpty)
    let found = try problems([
      ("warehouse.dim_store", 40, 2), ("warehouse.dim_store", 31, 3),
      ("warehouse.dim_store", 2, 4), ("warehouse.dim_product", 32, 1),
    ])
    #expect(
      found.map(\.title) == [
        "1 member of warehouse.dim_product, named by facts over 30 d ago, "
          + "not described by any source",
        "5 members of warehouse.dim_store, named by facts over 30 d ago, "
          + "not described by any source",
      ])
    #expect(found.map(\.owner) == [nil, "stores"])
    #expect(found[1].facts.contains(.init("waiting in all", "9")))
    #expect(found[1].since == Timestamp.ofTests.adding(seconds: -10 * 86_400))
    #expect(found[1].steps.map(\.command).contains("load-facts inferred"))
  }

  @Test func `a rule says how long, how many and of which dimension`() throws {
    let waiting: [(table: String, daysAgo: Int64, count: Int)] = [
      ("warehouse.dim_store", 8, 2), ("warehouse.dim_product", 8, 9),
    ]
    func tables(_ words: String) throws -> [String?] {
      try problems(waiting, "{when: inferred, \(words), tell: log}").map(\.table)
    }
    #expect(try tables("within: 9 days") == [])
    #expect(try tables("within: 7 days, least: 3") == ["warehouse.dim_product"])
    #expect(try tables("within: 7 days, tables: [warehouse.dim_s*]") == ["warehouse.dim_store"])
  }

  @Test func `while it stands it is one problem, however many join`() throws {
    let first = try problems([("warehouse.dim_store", 40, 2)])
    let second = try problems([("warehouse.dim_store", 41, 7)])
    #expect(first.map(\.id) == second.map(\.id))
  }
}
