/// Bytes of events, written one after the other into memory that its owner made large enough.
///
/// The pointer stays inside the call that fills one piece of output (`EventStream.next`), which
/// keeps room for the longest event ahead.
struct EventBytes {
  private(set) var end: UnsafeMutableRawPointer

  init(_ start: UnsafeMutableRawPointer) { end = start }

  @inline(__always)
  mutating func put(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    end.copyMemory(from: text.utf8Start, byteCount: count)
    end += count
  }

  @inline(__always)
  mutating func put(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { put($0) }
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    end.copyMemory(from: start, byteCount: bytes.count)
    end += bytes.count
  }

  @inline(__always)
  mutating func put(byte: UInt8) {
    end.storeBytes(of: byte, as: UInt8.self)
    end += 1
  }

  /// A number of two digits.
  @inline(__always)
  mutating func put(pair value: Int) {
    let tens = value / 10
    end.storeBytes(of: UInt8(truncatingIfNeeded: 48 + tens), as: UInt8.self)
    end.storeBytes(
      of: UInt8(truncatingIfNeeded: 48 + value - tens * 10), toByteOffset: 1, as: UInt8.self)
    end += 2
  }

  /// A number of `width` digits, zeros in front.
  @inline(__always)
  mutating func put(_ value: Int, width: Int) {
    var rest = UInt64(truncatingIfNeeded: value)
    var position = width
    while position > 0 {
      position -= 1
      let quotient = rest / 10
      end.storeBytes(
        of: UInt8(truncatingIfNeeded: 48 + rest - quotient * 10), toByteOffset: position,
        as: UInt8.self)
      rest = quotient
    }
    end += width
  }

  /// A number from 0 without zeros in front.
  @inline(__always)
  mutating func put(_ value: Int) {
    var width = 1
    var bound = 10
    while value >= bound {
      width += 1
      bound *= 10
    }
    put(value, width: width)
  }

  /// `12.05` of 1205 cents, 0 or more.
  @inline(__always)
  mutating func put(cents: Int) {
    let whole = cents / 100
    put(whole)
    put(byte: UInt8(ascii: "."))
    put(pair: cents - whole * 100)
  }

  /// `0.734` of 734 thousandths, `2` of 2000.
  @inline(__always)
  mutating func put(thousandths: Int) {
    let whole = thousandths / 1_000
    put(whole)
    let rest = thousandths - whole * 1_000
    if rest == 0 { return }
    put(byte: UInt8(ascii: "."))
    put(rest, width: 3)
  }

  /// A UUID of version 8 (RFC 9562) from 128 bits.
  @inline(__always)
  mutating func put(uuid first: UInt64, _ second: UInt64) {
    let a = hexDigits(first)
    let b = hexDigits(first >> 32)
    let c = hexDigits(second)
    let d = hexDigits(second >> 32)
    end.storeBytes(of: a, as: UInt64.self)
    end.storeBytes(of: UInt32(truncatingIfNeeded: b), toByteOffset: 9, as: UInt32.self)
    end.storeBytes(of: UInt32(truncatingIfNeeded: b >> 32), toByteOffset: 14, as: UInt32.self)
    end.storeBytes(of: UInt32(truncatingIfNeeded: c), toByteOffset: 19, as: UInt32.self)
    end.storeBytes(of: UInt32(truncatingIfNeeded: c >> 32), toByteOffset: 24, as: UInt32.self)
    end.storeBytes(of: d, toByteOffset: 28, as: UInt64.self)
    put(dashAt: 8)
    put(dashAt: 13)
    put(dashAt: 18)
    put(dashAt: 23)
    end.storeBytes(of: UInt8(ascii: "8"), toByteOffset: 14, as: UInt8.self)
    end.storeBytes(of: UInt8(ascii: "a"), toByteOffset: 19, as: UInt8.self)
    end += 36
  }

  @inline(__always)
  private func put(dashAt offset: Int) {
    end.storeBytes(of: UInt8(ascii: "-"), toByteOffset: offset, as: UInt8.self)
  }

  /// Eight hexadecimal digits of the lower half of `bits`, as ASCII.
  @inline(__always)
  private func hexDigits(_ bits: UInt64) -> UInt64 {
    var nibbles = bits & 0xFFFF_FFFF
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }
}
