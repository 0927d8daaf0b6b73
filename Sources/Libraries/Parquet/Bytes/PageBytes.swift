import Compression
import Core

/// The bytes of one page, decompressed, with room behind them so that a loop may load a whole
/// word at the last byte. Freed with the last decoder that reads it.
final class PageBytes {
  /// Readable bytes behind the last one.
  static let padding = 16

  let base: UnsafeMutableRawPointer
  let count: Int
  private let hold: PageRoomHold

  /// `count` bytes that the caller fills, if there is `room`; the padding is zero.
  init(count: Int, in room: PageRoom) throws(Damage) {
    hold = try PageRoomHold(room, count, for: "a page")
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: count + PageBytes.padding, alignment: 16)
    (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: PageBytes.padding)
  }

  deinit { base.deallocate() }

  /// A run of the bytes, which must stand in them.
  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes stand in their page")
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// A little-endian number at `position`, which must stand in the page or its padding.
  @inline(__always)
  func load<Value: BitwiseCopyable>(_ position: Int, as type: Value.Type) -> Value {
    base.loadUnaligned(fromByteOffset: position, as: type)
  }

  /// An unsigned varint at `position`, which moves behind it; nothing at or past `end` is read.
  @inline(__always)
  func varint(_ position: inout Int, end: Int) throws(Damage) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let next = load(position, as: UInt8.self)
      position += 1
      value |= UInt64(next & 127) << shift
      if next < 128 { return value }
      shift += 7
      if shift >= 70 { throw Damage("a number does not end") }
    }
    throw Damage("a page ends too early")
  }
}
