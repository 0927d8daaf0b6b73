import Core
import TextFormats

/// What the sender of a file says is in it.
struct ControlTotals: Sendable {
  /// Where it is said: `its manifest`, `its trailer`.
  var origin: String
  var rowCount: Int?
  var byteCount: Int?
  /// SHA-256 of the file's bytes, in hex.
  var digest: String?
  /// Sums of columns, by name.
  var sums: [String: Decimal] = [:]

  var isEmpty: Bool { rowCount == nil && byteCount == nil && digest == nil && sums.isEmpty }

  /// What a survey found to be otherwise; nil when all is as said.
  func fault(_ survey: FileSurvey, at place: Place) -> Fault? {
    var differences: [String] = []
    if let rowCount, rowCount != survey.recordCount {
      differences.append("\(counted(survey.recordCount, "record")) instead of \(rowCount)")
    }
    if let byteCount, byteCount != survey.byteCount {
      differences.append("\(counted(survey.byteCount, "byte")) instead of \(byteCount)")
    }
    for (column, wanted) in sums.sorted(by: { $0.key < $1.key }) {
      let found = survey.sums[column] ?? ExactSum()
      if found.total != wanted || found.hasOverflowed {
        let misfits =
          found.misfitCount > 0
          ? " (\(found.misfitCount) \(found.misfitCount == 1 ? "is no number" : "are no numbers"))"
          : ""
        differences.append("sum(\(column)) is \(found)\(misfits) instead of \(wanted)")
      }
    }
    if let digest, digest.lowercased() != survey.digest {
      differences.append("the SHA-256 of its bytes is \(survey.digest.prefix(12))…")
    }
    guard !differences.isEmpty else { return nil }
    return Fault(
      .verdict, at: place,
      "the file is not as \(origin) says: \(differences.joined(separator: ", "))",
      remedy: "have it sent again; nothing of it was taken")
  }
}

/// A sum of decimal numbers without rounding.
struct ExactSum: Sendable, Equatable, CustomStringConvertible {
  private(set) var total = Decimal(unscaled: 0, scale: 0)
  /// How many values were no numbers.
  private(set) var misfitCount = 0
  /// Whether it has come to more than 38 digits.
  private(set) var hasOverflowed = false

  /// Adds a number; nil for a value that is none.
  mutating func add(_ value: Decimal?) {
    guard let value else {
      misfitCount += 1
      return
    }
    let scale = max(total.scale, value.scale)
    guard let a = total.rescaled(to: scale), let b = value.rescaled(to: scale) else {
      hasOverflowed = true
      return
    }
    let (sum, isOver) = a.unscaled.addingReportingOverflow(b.unscaled)
    hasOverflowed = hasOverflowed || isOver
    total = Decimal(unscaled: sum, scale: scale)
  }

  var description: String { hasOverflowed ? "out of range" : "\(total)" }
}
