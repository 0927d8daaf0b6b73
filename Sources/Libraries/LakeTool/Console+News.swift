import Core
package import Ingest
package import UnixTool

/// So many tills or gaps are named in a message.
private let namedCount = 5

extension Console {
  /// Says what events told of the tills that sent them: clocks that are off, numbers that are
  /// missing. A few of each are named.
  package func tell(of news: TillNews) {
    let tolerance = spelled(news.tolerance)
    if let found = list(news.skew.ahead) {
      warn(
        Fault(
          .data, "\(found.count) of a time more than \(tolerance) after they came: \(found.text)",
          remedy: "set the clocks of these tills; the events were taken as they are"))
    }
    if let found = list(news.skew.late) {
      warn(
        Fault(
          .data, "\(found.count) came more than \(tolerance) after their time: \(found.text)",
          remedy: "see why they were held up, or set the clocks of these tills"))
    }
    if let sequence = news.sequence { tell(of: sequence) }
  }

  private func tell(of sequence: TillNews.Sequence) {
    if !sequence.opened.isEmpty {
      warn(
        Fault(
          .data,
          "\(counted(sequence.opened.numberCount, "number")) of '\(sequence.field)' did not come: "
            + list(sequence.opened),
          remedy: "have these tills send them; '--gaps' tells all that are missing"))
    }
    if sequence.givenUpCount > 0 {
      warn(
        Fault(
          .data,
          "\(counted(sequence.givenUpCount, "missing number")) of '\(sequence.field)' not waited "
            + "for any longer: some tills have too many gaps",
          remedy: "see whether the field is a sequence"))
    }
    if !sequence.filled.isEmpty {
      say(
        "\(counted(sequence.filled.numberCount, "missing number")) of '\(sequence.field)' came: "
          + list(sequence.filled))
    }
    if sequence.uncountedCount > 0 {
      say(
        "\(counted(sequence.uncountedCount, "event")) without a till or a number in "
          + "'\(sequence.field)'\(sequence.isFull ? ", or of more tills than are counted" : "")")
    }
  }

  /// How many events of how many tills, and some of these; nil when there are none.
  private func list(_ side: ClockSkew.Side) -> (count: String, text: String)? {
    guard side.eventCount > 0 else { return nil }
    let tills = side.worst(namedCount).map { till, deviation in
      "\(till) by \(spelled(.microseconds(deviation.greatest))) "
        + "(\(counted(deviation.eventCount, "event")))"
    }
    let more = side.tills.count - tills.count
    let text = tills + (more > 0 ? ["and \(side.isFull ? "at least " : "")\(more) more"] : [])
    return (counted(side.eventCount, "event"), text.joined(separator: ", "))
  }

  private func list(_ gaps: [TillSequences.Gap]) -> String {
    var texts = gaps.prefix(namedCount).map { "\($0.till) \($0.text)" }
    if gaps.count > texts.count {
      texts.append(
        "and \(gaps.count - texts.count) more \(gaps.count - texts.count == 1 ? "gap" : "gaps")")
    }
    return texts.joined(separator: ", ")
  }
}

extension TillSequences.Gap {
  /// `7`, or `7-9`.
  package var text: String {
    numbers.count == 1 ? "\(numbers.lowerBound)" : "\(numbers.lowerBound)-\(numbers.upperBound)"
  }
}

/// The two greatest units of a time: `3d4h`, `1h12m`, `45s`.
private func spelled(_ duration: Duration) -> String {
  var left = duration.components.seconds
  if left < 1 { return "less than 1s" }
  var parts: [String] = []
  for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] as [(String, Int64)] {
    let count = left / seconds
    left %= seconds
    if count > 0 { parts.append("\(count)\(unit)") } else if !parts.isEmpty { break }
    if parts.count == 2 { break }
  }
  return parts.joined()
}
