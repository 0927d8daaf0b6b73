import Core

/// Finds values in bytes, and puts others in their place.
///
/// A value counts where no letter or digit stands right before or behind it, so that `C1` is not
/// found in `C10`; the case of ASCII letters does not matter.
struct ValueScrub: Sendable {
  private struct Pattern: Sendable {
    /// In lower case.
    var value: [UInt8]
    var substitute: [UInt8]
  }

  /// The patterns, by the byte that they begin with, the longest first.
  private var patterns: [[Pattern]] = Array(repeating: [], count: 256)
  private(set) var isEmpty = true
  /// A bit for each two bytes that a pattern begins with, in whatever case: nearly all places in
  /// texts are told by it to hold none.
  private var beginnings: [UInt64] = Array(repeating: 0, count: 1_024)

  /// Each value with what takes its place.
  init(_ values: [(value: String, substitute: String)]) {
    for (value, substitute) in values.sorted(by: { $0.value.utf8.count > $1.value.utf8.count }) {
      for form in Self.forms(of: value) where form.count > 1 {
        let pattern = Pattern(value: form.map(Self.lowered), substitute: Array(substitute.utf8))
        let first = Int(pattern.value[0])
        guard !patterns[first].contains(where: { $0.value == pattern.value }) else { continue }
        patterns[first].append(pattern)
        for one in Self.cases(of: pattern.value[0]) {
          for two in Self.cases(of: pattern.value[1]) {
            let pair = Int(one) << 8 | Int(two)
            beginnings[pair >> 6] |= 1 << UInt64(pair & 63)
          }
        }
        isEmpty = false
      }
    }
  }

  /// What is looked for, in lower case, however texts quote it.
  var forms: [String] {
    patterns.joined().map { String(decoding: $0.value, as: UTF8.self) }.sorted()
  }

  /// Whether a value stands in `bytes`.
  func occurs(in bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { next(from: 0, in: $0) != nil }
  }

  /// `bytes` with other values in their place, and how many; nil when none stands there.
  func scrubbed(_ bytes: ArraySlice<UInt8>) -> (bytes: [UInt8], count: Int)? {
    bytes.withUnsafeBufferPointer { bytes in
      guard var hit = next(from: 0, in: bytes) else { return nil }
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      var count = 0
      var end = 0
      while true {
        result += bytes[end..<hit.index]
        result += hit.pattern.substitute
        end = hit.index + hit.pattern.value.count
        count += 1
        guard let other = next(from: end, in: bytes) else { break }
        hit = other
      }
      result += bytes[end...]
      return (result, count)
    }
  }

  /// The first value that stands at `start` or behind.
  private func next(
    from start: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> (index: Int, pattern: Pattern)? {
    guard !isEmpty, bytes.count > start + 1 else { return nil }
    return beginnings.withUnsafeBufferPointer { beginnings in
      var pair = Int(bytes[start])
      for index in start..<bytes.count - 1 {
        pair = (pair << 8 | Int(bytes[index + 1])) & 0xffff
        guard beginnings[pair >> 6] & (1 << UInt64(pair & 63)) != 0 else { continue }
        if let pattern = match(at: index, in: bytes) { return (index, pattern) }
      }
      return nil
    }
  }

  private func match(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Pattern? {
    let candidates = patterns[Int(Self.lowered(bytes[index]))]
    if candidates.isEmpty || index > 0 && Self.isWord(bytes[index - 1]) { return nil }
    return candidates.first { pattern in
      let end = index + pattern.value.count
      guard end <= bytes.count, end == bytes.count || !Self.isWord(bytes[end]) else { return false }
      return pattern.value.indices.allSatisfy {
        Self.lowered(bytes[index + $0]) == pattern.value[$0]
      }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch lowered(byte) {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: byte >= 0x80
    }
  }

  private static func cases(of byte: UInt8) -> Set<UInt8> {
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    return isLetter ? [byte, byte & ~0x20] : [byte]
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  /// How a value may be spelled where texts quote it: as it is, in an address, in JSON.
  private static func forms(of value: String) -> [[UInt8]] {
    let plain = Array(value.utf8)
    let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
    let address = plain.flatMap { byte -> [UInt8] in
      unreserved.contains(byte) ? [byte] : Array("%".utf8) + Array(hexText([byte]).utf8)
    }
    let escaped = value.unicodeScalars.flatMap { scalar -> [UInt8] in
      if scalar.isASCII { return Array(String(scalar).utf8) }
      return String(scalar).utf16.flatMap { unit in
        Array("\\u".utf8)
          + Array(hexText([UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]).utf8)
      }
    }
    return [plain, address, escaped]
  }
}
