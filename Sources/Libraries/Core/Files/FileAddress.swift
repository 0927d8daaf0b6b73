/// Where a file or folder lies, as people write it: a path, or an address such as
/// `file:///data/lake`.
///
/// An address of another kind is never taken for a path: it would become a folder called `s3:`, and
/// all would seem well.
package enum FileAddress {
  /// What other programs call the places they reach, with no slash needed behind the colon.
  private static let others: Set<String> = [
    "abfs", "abfss", "adl", "azure", "cos", "dbfs", "ftp", "ftps", "gs", "hdfs", "http", "https",
    "jdbc", "kafka", "mariadb", "mongodb", "mssql", "mysql", "oracle", "oss", "postgres",
    "postgresql", "s3", "s3a", "s3n", "scp", "sftp", "sqlite", "sqlserver", "ssh", "wasb", "wasbs",
  ]

  /// The path that `text` names. An address that is not understood is a fault of `kind`, which does
  /// not repeat it: the rest of an address may hold a password.
  package static func path(
    _ text: String, _ kind: Fault.Kind = .usage, at place: Place? = nil
  ) throws(Fault) -> String {
    guard let scheme = scheme(of: text) else { return text }
    let rest = text.dropFirst(scheme.utf8.count + 1)
    if scheme.lowercased() == "file" {
      let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
      if path.hasPrefix("/"), !path.hasPrefix("//"), let decoded = decoded(path) { return decoded }
      throw Fault(
        kind, at: place, "a file: address names no other machine, and no folder from here",
        remedy: "write file:///folder/file, or the path alone")
    }
    let mark = rest.hasPrefix("//") ? "://" : ":"
    throw Fault(
      kind, at: place, "an address that begins with \(scheme)\(mark) is not understood here",
      remedy: "give a path, or one as file:///folder/file")
  }

  /// The scheme of an address, such as `s3` of `s3://bucket/file`; nil when `text` is a path.
  package static func scheme(of text: String) -> String? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon]
    let bytes = Array(scheme.utf8)
    guard bytes.count > 1, isLetter(bytes[0]),
      bytes.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
    else { return nil }
    let rest = text[text.index(after: colon)...]
    let word = scheme.lowercased()
    let isKnown = others.contains(word) || word == "file"
    return rest.hasPrefix("//") || isKnown ? String(scheme) : nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  /// The text that `%20` and the like stand in; nil when they are no bytes of a text.
  private static func decoded(_ text: Substring) -> String? {
    guard text.contains("%") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let digits = String(rest.prefix(2)), digits.utf8.count == 2,
        let value = UInt8(digits, radix: 16), value != 0
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
