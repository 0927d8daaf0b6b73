import Core

/// How a sealed file lies on disk.
///
///     MEDSEAL1                8 bytes
///     length of the name      2 bytes, the greatest first, as all numbers here
///     the data key's name, its version (4 bytes), 16 random bytes
///     blocks                  nonce, 64 KiB or for the last fewer, tag
///
/// Each block is sealed for the whole head, its number and whether it is the last: none can be left
/// out, moved, or cut off at the end. There is always a last block, be it empty.
struct SealedForm {
  static let mark = Array("MEDSEAL1".utf8)
  static let blockByteCount = 1 << 16
  private static let saltByteCount = 16
  /// No head is longer.
  static let headLimit = 1_024

  let head: [UInt8]
  let key: SealingKey

  /// The form of a new file.
  init(_ key: DataKey) {
    let name = Array(key.name.utf8)
    head =
      Self.mark + [UInt8(name.count >> 8), UInt8(name.count & 255)] + name
      + withUnsafeBytes(of: key.version.bigEndian) { Array($0) } + randomBytes(Self.saltByteCount)
    self.key = key.key
  }

  /// The form of a file that begins with `bytes`, at `path`.
  init(_ bytes: [UInt8], at path: String, _ keys: KeyStore?) throws(Fault) {
    let nameStart = Self.mark.count + 2
    let nameCount = bytes.count < nameStart ? 0 : Int(bytes[8]) << 8 | Int(bytes[9])
    let count = nameStart + nameCount + 4 + Self.saltByteCount
    guard nameCount > 0, bytes.count >= count else { throw Self.damaged(path) }
    let name = String(decoding: bytes[nameStart..<nameStart + nameCount], as: UTF8.self)
    let version = bytes[nameStart + nameCount..<nameStart + nameCount + 4]
      .reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard let keys else {
      throw Fault(
        .denied, at: Place(path), "the file is sealed, and no key is given",
        remedy: "give --keys, or MEDALLION_KEYS")
    }
    head = Array(bytes.prefix(count))
    key = try keys.key(name, version: version).key
  }

  /// How many bytes a file of `byteCount` on disk holds; nil when no file has so many.
  func plainByteCount(of byteCount: Int) -> Int? {
    let body = byteCount - head.count
    let whole = Self.blockByteCount + SealingKey.overhead
    guard body >= SealingKey.overhead else { return nil }
    let rest = body % whole
    guard rest == 0 || rest >= SealingKey.overhead else { return nil }
    let blocks = body / whole
    return blocks * Self.blockByteCount + (rest == 0 ? 0 : rest - SealingKey.overhead)
  }

  /// What block `number` is sealed for.
  func place(of number: Int, isLast: Bool) -> [UInt8] {
    head + withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) } + [isLast ? 1 : 0]
  }

  static func damaged(_ path: String) -> Fault {
    Fault(
      .data, at: Place(path), "the sealed file is damaged, or its key is another",
      remedy: "restore it from a copy")
  }
}
