import Core
import Glibc

/// One line on the terminal that is written over as work goes on.
struct ProgressLine {
  private static let patience = Duration.seconds(2)
  private static let interval = Duration.milliseconds(200)

  private let isTerminal = isatty(2) == 1
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?

  mutating func show(_ text: @autoclosure () -> String) {
    guard isTerminal else { return }
    let now = ContinuousClock.now
    guard now - start >= ProgressLine.patience,
      lastShown.map({ now - $0 >= ProgressLine.interval }) ?? true
    else { return }
    lastShown = now
    put("\r\u{1B}[K" + shown(text()).prefix(78))
  }

  mutating func clear() {
    guard lastShown != nil else { return }
    lastShown = nil
    put("\r\u{1B}[K")
  }

  private func put(_ text: String) {
    _ = text.withCString { write(2, $0, text.utf8.count) }
  }
}
