import Columnar

/// Values of fixed length with their first bytes together, then their second ones, and so on.
/// Put together once; then it is a plain page.
final class ByteStreamSplitDecoder: ValueDecoder {
  private let plain: PlainDecoder

  init(
    _ page: PageBytes, _ range: Range<Int>, _ leaf: LeafColumn, in room: PageRoom
  ) throws(Damage) {
    let width =
      switch leaf.physical {
      case .int32, .float: 4
      case .int64, .double: 8
      case .fixedLengthByteArray: leaf.typeLength
      case .boolean, .int96, .byteArray: 0
      }
    guard width > 0, range.count % width == 0 else {
      throw Damage("a page of split bytes holds part of a value")
    }
    let joined = try PageBytes(count: range.count, in: room)
    let count = range.count / width
    let source = page.bytes(range)
    for stream in 0..<width {
      for row in 0..<count {
        joined.base.storeBytes(
          of: source[stream * count + row], toByteOffset: row * width + stream, as: UInt8.self)
      }
    }
    plain = PlainDecoder(joined, 0..<range.count, leaf)
  }

  func next(_ count: Int) throws(Damage) -> Column.Values { try plain.next(count) }

  func fitting(_ count: Int, in byteCount: Int) -> Int { plain.fitting(count, in: byteCount) }
}
