import Columnar

/// Decodes the hybrid of runs and bit-packed groups: levels, dictionary codes, booleans.
///
///     run     varint (count << 1), the value in whole bytes
///     packed  varint (groups << 1 | 1), 8 × groups values of `width` bits
struct RunLengthDecoder {
  private let page: PageBytes
  private let width: Int
  private var position: Int
  private let end: Int
  /// Values left of the run or the packed groups at hand.
  private var left = 0
  private var isPacked = false
  private var value: UInt32 = 0
  /// The next packed value, in bits from the page's start.
  private var bit = 0

  /// Reads values of `width` bits from `range` of `page`.
  init(_ page: PageBytes, _ range: Range<Int>, width: Int) throws(Damage) {
    guard width <= 32 else { throw Damage("a page has codes of \(width) bits") }
    precondition(range.upperBound <= page.count, "a decoder stays in its page")
    self.page = page
    self.width = width
    position = range.lowerBound
    end = range.upperBound
  }

  /// Decodes the next `count` values.
  mutating func decode<Value: FixedWidthInteger>(
    _ count: Int, into target: UnsafeMutablePointer<Value>
  ) throws(Damage) {
    var done = 0
    while done < count {
      if left == 0 { try startRun() }
      let some = min(left, count - done)
      if isPacked {
        unpackBits(page.base, from: bit, width: width, count: some, into: target + done)
        bit += some * width
      } else {
        (target + done).initialize(repeating: Value(truncatingIfNeeded: value), count: some)
      }
      left -= some
      done += some
    }
  }

  /// Decodes the next `count` values of one bit each onto the end of `bits`.
  mutating func decodeBits(_ count: Int, into bits: inout BitmapBuilder) throws(Damage) {
    precondition(width == 1, "a bit is one bit wide")
    var done = 0
    while done < count {
      if left == 0 { try startRun() }
      let some = min(left, count - done)
      if isPacked {
        bits.append(from: page.base, bit: bit, count: some)
        bit += some
      } else {
        bits.append(value & 1 != 0, count: some)
      }
      left -= some
      done += some
    }
  }

  private mutating func startRun() throws(Damage) {
    let header = try page.varint(&position, end: end)
    guard header >> 40 == 0 else { throw Damage("a run is longer than any page") }
    isPacked = header & 1 == 1
    if isPacked {
      bit = position << 3
      let byteCount = Int(header >> 1) * width
      left = Int(header >> 1) * 8
      if byteCount > end - position {
        // Some writers cut the last group short.
        left = (end - position) * 8 / width
        guard left > 0 else { throw Damage("a page ends too early") }
      }
      position = min(position + byteCount, end)
    } else {
      left = Int(header >> 1)
      let byteCount = (width + 7) / 8
      guard byteCount <= end - position else { throw Damage("a page ends too early") }
      let mask = UInt32(truncatingIfNeeded: 1 << (byteCount * 8) - 1)
      value = page.load(position, as: UInt32.self) & mask
      guard width == 32 || value >> UInt32(width) == 0 else {
        throw Damage("a run's value has more than \(width) bits")
      }
      position += byteCount
    }
  }
}

/// A bitmap in the making, appended to run by run.
struct BitmapBuilder {
  private var words: [UInt64]
  private(set) var count = 0

  /// Room for `capacity` bits, which is also the most it takes.
  init(capacity: Int) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

  /// Appends the same bit `count` times.
  mutating func append(_ value: Bool, count: Int) {
    defer { self.count += count }
    guard value else { return }
    var next = self.count
    let end = next + count
    while next < end {
      let some = min(64 - next & 63, end - next)
      words[next >> 6] |= (~0 >> UInt64(64 - some)) << UInt64(next & 63)
      next += some
    }
  }

  /// Appends `count` bits from bit `bit` behind `source`, lowest first; eight bytes past the last
  /// must be readable.
  mutating func append(from source: UnsafeRawPointer, bit: Int, count: Int) {
    var done = 0
    while done < count {
      let from = bit + done
      let some = min(56, count - done)
      let word =
        source.loadUnaligned(fromByteOffset: from >> 3, as: UInt64.self) >> UInt64(from & 7)
        & (~0 >> UInt64(64 - some))
      let to = self.count
      words[to >> 6] |= word << UInt64(to & 63)
      if to & 63 + some > 64 { words[to >> 6 + 1] |= word >> UInt64(64 - to & 63) }
      self.count += some
      done += some
    }
  }

  /// The bits appended so far.
  func finish() -> Bitmap {
    Bitmap(words: Array(words.prefix((count + 63) / 64)), count: count)
  }
}
