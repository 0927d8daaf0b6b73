import Core

/// A person who is to leave: by which keys it is known, what else tells it, and who takes its
/// place.
///
/// Every key gets one substitute, everywhere: rows that belonged together still do, and sums and
/// counts stay. What else is said of the person goes.
struct Person: Sendable, Equatable {
  /// The kind of persons, as `subjects.yml` has it.
  var kind: String
  /// What stands in the place of each key, by column in lower case.
  var keys: [String: [String: String]]
  /// Values that tell the person wherever they stand: addresses of mail, numbers of phones.
  var values: Set<String>

  /// What takes the place of such a value in a text.
  static let substitute = "erased"

  /// All keys.
  var allKeys: [String] { keys.values.flatMap(\.keys).sorted() }

  /// Finds keys and values in texts. Short numbers are left alone, which would be found everywhere.
  var scrub: ValueScrub {
    let keys = keys.values.flatMap { $0.map { (value: $0.key, substitute: $0.value) } }
      .filter { Person.isTelling($0.value) }
    return ValueScrub(keys + values.map { (value: $0, substitute: Person.substitute) })
  }

  /// What stands for `key` of a column; nil when it is another's.
  func substitute(for key: String, in column: String) -> String? { keys[column]?[key] }

  /// Whether a value can be told from others in any text: one of digits alone must be long.
  static func isTelling(_ value: String) -> Bool {
    value.utf8.allSatisfy { digitValue($0) <= 9 } ? value.utf8.count > 6 : value.utf8.count > 1
  }

  /// A substitute for a new key: a number for a number, so that it fits the columns it stands in.
  static func newSubstitute(for key: String) -> String {
    if Int64(key) != nil {
      return "-9" + String(UInt64.random(in: 10_000_000_000_000...99_999_999_999_999))
    }
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<12).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return "erased-" + hexText(bytes)
  }
}
