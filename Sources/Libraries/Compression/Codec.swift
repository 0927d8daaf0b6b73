package import Core

// Compression: gzip, zstd and snappy behind one face.
//
// Streams: `DecompressingReader` tells by itself what it reads, `StreamCompressor` writes,
// `FrameCompressor` makes frames that can be read one by one. Blocks of known size, as in Parquet:
// `BlockCompressor` and `BlockDecompressor`. The files `Gzip`, `Zstd` and `Snappy` call the C
// libraries.
//
// Begin with `Codec`. Sizes that damaged or hostile bytes claim are checked before memory is taken;
// what the bytes mean is not known here.

/// A way of making bytes fewer. Streams come in the file formats of gzip and zstd; blocks, which a
/// file format such as Parquet frames itself, also in raw Snappy.
package enum Codec: String, CaseIterable, Hashable, Sendable {
  case none
  case gzip
  case zstd
  case snappy

  /// The level for data that is written once and read often.
  package var standardLevel: Int {
    switch self {
    case .none, .snappy: 0
    case .gzip: 6
    case .zstd: 1
    }
  }

  /// `block` made smaller, whole.
  package func compress(block: [UInt8], level: Int? = nil) throws(Fault) -> [UInt8] {
    let level = level ?? standardLevel
    switch self {
    case .none: return block
    case .gzip:
      let stream = try GzipCompressor(level: level)
      return try stream.compress(block) + stream.finish()
    case .zstd: return try compressZstd(block, level: level)
    case .snappy: return try compressSnappy(block)
    }
  }

  /// What `block` was made from, which must be `expectedByteCount` bytes; anything else is a
  /// `.data` fault at `place`.
  package func decompress(
    block: ArraySlice<UInt8>, expectedByteCount: Int, at place: Place? = nil
  ) throws(Fault) -> [UInt8] {
    if block.isEmpty, expectedByteCount == 0 { return [] }
    let bytes: [UInt8]?
    switch self {
    case .none: bytes = Array(block)
    case .gzip: bytes = try decompressGzip(block, expectedByteCount)
    case .zstd: bytes = try decompressZstd(block, expectedByteCount)
    case .snappy: bytes = decompressSnappy(block, expectedByteCount)
    }
    guard let bytes, bytes.count == expectedByteCount else {
      throw Fault(
        .data, at: place, "damaged \(rawValue) block of \(block.count) bytes",
        remedy: "get the file again from where it came from")
    }
    return bytes
  }

  /// `decompress(block:expectedByteCount:at:)` for an array.
  package func decompress(
    block: [UInt8], expectedByteCount: Int, at place: Place? = nil
  ) throws(Fault) -> [UInt8] {
    try decompress(block: block[...], expectedByteCount: expectedByteCount, at: place)
  }
}
