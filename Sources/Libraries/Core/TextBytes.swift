import Glibc

/// Bytes of text that a parser reads: borrowed, never kept past the call.
@usableFromInline
package typealias TextBytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer where Element == UInt8 {
  /// The bytes without spaces and control characters at both ends, as Spark's casts trim them.
  @inlinable
  package var trimmed: TextBytes {
    var start = 0
    var end = count
    while start < end, isBlank(self[start]) { start += 1 }
    while end > start, isBlank(self[end - 1]) { end -= 1 }
    return TextBytes(rebasing: self[start..<end])
  }

  /// How the bytes stand to `other`, the first that differ deciding: less than 0 for before, 0 for
  /// equal.
  package func order(to other: TextBytes) -> Int {
    let common = Swift.min(count, other.count)
    if common > 0, let left = baseAddress, let right = other.baseAddress {
      let order = memcmp(left, right, common)
      if order != 0 { return Int(order) }
    }
    return count - other.count
  }

  /// Whether all bytes are below 128.
  package var isASCII: Bool {
    var all: UInt8 = 0
    for byte in self { all |= byte }
    return all < 0x80
  }

  /// Whether the bytes are `word`, given in lower case, letter case aside.
  package func equalsIgnoringCase(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for index in 0..<count where lowered(self[index]) != word.utf8Start[index] { return false }
    return true
  }
}

/// Whether `byte` is a space or a control character.
@inlinable
package func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }

/// The value of an ASCII digit; more than 9 for any other byte.
@inlinable
package func digitValue(_ byte: UInt8) -> UInt8 { byte &- 0x30 }

private func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

extension [UInt8] {
  /// Calls `body` with the bytes as `TextBytes`.
  @inlinable
  package func withTextBytes<Result>(_ body: (TextBytes) -> Result) -> Result {
    withUnsafeBufferPointer(body)
  }
}

extension ArraySlice<UInt8> {
  /// Calls `body` with the bytes as `TextBytes`.
  @inlinable
  package func withTextBytes<Result>(_ body: (TextBytes) -> Result) -> Result {
    withUnsafeBufferPointer(body)
  }
}

extension String {
  /// Calls `body` with the UTF-8 of the text.
  @inlinable
  package func withTextBytes<Result>(_ body: (TextBytes) -> Result) -> Result {
    var copy = self
    return copy.withUTF8(body)
  }
}

extension [UInt8] {
  /// The bytes between line feeds, without these, a carriage return before them or blanks at the
  /// end; the last one may be empty.
  package var lines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    withUnsafeBufferPointer { bytes in
      var start = 0
      while start <= bytes.count {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start)
        var last = end
        while last > start, bytes[last - 1] == 0x20 || (0x09...0x0D).contains(bytes[last - 1]) {
          last -= 1
        }
        lines.append(self[start..<last])
        start = end + 1
      }
    }
    return lines
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// The first place from `start` on at which `byte` stands; `count` when it does not.
  package func firstIndex(of byte: UInt8, from start: Int) -> Int {
    var index = start
    let wanted = SIMD32(repeating: byte)
    while count - index >= 32 {
      let run = UnsafeRawBufferPointer(self).loadUnaligned(
        fromByteOffset: index, as: SIMD32<UInt8>.self)
      if any(run .== wanted) { break }
      index += 32
    }
    while index < count, self[index] != byte { index += 1 }
    return index
  }
}
