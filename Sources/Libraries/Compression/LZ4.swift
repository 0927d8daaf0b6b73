/// LZ4's block format, read only: Parquet files of others use it, with and without frames.
///
///     sequence  1 byte: count of literals in its upper half, length of the copy less 4 below
///               15 in a half goes on: bytes are added up to the first that is not 255
///               literals | 2 bytes how far back the copy begins | copy
///     The last sequence ends behind its literals.
package enum LZ4 {
  /// The most bytes that `byteCount` compressed bytes can hold.
  package static func greatestByteCount(from byteCount: Int) -> Int {
    byteCount.multipliedReportingOverflow(by: 255).overflow ? Int.max : byteCount * 255
  }

  /// Fills `target` with what the block `source` holds; false when that is not exactly as much.
  package static func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var at = 0
    var written = 0
    while at < source.count {
      let token = Int(source[at])
      at += 1
      guard let literals = length(token >> 4, source, &at), literals <= source.count - at,
        literals <= target.count - written
      else { return false }
      for index in 0..<literals { target[written + index] = source[at + index] }
      at += literals
      written += literals
      if at == source.count { break }
      guard at + 2 <= source.count else { return false }
      let back = Int(source[at]) | Int(source[at + 1]) << 8
      at += 2
      guard let copied = length(token & 15, source, &at).map({ $0 + 4 }), back > 0,
        back <= written, copied <= target.count - written
      else { return false }
      // Byte by byte: a copy may reach into what it has just written.
      for index in 0..<copied { target[written + index] = target[written + index - back] }
      written += copied
    }
    return written == target.count
  }

  /// The same for a source in Hadoop's frames; one that is a bare block is taken too, for files
  /// name both alike.
  ///
  ///     frame  4 bytes count of what it holds | blocks: 4 bytes length, block; highest byte first
  package static func decompressFrames(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var at = 0
    var written = 0
    while let held = number(source, &at), let length = number(source, &at) {
      guard length <= source.count - at, held <= target.count - written,
        decompress(
          UnsafeRawBufferPointer(rebasing: source[at..<at + length]),
          into: UnsafeMutableRawBufferPointer(rebasing: target[written..<written + held]))
      else { return decompress(source, into: target) }
      at += length
      written += held
    }
    return at == source.count && written == target.count || decompress(source, into: target)
  }

  private static func length(_ half: Int, _ source: UnsafeRawBufferPointer, _ at: inout Int) -> Int?
  {
    var length = half
    guard half == 15 else { return length }
    while at < source.count {
      let more = source[at]
      at += 1
      length += Int(more)
      if more < 255 { return length }
    }
    return nil
  }

  private static func number(_ source: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
    guard at + 4 <= source.count else { return nil }
    defer { at += 4 }
    return source[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
