import Core

/// Where bytes are cut into chunks.
///
/// A file that never changes is cut by length: nothing of it is ever met again but as a whole. What
/// changes in place or grows, as a database or a log, is cut where its own bytes say so, so that a
/// change moves no cut but those beside it and the rest is known from the epoch before. The sum
/// that decides (a gear hash) runs over the last 64 bytes; its table comes from the backup's key,
/// so that the lengths of chunks tell nothing of what is in them.
struct ContentCutter: Sendable {
  /// Bytes of a chunk of a file that never changes.
  static let fixedByteCount = 4 << 20

  static let leastByteCount = 16 << 10
  static let greatestByteCount = 256 << 10
  /// One place in so many ends a chunk, beyond the least length.
  private static let mask: UInt64 = 0xFFFF << 32

  private let gears: [UInt64]

  /// A cutter whose table comes from `seed`.
  init(seed: [UInt8]) {
    var gears: [UInt64] = []
    for number in 0..<64 {
      let digest = SHA256.keyed(seed, [UInt8(number)])
      for start in stride(from: 0, to: digest.count, by: 8) {
        gears.append(digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
      }
    }
    self.gears = gears
  }

  /// How many of `bytes` the first chunk has, which are all that is left if `isEnd`; nil when more
  /// bytes are needed to tell.
  func length(of bytes: ArraySlice<UInt8>, isEnd: Bool) -> Int? {
    let limit = min(bytes.count, Self.greatestByteCount)
    if limit > Self.leastByteCount {
      let found = bytes.withUnsafeBytes { raw in
        gears.withUnsafeBufferPointer { gears -> Int? in
          var sum: UInt64 = 0
          for index in Self.leastByteCount - 64..<limit {
            sum = sum << 1 &+ gears[Int(raw[index])]  // Wrapping: a hash.
            if index >= Self.leastByteCount, sum & Self.mask == 0 { return index + 1 }
          }
          return nil
        }
      }
      if let found { return found }
    }
    if bytes.count >= Self.greatestByteCount { return Self.greatestByteCount }
    return isEnd && !bytes.isEmpty ? bytes.count : nil
  }
}

/// The chunks of one file, in order.
struct ChunkedBytes {
  private let source: any ByteSource
  /// Nil where the file is cut by length.
  private let cutter: ContentCutter?
  private var pending: ArraySlice<UInt8> = []
  private var isEnd = false

  init(_ source: any ByteSource, cutter: ContentCutter?) {
    self.source = source
    self.cutter = cutter
  }

  /// The next chunk, never an empty one; nil at the end.
  mutating func next() throws(Fault) -> [UInt8]? {
    while true {
      if let length = length {
        let chunk = Array(pending.prefix(length))
        pending = pending.dropFirst(length)
        return chunk
      }
      if isEnd { return nil }
      if let piece = try source.next() {
        pending = ArraySlice(Array(pending) + piece)
      } else {
        isEnd = true
      }
    }
  }

  private var length: Int? {
    if let cutter { return cutter.length(of: pending, isEnd: isEnd) }
    if pending.count >= ContentCutter.fixedByteCount { return ContentCutter.fixedByteCount }
    return isEnd && !pending.isEmpty ? pending.count : nil
  }
}
