import Glibc

/// The variables of the environment that hold secrets: those of the suite, and libpq's password.
package enum SecretVariables {
  /// What the suite's own begin with.
  package static let mark = "MEDALLION_SECRET_"

  static func isOne(_ name: String) -> Bool { name.hasPrefix(mark) || name == "PGPASSWORD" }

  /// What they hold now.
  package static var values: [[UInt8]] {
    var found: [[UInt8]] = []
    var entry = environ
    while let text = entry.pointee {
      let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map {
        UInt8(bitPattern: $0)
      }
      if let sign = bytes.firstIndex(of: UInt8(ascii: "=")), sign + 1 < bytes.count,
        isOne(String(decoding: bytes[..<sign], as: UTF8.self))
      {
        found.append(Array(bytes[(sign + 1)...]))
      }
      entry += 1
    }
    return found
  }
}
