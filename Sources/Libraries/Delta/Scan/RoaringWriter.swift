/// Writes the portable serialisation of roaring bitmaps that `RoaringReader` reads.
struct RoaringWriter {
  private(set) var bytes: [UInt8] = []

  /// The positions of one block of 65,536, as they lie in the file.
  private struct Container {
    let key: UInt16
    let count: Int
    let hasRuns: Bool
    let body: [UInt8]
  }

  /// A bitmap of more positions than this lies as bits, one of fewer as a list.
  private static let listLimit = 4_096
  private static let bitmapByteCount = 8_192
  private static let blockSize: UInt64 = 1 << 16

  mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A 64-bit bitmap: the number of maps, then for each the high half of its positions and a 32-bit
  /// one of the low halves.
  mutating func append(_ positions: PositionRuns) {
    var maps: [(high: UInt32, containers: [Container])] = []
    var block: (number: UInt64, runs: [ClosedRange<UInt16>])?
    func close() {
      guard let block else { return }
      let high = UInt32(block.number >> 16)
      if maps.last?.high != high { maps.append((high, [])) }
      maps[maps.count - 1].containers.append(
        Self.container(UInt16(truncatingIfNeeded: block.number), block.runs))
    }
    for run in positions.runs {
      var start = run.lowerBound
      while start < run.upperBound {
        let number = start / Self.blockSize
        let end = min(run.upperBound, (number + 1) * Self.blockSize)
        if block?.number != number {
          close()
          block = (number, [])
        }
        block?.runs.append(
          UInt16(truncatingIfNeeded: start)...UInt16(truncatingIfNeeded: end - 1))
        start = end
      }
    }
    close()
    append(UInt64(maps.count))
    for map in maps {
      append(map.high)
      append(map.containers)
    }
  }

  /// Whichever form is shortest.
  private static func container(_ key: UInt16, _ runs: [ClosedRange<UInt16>]) -> Container {
    let count = runs.reduce(0) { $0 + $1.count }
    let plainByteCount = count > listLimit ? bitmapByteCount : 2 * count
    var body = RoaringWriter()
    if 2 + 4 * runs.count < plainByteCount {
      body.append(UInt16(runs.count))
      for run in runs {
        body.append(run.lowerBound)
        body.append(run.upperBound - run.lowerBound)
      }
      return Container(key: key, count: count, hasRuns: true, body: body.bytes)
    }
    if count <= listLimit {
      for run in runs { for value in run { body.append(value) } }
    } else {
      var words = [UInt64](repeating: 0, count: bitmapByteCount / 8)
      for run in runs { for value in run { words[Int(value) / 64] |= 1 << (UInt64(value) % 64) } }
      for word in words { body.append(word) }
    }
    return Container(key: key, count: count, hasRuns: false, body: body.bytes)
  }

  /// A 32-bit bitmap: a cookie, for each container its key and size, offsets, contents.
  private mutating func append(_ containers: [Container]) {
    let start = bytes.count
    let hasRuns = containers.contains(where: \.hasRuns)
    if hasRuns {
      append(Roaring.cookieWithRuns | UInt32(containers.count - 1) << 16)
      var flags = [UInt8](repeating: 0, count: (containers.count + 7) / 8)
      for (index, container) in containers.enumerated() where container.hasRuns {
        flags[index / 8] |= 1 << (index % 8)
      }
      bytes += flags
    } else {
      append(Roaring.cookieWithoutRuns)
      append(UInt32(containers.count))
    }
    for container in containers {
      append(container.key)
      append(UInt16(container.count - 1))
    }
    if !hasRuns || containers.count >= Roaring.leastCountWithOffsets {
      var offset = bytes.count - start + 4 * containers.count
      for container in containers {
        append(UInt32(offset))
        offset += container.body.count
      }
    }
    for container in containers { bytes += container.body }
  }
}

/// What the serialised form of 32-bit roaring bitmaps begins with.
enum Roaring {
  static let cookieWithoutRuns: UInt32 = 12_346
  static let cookieWithRuns: UInt32 = 12_347
  /// With runs, fewer containers have no offsets.
  static let leastCountWithOffsets = 4
}
