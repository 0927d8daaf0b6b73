import Columnar
import Core
import TextFormats

/// What is in a file, found by reading it through before anything of it is published.
struct FileSurvey {
  var byteCount = 0
  /// SHA-256 of its bytes, in hex.
  var digest = ""
  /// All records, bad ones too.
  var recordCount = 0
  /// Records that are damaged or have values that do not suit their columns.
  var badCount = 0
  /// What is wrong with the first of these, and its line.
  var firstFlaw: (words: String, line: Int64)?
  /// Records that are set aside for fields that are not those of the contract.
  var driftedCount = 0
  var drift = SchemaDrift()
  /// Sums of the columns that control totals name; values of bad records count where they can be
  /// read.
  private(set) var sums: [String: ExactSum]
  var trailer: CSVTrailer?

  /// A survey that sums up `columns`.
  init(_ columns: [String]) { sums = columns.reduce(into: [:]) { $0[$1] = ExactSum() } }

  /// Whether its bytes can be published as they are: all of them are records to be taken.
  var isClean: Bool { badCount + driftedCount == 0 && trailer == nil }

  /// Adds a value to a column's sum, a NULL as nothing; `number` reads a text.
  mutating func add(_ value: Scalar, to column: String, _ number: (String) -> Decimal?) {
    let decimal: Decimal?
    switch value {
    case .null: return
    case .string(let text): decimal = number(text)
    case .integer(let value): decimal = Decimal(unscaled: Int128(value), scale: 0)
    case .decimal(let value): decimal = value
    default: decimal = nil
    }
    sums[column]?.add(decimal)
  }

  mutating func addFlaw(_ words: String, line: Int64) {
    badCount += 1
    if firstFlaw == nil { firstFlaw = (words, line) }
  }

  static func noColumn(_ name: String, at place: Place) -> Fault {
    Fault(
      .configuration, at: place, "a sum is asked of '\(name)', which is not declared",
      remedy: "name a column of the contract")
  }
}
