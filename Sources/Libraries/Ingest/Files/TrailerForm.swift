import Core
import TextFormats

/// What the fields of a trailer say.
struct TrailerForm: Sendable {
  /// What one field says.
  enum Field: Equatable, Sendable {
    case rows
    case sum(String)
    case other
  }

  /// The first field, by which the trailer is known.
  let mark: String
  /// The fields behind the mark.
  let fields: [Field]

  init?(_ text: String) {
    var parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.trimmed)
    }
    guard let mark = parts.first, !mark.isEmpty else { return nil }
    parts.removeFirst()
    var fields: [Field] = []
    for part in parts {
      if part.lowercased() == "rows" {
        fields.append(.rows)
      } else if part == "-" {
        fields.append(.other)
      } else if part.lowercased().hasPrefix("sum("), part.hasSuffix(")") {
        fields.append(.sum(String(part.dropFirst(4).dropLast().trimmed)))
      } else {
        return nil
      }
    }
    guard fields.contains(where: { $0 != .other }) else { return nil }
    self.mark = mark
    self.fields = fields
  }
}

extension TrailerForm {
  /// What the trailer of a file says is in it.
  func totals(
    of survey: FileSurvey, numerals: CSVNumerals, at place: Place
  ) throws(Fault) -> ControlTotals {
    guard let trailer = survey.trailer else {
      throw Fault(
        .data, at: place, "it ends without its trailer '\(mark)'",
        remedy: "have it sent again: its end may be missing")
    }
    let place = Place(place.file, line: Int(trailer.line))
    guard trailer.fields.count > fields.count else {
      throw Fault(
        .data, at: place,
        "the trailer has \(counted(trailer.fields.count, "field")) instead of \(fields.count + 1)",
        remedy: "have it sent as agreed, or change ingest.trailer")
    }
    var totals = ControlTotals(origin: "its trailer")
    for (field, text) in zip(fields, trailer.fields.dropFirst()) {
      let number = numerals.number(text)
      let count = number.flatMap { $0.rescaled(to: 0) }.flatMap { Int(exactly: $0.unscaled) }
      guard field == .other || number != nil, field != .rows || count != nil else {
        throw Fault(
          .data, at: place, "'\(text)' in the trailer is no number",
          remedy: "have it sent as agreed, or change ingest.trailer")
      }
      switch field {
      case .rows: totals.rowCount = count
      case .sum(let column): totals.sums[column] = number
      case .other: break
      }
    }
    return totals
  }
}
