/// Unpacks `count` values of `width` bits (0 to 32), the lowest bit first, from bit `start`
/// behind `source`, which must be readable for eight bytes past the last value.
///
///     byte 0      byte 1
///     bbbaaaccc…  value a in the lowest `width` bits, b in the next, across byte borders
func unpackBits<Value: FixedWidthInteger>(
  _ source: UnsafeRawPointer, from start: Int, width: Int, count: Int,
  into target: UnsafeMutablePointer<Value>
) {
  let mask: UInt64 = (1 << UInt64(width)) - 1
  var index = 0
  var bit = start
  if width <= 7, start & 7 == 0 {
    // Eight values at a time fill `width` whole bytes, which one word holds.
    while index + 8 <= count {
      var word = source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)
      for lane in 0..<8 {
        target[index + lane] = Value(truncatingIfNeeded: word & mask)
        word >>= UInt64(width)
      }
      index += 8
      bit += width << 3
    }
  }
  while index < count {
    let word = source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)
    target[index] = Value(truncatingIfNeeded: word >> UInt64(bit & 7) & mask)
    index += 1
    bit += width
  }
}

/// Unpacks `count` values of `width` bits (0 to 64), as `unpackBits` does; the source must be
/// readable for sixteen bytes past the last value.
func unpackWideBits(
  _ source: UnsafeRawPointer, width: Int, count: Int, into target: UnsafeMutablePointer<UInt64>
) {
  if width <= 56 {
    unpackBits(source, from: 0, width: width, count: count, into: target)
    return
  }
  let mask: UInt64 = width == 64 ? ~0 : (1 << UInt64(width)) - 1
  for index in 0..<count {
    let bit = index * width
    let low = source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)
    let high = source.loadUnaligned(fromByteOffset: bit >> 3 + 8, as: UInt64.self)
    let shift = UInt64(bit & 7)
    // A shift by 64 gives zero.
    target[index] = (low >> shift | high << (64 - shift)) & mask
  }
}

/// The bits that a number up to `value` takes.
func bitWidth(of value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }
