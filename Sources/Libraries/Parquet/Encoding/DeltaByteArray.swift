import Columnar

/// Byte arrays with delta-encoded lengths, alone or after delta-encoded lengths of the prefix each
/// value shares with the one before. Decoded whole: the bytes follow the last length.
final class DeltaByteArrayDecoder: ValueDecoder {
  private let leaf: LeafColumn
  private let runs: ByteRuns
  private let hold: PageRoomHold
  private var position = 0

  /// `hasPrefixes` tells DELTA_BYTE_ARRAY from DELTA_LENGTH_BYTE_ARRAY. The page has no more values
  /// than `count`, and what they unpack into fits `room`.
  init(
    _ page: PageBytes, _ range: Range<Int>, _ leaf: LeafColumn, hasPrefixes: Bool,
    atMost count: Int, in room: PageRoom
  ) throws(Damage) {
    self.leaf = leaf
    var start = range.lowerBound
    var prefixes: [Int64]?
    // Two lengths and an offset each, until the page is done with.
    let lengthHold = try PageRoomHold(room, count * 20, for: "a page of \(count) lengths")
    defer { withExtendedLifetime(lengthHold) {} }
    if hasPrefixes {
      var unpacker = try DeltaBinaryUnpacker(page, range, atMost: count)
      prefixes = try unpacker.decodeAll()
      start = unpacker.position
    }
    var unpacker = try DeltaBinaryUnpacker(page, start..<range.upperBound, atMost: count)
    let lengths = try unpacker.decodeAll()
    let suffixes = unpacker.position..<range.upperBound
    let byteCount = try DeltaByteArrayDecoder.byteCount(suffixes, lengths, prefixes)
    hold = try PageRoomHold(room, byteCount, for: "a page of texts that go on from each other")
    runs = DeltaByteArrayDecoder.joined(page, suffixes, lengths, prefixes, byteCount)
    if leaf.physical == .fixedLengthByteArray {
      for row in 0..<runs.count where runs[row].count != leaf.typeLength {
        throw Damage("a value of fixed length \(leaf.typeLength) has \(runs[row].count) bytes")
      }
    }
  }

  func next(_ count: Int) throws(Damage) -> Column.Values {
    guard count <= runs.count - position else {
      throw Damage("a page holds fewer values than it says")
    }
    let rows = position..<position + count
    position += count
    let column = Column(.binary, count: runs.count, .bytes(runs)).slice(rows)
    return try leaf.converted(column.values)
  }

  func fitting(_ count: Int, in byteCount: Int) -> Int {
    let there = min(count, runs.count - position)
    let some = runs.fitting(there, from: position, in: byteCount)
    return some == there ? count : some
  }

  /// What the values take together, once it is sure that they stand in the page.
  private static func byteCount(
    _ suffixes: Range<Int>, _ lengths: [Int64], _ prefixes: [Int64]?
  ) throws(Damage) -> Int {
    guard prefixes == nil || prefixes?.count == lengths.count else {
      throw Damage("a page has more prefixes than values")
    }
    var left = Int64(suffixes.count)
    var total: Int64 = 0
    var last: Int64 = 0
    for (row, length) in lengths.enumerated() {
      let prefix = prefixes?[row] ?? 0
      guard length >= 0, length <= left, prefix >= 0, prefix <= last else {
        throw Damage("a value runs past the end of its page")
      }
      left -= length
      last = prefix + length
      total += last
      guard total <= Int64(Int32.max) else { throw .tooLarge("a page unpacks to 2 GiB and more") }
    }
    return Int(total)
  }

  private static func joined(
    _ page: PageBytes, _ suffixes: Range<Int>, _ lengths: [Int64], _ prefixes: [Int64]?,
    _ byteCount: Int
  ) -> ByteRuns {
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(lengths.count + 1)
    runs.bytes.reserveCapacity(byteCount)
    var from = suffixes.lowerBound
    var last = 0..<0
    for (row, length) in lengths.enumerated() {
      let prefix = prefixes?[row] ?? 0
      let start = runs.bytes.count
      if prefix > 0 {
        runs.bytes.append(contentsOf: runs.bytes[last.lowerBound..<last.lowerBound + Int(prefix)])
      }
      runs.bytes.append(contentsOf: page.bytes(from..<from + Int(length)))
      from += Int(length)
      last = start..<runs.bytes.count
      runs.offsets.append(Int32(runs.bytes.count))
    }
    return runs
  }
}
