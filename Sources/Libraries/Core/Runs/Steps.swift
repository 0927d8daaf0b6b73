/// Where a run tells its steps, a line each, for a person who wants to follow it (`--verbose`).
/// Libraries tell them and know nobody who hears; a tool hands in who does.
///
///     let step = lake.steps.begin()
///     …
///     step.end("\(file): \(counted(lines, "line")) taken")
///
/// Where nobody hears, no words are made and no clock is read. Only the thread that leads the run
/// tells steps, not those that work for it.
package struct Steps: @unchecked Sendable {
  private let tell: ((String) -> Void)?

  /// Steps that nobody hears.
  package static let silent = Steps(told: nil)

  /// Steps that `tell` hears, in their order.
  package init(_ tell: @escaping (String) -> Void) { self.init(told: tell) }

  private init(told: ((String) -> Void)?) { tell = told }

  /// Tells a step that takes no time worth telling.
  package func note(_ words: @autoclosure () throws -> String) rethrows {
    if let tell { tell(try words()) }
  }

  /// Begins a step that is told, with its time, at its end.
  package func begin() -> Step { Step(tell: tell, start: tell == nil ? nil : .now) }

  /// A step under way.
  package struct Step {
    fileprivate let tell: ((String) -> Void)?
    fileprivate let start: ContinuousClock.Instant?

    /// Tells the step, and how many seconds it took.
    package func end(_ words: @autoclosure () throws -> String) rethrows {
      guard let tell, let start else { return }
      let time = ContinuousClock.now - start
      tell("\(try words()), \(Self.seconds(time)) s")
    }

    /// `0.042`.
    private static func seconds(_ time: Duration) -> String {
      let milliseconds = Int(time / .milliseconds(1))
      return "\(milliseconds / 1_000).\(padded(milliseconds % 1_000, 3))"
    }
  }
}

/// A number and what it counts: `1 row`, `2 rows`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
