/// How a sealed value begins.
///
///     1, 0, version of the key (4 bytes)                 sealed with a key of the table
///     1, 1, version (0), the person's token (16 bytes)   sealed with a key of the person
///
/// Behind it come the nonce, as many bytes as the value has, and the tag.
struct SealedValue {
  private static let form: UInt8 = 1
  static let keyByteCount = 6
  static let subjectByteCount = 6 + 16

  /// Whose key opens it: the version of the table's, or the person's token.
  enum Owner {
    case table(version: UInt32)
    case subject(token: [UInt8])
  }

  let owner: Owner
  let sealed: ArraySlice<UInt8>

  /// Nil for bytes that were never sealed here.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= Self.keyByteCount, bytes[bytes.startIndex] == Self.form else { return nil }
    let start = bytes.startIndex
    switch bytes[start + 1] {
    case 0:
      owner = .table(version: bytes[start + 2..<start + 6].reduce(0) { $0 << 8 | UInt32($1) })
      sealed = bytes[(start + Self.keyByteCount)...]
    case 1 where bytes.count >= Self.subjectByteCount:
      owner = .subject(token: Array(bytes[start + 6..<start + Self.subjectByteCount]))
      sealed = bytes[(start + Self.subjectByteCount)...]
    default: return nil
    }
  }

  static func head(version: UInt32) -> [UInt8] {
    [form, 0] + withUnsafeBytes(of: version.bigEndian) { Array($0) }
  }

  static func head(token: [UInt8]) -> [UInt8] { [form, 1, 0, 0, 0, 0] + token }

  /// What a value is sealed for: its key and its column.
  static func place(key: String, version: UInt32, column: String) -> [UInt8] {
    Array("value \(key) \(version) \(column)".utf8)
  }

  static func place(subject: String, token: [UInt8], column: String) -> [UInt8] {
    Array("value \(subject) \(column) ".utf8) + token
  }
}
