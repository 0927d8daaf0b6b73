package import Core

/// How long what is no part of the newest version stays, as properties of a table say:
/// `interval 7 days`.
package enum Retention: String, Sendable {
  /// Of data files that were removed: versions that name them can be read so long.
  case files = "delta.deletedFileRetentionDuration"
  /// Of the log's entries.
  case log = "delta.logRetentionDuration"

  private static let day: Int64 = 86_400_000

  /// In milliseconds, where a table does not say.
  private var standard: Int64 {
    switch self {
    case .files: 7 * Self.day
    case .log: 30 * Self.day
    }
  }

  /// In milliseconds, as `properties` say; what is no span counts as not said.
  package func milliseconds(in properties: [String: String]) -> Int64 {
    properties[rawValue].flatMap(Self.milliseconds) ?? standard
  }

  /// The same; `.configuration` at `place` when the property is no span.
  package func checkedMilliseconds(
    in properties: [String: String], at place: Place
  ) throws(Fault) -> Int64 {
    guard let text = properties[rawValue] else { return standard }
    if let span = Self.milliseconds(text) { return span }
    throw Fault(
      .configuration, at: place, "'\(text)' is no value of '\(rawValue)'",
      remedy: "write it as 'interval 7 days'")
  }

  private static func milliseconds(_ text: String) -> Int64? {
    let units: [Substring: Int64] = [
      "week": 7 * day, "day": day, "hour": 3_600_000, "minute": 60_000, "second": 1_000,
    ]
    let words = text.lowercased().split(separator: " ")
    guard words.count == 3, words[0] == "interval", let number = Int64(words[1]),
      let unit = units[words[2].hasSuffix("s") ? words[2].dropLast() : words[2]],
      number >= 0, number < 1_000_000
    else { return nil }
    return number * unit
  }
}
