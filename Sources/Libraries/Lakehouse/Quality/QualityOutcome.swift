package import Columnar
package import Core

/// How a table fared under one quality rule.
package struct QualityOutcome: Sendable {
  /// What was found.
  package enum Verdict: Sendable {
    case passed
    /// So many rows break the rule, of which some are shown.
    case failed(rowCount: Int, samples: Batch)
    /// A table that the rule reads is not there; why.
    case missing(String)
    /// The rule itself cannot be run.
    case unsound(Fault)
  }

  package let rule: QualityRule
  package let verdict: Verdict

  package init(_ rule: QualityRule, _ verdict: Verdict) {
    self.rule = rule
    self.verdict = verdict
  }

  package var holds: Bool { if case .passed = verdict { true } else { false } }

  /// Whether the rule itself is wrong.
  package var isUnsound: Bool { if case .unsound = verdict { true } else { false } }

  /// Whether the outcome is a verdict against the data: a rule of level error that does not hold.
  package var isError: Bool { !holds && rule.severity == .error }

  /// `passed`, `failed`, `missing`, `unsound`.
  package var word: String {
    switch verdict {
    case .passed: "passed"
    case .failed: "failed"
    case .missing: "missing"
    case .unsound: "unsound"
    }
  }

  /// How many rows break the rule; nil when that was not found out.
  package var failingRowCount: Int? {
    switch verdict {
    case .passed: 0
    case .failed(let rowCount, _): rowCount
    case .missing, .unsound: nil
    }
  }

  /// Why the rule was not run; nil when it was.
  package var reason: String? {
    switch verdict {
    case .passed, .failed: nil
    case .missing(let reason): reason
    case .unsound(let fault): "\(fault.problem); \(fault.remedy)"
    }
  }

  /// Rows that break the rule; nil when there are none to show.
  package var samples: Batch? {
    if case .failed(_, let samples) = verdict, samples.rowCount > 0 { samples } else { nil }
  }
}
