package import Core

extension Timestamp {
  /// When the runs of tests take place, those of whole tools too: 2026-03-01T06:00:00Z.
  package static let ofTests = Timestamp(microseconds: 1_772_344_800_000_000)
}

extension Clock {
  /// A clock that stands at the time of tests.
  package static let ofTests = Clock(now: .ofTests)
}
