import Core

/// A SHA-256 digest that compares as its bytes do: what an `InputLedger` knows something by.
struct LedgerKey: Comparable, Hashable {
  static let byteCount = SHA256.byteCount

  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// The key of 32 bytes.
  init(_ bytes: ArraySlice<UInt8>) {
    func word(_ number: Int) -> UInt64 {
      let start = bytes.startIndex + 8 * number
      return bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }
    first = word(0)
    second = word(1)
    third = word(2)
    fourth = word(3)
  }

  /// The key of 64 hexadecimal digits; nil for another text.
  init?(hex: String) {
    guard let bytes = bytes(ofHex: hex), bytes.count == Self.byteCount else { return nil }
    self.init(bytes[...])
  }

  /// The key of a text: the digest of its UTF-8.
  init(of text: String) {
    self.init(SHA256.digest(of: [UInt8](text.utf8))[...])
  }

  func append(to bytes: inout [UInt8]) {
    for word in words {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
  }

  private var words: [UInt64] { [first, second, third, fourth] }

  static func < (left: LedgerKey, right: LedgerKey) -> Bool {
    (left.first, left.second, left.third, left.fourth)
      < (right.first, right.second, right.third, right.fourth)
  }
}

extension LedgerKey {
  /// What a file looked like: its name, its size, when it and its entry were changed, and which
  /// entry it was. Earlier versions remembered no more than size and time.
  init(lookOf input: BronzeInput) {
    var parts = [
      input.name, "\(input.byteCount)", input.modified.map { "\($0.microseconds)" } ?? "",
    ]
    if let changed = input.changed {
      parts += ["\(changed.microseconds)", input.number.map { "\($0)" } ?? ""]
    }
    self.init(of: parts.joined(separator: "\0"))
  }

  /// A file as its sender gave it: these bytes under this name, whatever folder it lies in and
  /// however it is compressed.
  init(delivery path: String, digest: String) {
    self.init(of: "\(lastComponent(of: path).withoutCompression)\0\(digest)")
  }
}

extension String {
  /// The name of a file, or its path, without the ending that says how it is compressed.
  package var withoutCompression: String {
    for ending in [".gz", ".gzip", ".zst", ".zstd"] where lowercased().hasSuffix(ending) {
      return String(dropLast(ending.count))
    }
    return self
  }
}
