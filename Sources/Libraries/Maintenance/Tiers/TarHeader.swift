import Core

/// The 512 bytes before a file in a tar archive, as POSIX.1-1988 (`ustar`) has them, which every
/// `tar` reads.
struct TarHeader {
  /// Headers and what follows them fill blocks of so many bytes.
  static let blockByteCount = 512

  let bytes: [UInt8]

  /// Of a file called `name`; nil when no such header can say so: a name of more than 255 bytes, or
  /// eight gibibytes.
  init?(_ name: String, byteCount: Int, modified: Timestamp) {
    guard let parts = Self.parts(of: name), byteCount < 1 << 33 else { return nil }
    var block = [UInt8](repeating: 0, count: Self.blockByteCount)
    func put(_ text: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in text.enumerated() { block[offset + index] = byte }
    }
    put(parts.name, at: 0)
    put("0000644".utf8, at: 100)
    put("0000000".utf8, at: 108)
    put("0000000".utf8, at: 116)
    put(Self.octal(byteCount, 11), at: 124)
    put(Self.octal(max(0, Int(modified.microseconds / 1_000_000)), 11), at: 136)
    // The sum of all bytes, of its own field as blanks.
    put("        ".utf8, at: 148)
    put("0".utf8, at: 156)
    put("ustar".utf8, at: 257)
    put("00".utf8, at: 263)
    put(parts.prefix, at: 345)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(Self.octal(sum, 6) + [0, UInt8(ascii: " ")], at: 148)
    bytes = block
  }

  /// The zeros that fill the last block of a file.
  static func padding(after byteCount: Int) -> [UInt8] {
    let rest = byteCount % blockByteCount
    return rest == 0 ? [] : [UInt8](repeating: 0, count: blockByteCount - rest)
  }

  /// What ends an archive.
  static let end = [UInt8](repeating: 0, count: 2 * blockByteCount)

  /// A name of up to 100 bytes, and what stands before its slash.
  private static func parts(of name: String) -> (prefix: [UInt8], name: [UInt8])? {
    let bytes = Array(name.utf8)
    if bytes.count <= 100 { return ([], bytes) }
    for index in bytes.indices.reversed() where bytes[index] == UInt8(ascii: "/") {
      let (before, behind) = (bytes[..<index], bytes[(index + 1)...])
      if before.count <= 155, behind.count <= 100, !behind.isEmpty {
        return (Array(before), Array(behind))
      }
    }
    return nil
  }

  private static func octal(_ value: Int, _ width: Int) -> [UInt8] {
    let digits = Array(String(value, radix: 8).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - digits.count)) + digits
  }
}
