/// A length of time, as `500ms`, `10s`, `5m`, `2h`, `7d` or plain seconds.
package struct TimeSpan: Equatable, Sendable {
  package let duration: Duration

  /// Reads a number and a unit; nil when it is not that.
  package init?(_ text: String) {
    let number = text.prefix { $0.isASCII && $0.isNumber }
    let milliseconds = [
      "ms": 1, "s": 1_000, "": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]
    guard let count = Int64(number), count > 0, count <= 1_000_000_000,
      let unit = milliseconds[String(text.dropFirst(number.count))]
    else { return nil }
    duration = .milliseconds(count * Int64(unit))
  }
}
