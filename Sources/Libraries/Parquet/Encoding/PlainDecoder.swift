import Columnar
import Core

/// Gives the values of one page in the layout of their column, some at a time. One call a batch
/// and page: what loops is inside.
protocol ValueDecoder: AnyObject {
  /// The next `count` values; damage when the page does not hold that many.
  func next(_ count: Int) throws(Damage) -> Column.Values

  /// How many of the next `count` values have no more than `byteCount` bytes of text together.
  /// Numbers always fit.
  func fitting(_ count: Int, in byteCount: Int) -> Int

  /// The most bytes that a value has which shares its text with others; 0 where none does.
  var longest: Int { get }
}

extension ValueDecoder {
  func fitting(_ count: Int, in byteCount: Int) -> Int { count }

  var longest: Int { 0 }
}

extension ByteRuns {
  /// How many of the `count` values from `start` on have no more than `byteCount` bytes together.
  func fitting(_ count: Int, from start: Int, in byteCount: Int) -> Int {
    let first = Int(offsets[start])
    if Int(offsets[start + count]) - first <= byteCount { return count }
    return (0..<count).first { Int(offsets[start + $0 + 1]) - first > byteCount } ?? count
  }
}

/// Values one after the other in little-endian bytes.
///
///     boolean  one bit each, lowest first      byte array    4 bytes length, bytes
///     numbers  4 or 8 bytes each               int96         8 bytes nanoseconds of the day,
///     fixed    `typeLength` bytes each                       4 bytes Julian day
final class PlainDecoder: ValueDecoder {
  private let page: PageBytes
  private let leaf: LeafColumn
  private var position: Int
  private let end: Int
  /// Booleans taken so far.
  private var bit = 0

  init(_ page: PageBytes, _ range: Range<Int>, _ leaf: LeafColumn) {
    precondition(range.upperBound <= page.count, "a decoder stays in its page")
    self.page = page
    self.leaf = leaf
    position = range.lowerBound
    end = range.upperBound
  }

  func next(_ count: Int) throws(Damage) -> Column.Values {
    try leaf.converted(stored(count))
  }

  func fitting(_ count: Int, in byteCount: Int) -> Int {
    guard end - position > byteCount else { return count }
    switch leaf.physical {
    case .fixedLengthByteArray: return min(count, byteCount / leaf.typeLength)
    case .byteArray: break
    default: return count
    }
    var next = position
    var total = 0
    for index in 0..<count {
      guard next + 4 <= end else { return count }
      let length = Int(page.load(next, as: UInt32.self))
      total += length
      if total > byteCount { return index }
      next += 4 + length
    }
    return count
  }

  private func stored(_ count: Int) throws(Damage) -> Column.Values {
    switch leaf.physical {
    case .boolean: .boolean(try booleans(count))
    case .int32: .int32(try numbers(count))
    case .int64: .int64(try numbers(count))
    case .double: .double(try numbers(count))
    case .float: .double(try floats(count))
    case .int96: .int64(try julianTimestamps(count))
    case .byteArray: .bytes(try byteArrays(count))
    case .fixedLengthByteArray: .bytes(try fixedByteArrays(count))
    }
  }

  /// Passes over `count` values of `byteCount` bytes and gives where they start.
  private func take(_ count: Int, of byteCount: Int) throws(Damage) -> Int {
    guard count <= (end - position) / byteCount else {
      throw Damage("a page holds fewer values than it says")
    }
    defer { position += count * byteCount }
    return position
  }

  private func numbers<Value: BitwiseCopyable>(_ count: Int) throws(Damage) -> [Value] {
    let start = try take(count, of: MemoryLayout<Value>.size)
    return [Value](unsafeUninitializedCapacity: count) { target, filled in
      UnsafeMutableRawBufferPointer(target).copyMemory(
        from: page.bytes(start..<start + count * MemoryLayout<Value>.size))
      filled = count
    }
  }

  private func floats(_ count: Int) throws(Damage) -> [Double] {
    let start = try take(count, of: 4)
    return [Double](unsafeUninitializedCapacity: count) { target, filled in
      for index in 0..<count {
        let value = page.load(start + index * 4, as: Float.self)
        (target.baseAddress! + index).initialize(to: Double(value))
      }
      filled = count
    }
  }

  private func booleans(_ count: Int) throws(Damage) -> [Bool] {
    guard count <= (end - position) * 8 - bit else {
      throw Damage("a page holds fewer values than it says")
    }
    defer { bit += count }
    return [Bool](unsafeUninitializedCapacity: count) { target, filled in
      for index in 0..<count {
        let byte = page.load(position + (bit + index) >> 3, as: UInt8.self)
        (target.baseAddress! + index).initialize(to: byte >> UInt8((bit + index) & 7) & 1 != 0)
      }
      filled = count
    }
  }

  private func julianTimestamps(_ count: Int) throws(Damage) -> [Int64] {
    let start = try take(count, of: 12)
    return [Int64](unsafeUninitializedCapacity: count) { target, filled in
      for index in 0..<count {
        let nanos = page.load(start + index * 12, as: Int64.self)
        let day = Int64(page.load(start + index * 12 + 8, as: Int32.self)) - epochJulianDay
        // Spark lets instants far from now wrap around when it writes, and so back when it reads.
        let micros = day &* Timestamp.microsecondsPerDay &+ floorDivide(nanos, 1_000)
        (target.baseAddress! + index).initialize(to: micros)
      }
      filled = count
    }
  }

  private func fixedByteArrays(_ count: Int) throws(Damage) -> ByteRuns {
    let length = leaf.typeLength
    guard count <= Int(Int32.max) / length else { throw Damage("a column is longer than 2 GiB") }
    let start = try take(count, of: length)
    return ByteRuns(
      offsets: (0...count).map { Int32($0 * length) },
      bytes: Array(page.bytes(start..<start + count * length)))
  }

  /// Finds the lengths first, then copies all bytes into one run.
  private func byteArrays(_ count: Int) throws(Damage) -> ByteRuns {
    guard count <= (end - position) / 4 else {
      throw Damage("a page holds fewer values than it says")
    }
    let first = position
    var next = position
    var isTorn = false
    let offsets = [Int32](unsafeUninitializedCapacity: count + 1) { target, filled in
      var total = 0
      target[0] = 0
      for index in 0..<count {
        guard next + 4 <= end else {
          isTorn = true
          break
        }
        let length = Int(page.load(next, as: UInt32.self))
        next += 4
        guard length <= end - next else {
          isTorn = true
          break
        }
        next += length
        total += length
        target[index + 1] = Int32(truncatingIfNeeded: total)  // A page is shorter than 2 GiB.
      }
      filled = isTorn ? 0 : count + 1
    }
    if isTorn { throw Damage("a value runs past the end of its page") }
    position = next
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(offsets[count])) { target, filled in
      var from = first + 4
      for index in 0..<count {
        let start = Int(offsets[index])
        let length = Int(offsets[index + 1]) - start
        if length > 0 {
          UnsafeMutableRawPointer(target.baseAddress! + start).copyMemory(
            from: page.base + from, byteCount: length)
        }
        from += length + 4
      }
      filled = Int(offsets[count])
    }
    return ByteRuns(offsets: offsets, bytes: bytes)
  }
}

/// The Julian day of 1970-01-01.
private let epochJulianDay: Int64 = 2_440_588
