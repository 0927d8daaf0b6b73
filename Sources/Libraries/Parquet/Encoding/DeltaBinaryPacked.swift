import Columnar

/// Whole numbers as bit-packed differences.
///
///     header  varint block size, varint miniblocks a block, varint count, zigzag first value
///     block   zigzag least difference, a width byte a miniblock, the miniblocks
struct DeltaBinaryUnpacker {
  private let page: PageBytes
  private(set) var position: Int
  private let end: Int
  private let miniblockCount: Int
  private let miniblockSize: Int
  /// Values not yet given, among them those that are decoded.
  private(set) var left: Int
  private var value: Int64
  private var isFirst = true
  private var leastDelta: Int64 = 0
  private var widths: [UInt8] = []
  private var nextMiniblock: Int
  private var deltas: [UInt64]
  private var nextDelta: Int

  /// Reads the header; damage when there are more values than `limit`, if there is one.
  init(_ page: PageBytes, _ range: Range<Int>, atMost limit: Int = .max) throws(Damage) {
    self.page = page
    position = range.lowerBound
    end = range.upperBound
    let blockSize = try page.varint(&position, end: end)
    let miniblocks = try page.varint(&position, end: end)
    let count = try page.varint(&position, end: end)
    value = unzigzag(try page.varint(&position, end: end))
    guard blockSize > 0, blockSize <= 1 << 20, miniblocks > 0, blockSize % miniblocks == 0,
      blockSize / miniblocks % 8 == 0, count <= UInt64(Int32.max)
    else { throw Damage("a delta encoding has blocks of \(blockSize) values in \(miniblocks)") }
    guard count <= UInt64(limit) else { throw Damage("a page holds more values than it says") }
    miniblockCount = Int(miniblocks)
    miniblockSize = Int(blockSize / miniblocks)
    left = Int(count)
    nextMiniblock = miniblockCount
    deltas = [UInt64](repeating: 0, count: miniblockSize)
    nextDelta = miniblockSize
  }

  /// Decodes the next `count` values.
  mutating func decode(_ count: Int, into target: UnsafeMutablePointer<Int64>) throws(Damage) {
    guard count <= left else { throw Damage("a page holds fewer values than it says") }
    var done = 0
    if isFirst, count > 0 {
      target[0] = value
      isFirst = false
      done = 1
    }
    while done < count {
      if nextDelta == miniblockSize { try startMiniblock() }
      let some = min(count - done, miniblockSize - nextDelta)
      deltas.withUnsafeBufferPointer { deltas in
        for index in 0..<some {
          value = value &+ leastDelta &+ Int64(bitPattern: deltas[nextDelta + index])
          target[done + index] = value
        }
      }
      nextDelta += some
      done += some
    }
    left -= count
  }

  /// Goes to the end of the last block, behind which another encoding may start.
  mutating func decodeAll() throws(Damage) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(left)
    var piece = [Int64](repeating: 0, count: 4_096)
    while left > 0 {
      let some = min(left, piece.count)
      let damage = piece.withUnsafeMutableBufferPointer { target -> Damage? in
        do throws(Damage) {
          try decode(some, into: target.baseAddress!)
          return nil
        } catch {
          return error
        }
      }
      if let damage { throw damage }
      values.append(contentsOf: piece.prefix(some))
    }
    return values
  }

  private mutating func startMiniblock() throws(Damage) {
    if nextMiniblock == miniblockCount {
      leastDelta = unzigzag(try page.varint(&position, end: end))
      guard miniblockCount <= end - position else { throw Damage("a page ends too early") }
      widths = Array(page.bytes(position..<position + miniblockCount))
      position += miniblockCount
      nextMiniblock = 0
    }
    let width = Int(widths[nextMiniblock])
    guard width <= 64 else { throw Damage("a miniblock has values of \(width) bits") }
    let byteCount = width * miniblockSize / 8
    guard byteCount <= end - position else { throw Damage("a page ends too early") }
    deltas.withUnsafeMutableBufferPointer { target in
      unpackWideBits(
        page.base + position, width: width, count: miniblockSize, into: target.baseAddress!)
    }
    position += byteCount
    nextMiniblock += 1
    nextDelta = 0
  }
}

private func unzigzag(_ raw: UInt64) -> Int64 {
  Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
}

/// A page of int32 or int64 values as differences.
final class DeltaBinaryDecoder: ValueDecoder {
  private var unpacker: DeltaBinaryUnpacker
  private let leaf: LeafColumn

  init(_ page: PageBytes, _ range: Range<Int>, _ leaf: LeafColumn) throws(Damage) {
    unpacker = try DeltaBinaryUnpacker(page, range)
    self.leaf = leaf
  }

  func next(_ count: Int) throws(Damage) -> Column.Values {
    guard count <= unpacker.left else { throw Damage("a page holds fewer values than it says") }
    var damage: Damage?
    let values = [Int64](unsafeUninitializedCapacity: count) { target, filled in
      do throws(Damage) {
        if count > 0 { try unpacker.decode(count, into: target.baseAddress!) }
        filled = count
      } catch {
        damage = error
        filled = 0
      }
    }
    if let damage { throw damage }
    if leaf.physical == .int64 { return try leaf.converted(.int64(values)) }
    return try leaf.converted(
      .int32(values.map { Int32(truncatingIfNeeded: $0) }))
  }
}
