import Core

/// Finds that a backup was last proven too long ago: in part 8 days, as a whole 35 days. A lake
/// whose backup nobody ever drilled has no problem of this kind; one whose drills fail has.
struct OldProofs {
  let facts: OperationFacts
  let rule: AlertRule

  /// So many days a proof holds.
  private static let spans: [(scope: String, days: Int64)] = [("part", 8), ("whole", 35)]

  /// For so many days a proof of this holds.
  static func days(of scope: String) -> Int64 { spans.first { $0.scope == scope }?.days ?? 0 }

  /// The last drill that has proven this; what proves the whole proves each part.
  static func last(of scope: String, in drills: [DrillLine]) -> DrillLine? {
    drills.last { $0.isProof && [scope, "whole"].contains($0.scope) }
  }

  var problems: [Problem] {
    guard let first = facts.drills.first, let last = facts.drills.last else { return [] }
    return Self.spans.compactMap { scope, days in
      let proven = Self.last(of: scope, in: facts.drills)
      let since = proven?.time ?? first.time
      guard let due = since.adding(seconds: days * 86_400), due < facts.now else { return nil }
      var problem = Problem(
        rule, subject: "backup", cause: scope,
        title: "the backup was not proven \(scope == "whole" ? "as a whole " : "")for "
          + "more than \(days) days",
        since: due, lastSeen: facts.now)
      problem.facts = [
        .init("last proof", proven.map { "\($0.time)" } ?? "never"),
        .init("last drill", "\(last.time): \(last.verdict)"),
      ]
      problem.steps = [
        .init("prove it", scope == "whole" ? "make drill" : "make drill PARTIAL=1"),
        .init("look", "drill proofs"),
      ]
      return problem
    }
  }
}
