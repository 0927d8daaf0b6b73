import Columnar

/// Byte arrays with delta-encoded lengths, alone or after delta-encoded lengths of the prefix each
/// value shares with the one before. Decoded whole: the bytes follow the last length.
final class DeltaByteArrayDecoder: ValueDecoder {
  private let leaf: LeafColumn
  private let runs: ByteRuns
  private var position = 0

  /// `hasPrefixes` tells DELTA_BYTE_ARRAY from DELTA_LENGTH_BYTE_ARRAY.
  init(
    _ page: PageBytes, _ range: Range<Int>, _ leaf: LeafColumn, hasPrefixes: Bool
  ) throws(Damage) {
    self.leaf = leaf
    var start = range.lowerBound
    var prefixes: [Int64]?
    if hasPrefixes {
      var unpacker = try DeltaBinaryUnpacker(page, range)
      prefixes = try unpacker.decodeAll()
      start = unpacker.position
    }
    var unpacker = try DeltaBinaryUnpacker(page, start..<range.upperBound)
    let lengths = try unpacker.decodeAll()
    let suffixes = unpacker.position..<range.upperBound
    runs = try DeltaByteArrayDecoder.joined(page, suffixes, lengths, prefixes)
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

  private static func joined(
    _ page: PageBytes, _ suffixes: Range<Int>, _ lengths: [Int64], _ prefixes: [Int64]?
  ) throws(Damage) -> ByteRuns {
    guard prefixes == nil || prefixes?.count == lengths.count else {
      throw Damage("a page has more prefixes than values")
    }
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(lengths.count + 1)
    runs.bytes.reserveCapacity(suffixes.count)
    var from = suffixes.lowerBound
    var last = 0..<0
    for (row, length) in lengths.enumerated() {
      let prefix = prefixes?[row] ?? 0
      guard length >= 0, length <= suffixes.upperBound - from, prefix >= 0, prefix <= last.count
      else { throw Damage("a value runs past the end of its page") }
      let start = runs.bytes.count
      guard start + Int(prefix) + Int(length) <= Int(Int32.max) else {
        throw Damage("a page holds more than 2 GiB")
      }
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
