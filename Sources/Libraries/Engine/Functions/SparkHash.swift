import Columnar
import Core

// Spark's hash() and xxhash64(): a NULL leaves the seed, columns are chained by it.

/// The value's Murmur3 hash as Spark computes it.
func murmur3(_ column: Column, _ row: Int, seed: UInt32) -> UInt32 {
  if column.isNull(row) { return seed }
  switch column.values {
  case .boolean(let values): return murmur3(UInt32(values[row] ? 1 : 0), seed)
  case .int32(let values): return murmur3(UInt32(bitPattern: values[row]), seed)
  case .int64(let values): return murmur3(UInt64(bitPattern: values[row]), seed)
  case .int128(let values):
    return bigEndian(values[row]).withUnsafeBufferPointer { murmur3($0, seed) }
  case .double(let values):
    let value = values[row] == 0 ? 0 : values[row]
    return column.type == .float
      ? murmur3(Float(value).bitPattern, seed) : murmur3(value.bitPattern, seed)
  case .bytes, .dictionary: return column.withBytes { murmur3($0[row], seed) }
  case .list(_, let elements):
    return column.listRange(row).reduce(seed) { murmur3(elements, $1, seed: $0) }
  case .structure(let members): return members.reduce(seed) { murmur3($1, row, seed: $0) }
  }
}

private func mixKey(_ key: UInt32) -> UInt32 {
  let product = key &* 0xCC9E_2D51
  return (product << 15 | product >> 17) &* 0x1B87_3593
}

private func mix(_ hash: UInt32, _ key: UInt32) -> UInt32 {
  let mixed = hash ^ mixKey(key)
  return (mixed << 13 | mixed >> 19) &* 5 &+ 0xE654_6B64
}

private func finish(_ hash: UInt32, _ count: Int) -> UInt32 {
  var value = hash ^ UInt32(truncatingIfNeeded: count)
  value = (value ^ value >> 16) &* 0x85EB_CA6B
  value = (value ^ value >> 13) &* 0xC2B2_AE35
  return value ^ value >> 16
}

private func murmur3(_ value: UInt32, _ seed: UInt32) -> UInt32 { finish(mix(seed, value), 4) }

private func murmur3(_ value: UInt64, _ seed: UInt32) -> UInt32 {
  finish(
    mix(mix(seed, UInt32(truncatingIfNeeded: value)), UInt32(truncatingIfNeeded: value >> 32)), 8)
}

private func murmur3(_ bytes: TextBytes, _ seed: UInt32) -> UInt32 {
  let raw = UnsafeRawBufferPointer(bytes)
  var hash = seed
  var at = 0
  while at + 4 <= bytes.count {
    hash = mix(hash, UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
    at += 4
  }
  // Spark mixes the bytes left over one by one, with their sign.
  while at < bytes.count {
    hash = mix(hash, UInt32(bitPattern: Int32(Int8(bitPattern: bytes[at]))))
    at += 1
  }
  return finish(hash, bytes.count)
}

/// The shortest two's complement bytes, highest first, as Java's BigInteger has them.
private func bigEndian(_ value: Int128) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = value
  while true {
    let byte = UInt8(truncatingIfNeeded: rest)
    bytes.append(byte)
    rest >>= 8
    if rest == 0 && byte < 0x80 || rest == -1 && byte >= 0x80 { break }
  }
  return bytes.reversed()
}

private let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
private let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
private let prime3: UInt64 = 0x1656_67B1_9E37_79F9
private let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
private let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

/// The value's XXH64 hash as Spark computes it.
func xxHash64(_ column: Column, _ row: Int, seed: UInt64) -> UInt64 {
  if column.isNull(row) { return seed }
  switch column.values {
  case .boolean(let values): return xxHash64(UInt32(values[row] ? 1 : 0), seed)
  case .int32(let values): return xxHash64(UInt32(bitPattern: values[row]), seed)
  case .int64(let values): return xxHash64(UInt64(bitPattern: values[row]), seed)
  case .int128(let values):
    return bigEndian(values[row]).withUnsafeBufferPointer { xxHash64($0, seed) }
  case .double(let values):
    let value = values[row] == 0 ? 0 : values[row]
    return column.type == .float
      ? xxHash64(Float(value).bitPattern, seed) : xxHash64(value.bitPattern, seed)
  case .bytes, .dictionary: return column.withBytes { xxHash64($0[row], seed) }
  case .list(_, let elements):
    return column.listRange(row).reduce(seed) { xxHash64(elements, $1, seed: $0) }
  case .structure(let members): return members.reduce(seed) { xxHash64($1, row, seed: $0) }
  }
}

private func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
  value << bits | value >> (64 - bits)
}

private func avalanche(_ hash: UInt64) -> UInt64 {
  var value = (hash ^ hash >> 33) &* prime2
  value = (value ^ value >> 29) &* prime3
  return value ^ value >> 32
}

private func xxHash64(_ value: UInt32, _ seed: UInt64) -> UInt64 {
  let hash = (seed &+ prime5 &+ 4) ^ UInt64(value) &* prime1
  return avalanche(rotate(hash, 23) &* prime2 &+ prime3)
}

private func xxHash64(_ value: UInt64, _ seed: UInt64) -> UInt64 {
  let hash = (seed &+ prime5 &+ 8) ^ rotate(value &* prime2, 31) &* prime1
  return avalanche(rotate(hash, 27) &* prime1 &+ prime4)
}

private func xxHash64(_ bytes: TextBytes, _ seed: UInt64) -> UInt64 {
  let raw = UnsafeRawBufferPointer(bytes)
  func word(_ at: Int) -> UInt64 {
    UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }
  var at = 0
  var hash: UInt64
  if bytes.count >= 32 {
    var lanes = [seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1]
    while at + 32 <= bytes.count {
      for lane in 0..<4 {
        lanes[lane] = rotate(lanes[lane] &+ word(at + 8 * lane) &* prime2, 31) &* prime1
      }
      at += 32
    }
    hash =
      rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
    for lane in lanes {
      hash = (hash ^ rotate(lane &* prime2, 31) &* prime1) &* prime1 &+ prime4
    }
  } else {
    hash = seed &+ prime5
  }
  hash = hash &+ UInt64(bytes.count)
  while at + 8 <= bytes.count {
    hash = rotate(hash ^ rotate(word(at) &* prime2, 31) &* prime1, 27) &* prime1 &+ prime4
    at += 8
  }
  if at + 4 <= bytes.count {
    let half = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    hash = rotate(hash ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
    at += 4
  }
  while at < bytes.count {
    hash = rotate(hash ^ UInt64(bytes[at]) &* prime5, 11) &* prime1
    at += 1
  }
  return avalanche(hash)
}
