import Core
import TestSupport
import Testing
import YAML

@testable import Operations

/// That a backup was proven too long ago is a problem; that nobody ever drilled is none of this
/// kind.
@Suite struct OldProofTests {
  private func titles(_ drills: [(daysAgo: Int64, scope: String, verdict: String)]) throws
    -> [String]
  {
    let text = "channels:\n  log: {kind: file, path: x}\nrules:\n  - {when: unproven, tell: log}\n"
    let file = try AlertsFile(YAMLFile(Array(text.utf8), path: "alerts.yml").root)
    var facts = OperationFacts(now: .ofTests)
    facts.drills = drills.map { drill in
      DrillLine(
        time: Timestamp.ofTests.adding(seconds: -drill.daysAgo * 86_400)!, scope: drill.scope,
        verdict: drill.verdict, path: "report")
    }
    return ProblemFinder(facts, file).problems(ProblemFinder.ofFacts).map(\.title)
  }

  @Test func `a proof holds for 8 days in part and for 35 as a whole`() throws {
    #expect(try titles([]) == [])
    #expect(
      try titles([(40, "whole", "proven"), (7, "part", "proven")]) == [
        "the backup was not proven as a whole for more than 35 days"
      ])
    #expect(
      try titles([(34, "whole", "proven"), (9, "part", "proven")]) == [
        "the backup was not proven for more than 8 days"
      ])
    #expect(try titles([(7, "whole", "proven")]) == [])
  }

  @Test func `a drill that failed, or could not tell, proves nothing`() throws {
    #expect(
      try titles([(9, "whole", "failed"), (1, "part", "inconclusive")]) == [
        "the backup was not proven for more than 8 days"
      ])
  }
}
