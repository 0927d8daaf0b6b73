/// Paths of data files as the log spells them.
///
///     on disk   part-0.parquet in folder `city=New York`, a value with a slash as `a%2Fb`
///     in add    city=New%20York/part-0.parquet          (URL-encoded, relative to the table)
package enum FilePath {
  /// The path in the log for the path on disk `relativePath`.
  package static func encode(_ relativePath: String) -> String {
    var text = ""
    for byte in relativePath.utf8 {
      if isPlain(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        appendEscape(of: byte, to: &text)
      }
    }
    return text
  }

  /// The path on disk for a path in the log: still relative to the table, or absolute. A mark of
  /// the local file system (`file:`, `file://`) is dropped.
  package static func decode(_ path: String) -> String {
    var rest = Substring(path)
    if rest.hasPrefix("file:") {
      rest = rest.dropFirst(5)
      if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
      if rest.hasPrefix("localhost/") { rest = rest.dropFirst(9) }
    }
    guard rest.utf8.contains(UInt8(ascii: "%")) else { return String(rest) }
    return unescape(rest)
  }

  /// The text in which each `%hh` is replaced by its byte; what is no escape stays.
  package static func unescape(_ text: some StringProtocol) -> String {
    let bytes = [UInt8](text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The name of another store in `path` (`s3`, `abfss`, …), or nil for local and relative paths.
  package static func foreignScheme(of path: String) -> String? {
    guard let colon = path.firstIndex(of: ":") else { return nil }
    let scheme = path[..<colon]
    guard scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }), scheme != "file",
      path[colon...].hasPrefix("://")
    else { return nil }
    return String(scheme)
  }

  /// The folder name of a partition value, as Hive and Spark spell it: `day=2017-01-01`.
  package static func folder(column: String, value: String?) -> String {
    "\(escapeName(column))=\(value.map(escapeName) ?? hiveNull)"
  }

  /// What stands for NULL in a partition's folder name.
  package static let hiveNull = "__HIVE_DEFAULT_PARTITION__"

  private static func escapeName(_ name: String) -> String {
    if name.isEmpty { return hiveNull }
    var text = ""
    for scalar in name.unicodeScalars {
      if scalar.value < 0x20 || scalar.value == 0x7F || reserved.contains(scalar) {
        appendEscape(of: UInt8(scalar.value), to: &text)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static let reserved = Set("\"#%'*/:=?\\{[]^".unicodeScalars)

  private static func appendEscape(of byte: UInt8, to text: inout String) {
    let digits = String(byte, radix: 16, uppercase: true)
    text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "="):
      true
    default: false
    }
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
