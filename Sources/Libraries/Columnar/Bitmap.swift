/// A fixed number of bits, 64 to a word, the lowest bit first.
package struct Bitmap: Hashable, Sendable {
  /// Bits past `count` in the last word are zero.
  @usableFromInline package private(set) var words: [UInt64]
  package private(set) var count: Int

  /// `count` bits, all `value`.
  package init(repeating value: Bool, count: Int) {
    self.count = count
    words = [UInt64](repeating: value ? ~0 : 0, count: (count + 63) / 64)
    clearTail()
  }

  /// The first `count` bits of `words`.
  package init(words: [UInt64], count: Int) {
    precondition(words.count == (count + 63) / 64, "a bitmap has a word for each 64 bits")
    self.words = words
    self.count = count
    clearTail()
  }

  /// One bit a value.
  package init(_ values: [Bool]) {
    self.init(repeating: false, count: values.count)
    for (index, value) in values.enumerated() where value { words[index >> 6] |= 1 << (index & 63) }
  }

  @inlinable
  package subscript(index: Int) -> Bool {
    get { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }
    set { set(index, newValue) }
  }

  /// Sets or clears one bit.
  package mutating func set(_ index: Int, _ value: Bool) {
    precondition(index < count, "bit \(index) is past the end of \(count) bits")
    if value {
      words[index >> 6] |= 1 << UInt64(index & 63)
    } else {
      words[index >> 6] &= ~(1 << UInt64(index & 63))
    }
  }

  /// How many bits are set.
  package var setCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  package var isAllSet: Bool { setCount == count }

  /// The positions of the set bits, ascending.
  package var setPositions: [Int32] {
    var positions: [Int32] = []
    positions.reserveCapacity(setCount)
    for (wordIndex, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        positions.append(Int32(wordIndex << 6 + rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
    return positions
  }

  package static func & (left: Bitmap, right: Bitmap) -> Bitmap {
    Bitmap(words: zip(left.words, right.words).map { $0 & $1 }, count: left.count)
  }

  package static func | (left: Bitmap, right: Bitmap) -> Bitmap {
    Bitmap(words: zip(left.words, right.words).map { $0 | $1 }, count: left.count)
  }

  package static prefix func ~ (bits: Bitmap) -> Bitmap {
    Bitmap(words: bits.words.map { ~$0 }, count: bits.count)
  }

  private mutating func clearTail() {
    if count & 63 != 0, !words.isEmpty { words[words.count - 1] &= (1 << UInt64(count & 63)) - 1 }
  }
}
