import ArgumentParser
import Core

/// How much is read: `all`, or a share as `5%`.
struct DataShare: ExpressibleByArgument {
  /// From 0 to 1.
  let share: Double

  init?(argument: String) {
    if argument == "all" {
      share = 1
      return
    }
    guard argument.hasSuffix("%"), let percent = Double(parsing: String(argument.dropLast())),
      percent > 0, percent <= 100
    else { return nil }
    share = percent / 100
  }
}
