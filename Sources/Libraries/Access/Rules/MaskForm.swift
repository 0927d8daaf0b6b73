package import Core
import Engine

/// How a masked value looks.
package enum MaskForm: Hashable, Sendable, CustomStringConvertible {
  /// Its keyed digest (HMAC-SHA256 in hexadecimal digits): the same for the same value, and made
  /// again by nobody who lacks the key.
  case hash
  /// Its last four characters behind stars; of one shorter than eight nothing.
  case last4
  /// The year of a day or time.
  case year
  /// NULL.
  case null
  /// The same text for all values.
  case constant(String)
  /// An expression in Spark SQL, in which `value` stands for the value.
  case expression(String, Place)

  /// The words of the policy file for those that need nothing else.
  static let words: [(word: String, form: MaskForm)] = [
    ("hash", .hash), ("last4", .last4), ("year", .year), ("null", .null),
  ]

  /// As people are told of it.
  package var description: String {
    switch self {
    case .constant(let text): "constant '\(text)'"
    case .expression(let text, _): "sql \(text)"
    default: Self.words.first { $0.form == self }?.word ?? ""
    }
  }

  /// The masked value of `column` in Spark SQL. Throws when there must be a key and is none.
  func spark(_ column: String, _ key: MaskKey?) throws(Fault) -> String {
    let name = Identifier.quoted(column)
    let text = "CAST(\(name) AS STRING)"
    switch self {
    case .hash:
      guard let key else { throw MaskKey.missing }
      return "sha2(concat(X'\(hexText(key.outer))', "
        + "unhex(sha2(concat(X'\(hexText(key.inner))', CAST(\(text) AS BINARY)), 256))), 256)"
    case .last4:
      return "CASE WHEN length(\(text)) >= 8 THEN concat('****', right(\(text), 4)) "
        + "WHEN \(name) IS NOT NULL THEN '****' END"
    case .year: return "year(TRY_CAST(\(name) AS DATE))"
    case .null: return "CAST(NULL AS STRING)"
    case .constant(let constant): return SQLWords.literal(constant)
    case .expression(let sql, _):
      return "(\(SQLWords.replacing(in: sql) { word, _ in word == "value" ? name : nil }))"
    }
  }
}

/// The secret behind masks that are hashes.
package struct MaskKey: Sendable {
  /// What it is called among secrets.
  package static let secretName = "access-mask-key"

  /// The key as HMAC puts it before a text and before that one's digest: one block each.
  package let inner: [UInt8]
  package let outer: [UInt8]

  /// `bytes`, of any number.
  package init(_ bytes: [UInt8]) {
    let block = 64
    let key = bytes.count > block ? SHA256.digest(of: bytes) : bytes
    let padded = key + [UInt8](repeating: 0, count: block - key.count)
    inner = padded.map { $0 ^ 0x36 }
    outer = padded.map { $0 ^ 0x5C }
  }

  /// That there is no such secret.
  package static let missing = Fault(
    .configuration, "a mask is a hash, and there is no secret '\(secretName)'",
    remedy: "run 'access apply', which makes one, or put it where secrets are")
}
