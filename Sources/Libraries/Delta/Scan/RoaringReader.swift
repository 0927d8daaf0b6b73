/// Reads the portable serialisation of roaring bitmaps, little endian. Every method gives nil when
/// the bytes end too early, or do not ascend.
struct RoaringReader {
  private let bytes: [UInt8]
  private var position = 0
  private var found: [Range<UInt64>] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private mutating func uint16() -> UInt16? { number(2).map { UInt16($0) } }
  mutating func uint32() -> UInt32? { number(4).map { UInt32($0) } }

  /// All positions of a 64-bit bitmap as ascending runs, none touching the next.
  mutating func runs() -> [Range<UInt64>]? {
    guard let mapCount = number(8), mapCount <= UInt64(bytes.count) else { return nil }
    for _ in 0..<mapCount {
      guard let high = uint32(), append(high: UInt64(high) << 32) else { return nil }
    }
    return found
  }

  /// Adds the positions of `run` behind those that are there; false when it does not stand there.
  private mutating func add(_ run: Range<UInt64>) -> Bool {
    guard let last = found.last, run.lowerBound <= last.upperBound else {
      found.append(run)
      return true
    }
    guard run.lowerBound == last.upperBound else { return false }
    found[found.count - 1] = last.lowerBound..<run.upperBound
    return true
  }

  private mutating func number(_ count: Int) -> UInt64? {
    guard position + count <= bytes.count else { return nil }
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One 32-bit bitmap: a cookie, for each container its key and size, perhaps offsets, contents.
  private mutating func append(high: UInt64) -> Bool {
    guard let cookie = uint32() else { return false }
    let count: Int
    var runFlags: [UInt8] = []
    if cookie & 0xFFFF == Roaring.cookieWithRuns {
      count = Int(cookie >> 16) + 1
      for _ in 0..<(count + 7) / 8 {
        guard let flags = number(1) else { return false }
        runFlags.append(UInt8(flags))
      }
    } else {
      guard cookie == Roaring.cookieWithoutRuns, let size = uint32(), size <= 1 << 16
      else { return false }
      count = Int(size)
    }
    var containers: [(key: UInt64, cardinality: Int)] = []
    for _ in 0..<count {
      guard let key = uint16(), let size = uint16() else { return false }
      containers.append((UInt64(key) << 16, Int(size) + 1))
    }
    if runFlags.isEmpty || count >= Roaring.leastCountWithOffsets {
      guard number(4, times: count) else { return false }
    }
    for (index, container) in containers.enumerated() {
      let hasRuns = !runFlags.isEmpty && runFlags[index / 8] & 1 << (index % 8) != 0
      let first = high | container.key
      let isRead =
        hasRuns
        ? appendRuns(first)
        : container.cardinality > 4_096
          ? appendBits(first) : appendValues(first, container.cardinality)
      if !isRead { return false }
    }
    return true
  }

  private mutating func number(_ count: Int, times: Int) -> Bool {
    guard position + count * times <= bytes.count else { return false }
    position += count * times
    return true
  }

  private mutating func appendRuns(_ first: UInt64) -> Bool {
    guard let runCount = uint16() else { return false }
    for _ in 0..<runCount {
      guard let start = uint16(), let length = uint16() else { return false }
      let end = UInt64(start) + UInt64(length) + 1
      guard end <= 1 << 16, add(first + UInt64(start)..<first + end) else { return false }
    }
    return true
  }

  private mutating func appendBits(_ first: UInt64) -> Bool {
    for word in 0..<UInt64(1_024) {
      guard var bits = number(8) else { return false }
      while bits != 0 {
        let start = bits.trailingZeroBitCount
        let count = (~(bits >> UInt64(start))).trailingZeroBitCount
        let from = first + word * 64 + UInt64(start)
        guard add(from..<from + UInt64(count)) else { return false }
        bits &= start + count == 64 ? 0 : ~0 << UInt64(start + count)
      }
    }
    return true
  }

  private mutating func appendValues(_ first: UInt64, _ count: Int) -> Bool {
    for _ in 0..<count {
      guard let value = uint16() else { return false }
      let from = first + UInt64(value)
      guard add(from..<from + 1) else { return false }
    }
    return true
  }
}
