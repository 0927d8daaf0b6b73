import CSnappy
import CZlib
import CZstd
package import Core

extension Codec {
  /// The most bytes that a block of `byteCount` compressed bytes can hold: a larger claim is a
  /// lie, and nothing need be allocated to see it.
  package func greatestByteCount(from byteCount: Int) -> Int {
    let ratio =
      switch self {
      case .none: 1
      case .snappy: 64
      case .gzip: 1_032
      case .zstd: 65_536
      }
    let (product, overflow) = byteCount.multipliedReportingOverflow(by: ratio)
    return overflow ? Int.max : product
  }

  /// Whether `block` may hold `byteCount` bytes, by what it says of itself; nothing is allocated
  /// to see it.
  package func mayHold(_ byteCount: Int, in block: UnsafeRawBufferPointer) -> Bool {
    guard byteCount >= 0, byteCount <= greatestByteCount(from: block.count) else { return false }
    switch self {
    case .none, .gzip: return true
    case .snappy:
      var count = 0
      let bytes = block.bindMemory(to: CChar.self).baseAddress
      return snappy_uncompressed_length(bytes, block.count, &count) == SNAPPY_OK
        && count == byteCount
    case .zstd:
      // All ones is 'unknown', one less is 'no frame'. Several frames say no sum.
      let count = ZSTD_getFrameContentSize(block.baseAddress, block.count)
      return count == UInt64.max || count == UInt64(byteCount)
        || ZSTD_findFrameCompressedSize(block.baseAddress, block.count) < block.count
    }
  }

  fileprivate func damaged() -> Fault {
    Fault(
      .data, "damaged \(rawValue) block", remedy: "get the file again from where it came from")
  }
}

/// Compresses block after block with one codec, keeping its working memory. Not for two threads.
package final class BlockCompressor {
  package let codec: Codec
  private let level: Int32
  private var context: OpaquePointer?

  /// `level` is the codec's own scale; nil takes its standard level.
  package init(_ codec: Codec, level: Int? = nil) {
    self.codec = codec
    self.level = Int32(clamping: level ?? codec.standardLevel)
  }

  deinit { if context != nil { ZSTD_freeCCtx(context) } }

  /// `bytes` compressed.
  package func compress(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
    if codec == .none { return bytes }
    if codec == .zstd, context == nil {
      guard let made = ZSTD_createCCtx() else { throw .outOfMemory("a zstd block") }
      context = made
    }
    var failed = false
    let result = [UInt8](unsafeUninitializedCapacity: bound(bytes.count)) { target, count in
      bytes.withUnsafeBytes { source in
        count = compress(source, into: UnsafeMutableRawBufferPointer(target)) ?? 0
        failed = count == 0
      }
    }
    // There is room for whatever comes of any bytes, and blocks are far smaller than the 4 GiB that
    // zlib counts: what is left to fail for is memory.
    if failed { throw .outOfMemory("a \(codec.rawValue) block") }
    return result
  }

  private func bound(_ count: Int) -> Int {
    switch codec {
    case .none: count
    case .snappy: snappy_max_compressed_length(count)
    case .gzip: Int(compressBound(uLong(count))) + 32
    case .zstd: ZSTD_compressBound(count)
    }
  }

  private func compress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Int? {
    switch codec {
    case .none: return nil
    case .snappy:
      var count = target.count
      let status = snappy_compress(
        source.bindMemory(to: CChar.self).baseAddress, source.count,
        target.bindMemory(to: CChar.self).baseAddress, &count)
      return status == SNAPPY_OK ? count : nil
    case .gzip: return deflateBlock(source, into: target, level: level)
    case .zstd:
      let count = ZSTD_compressCCtx(
        context, target.baseAddress, target.count, source.baseAddress, source.count, level)
      return ZSTD_isError(count) == 0 ? count : nil
    }
  }
}

/// Decompresses block after block with one codec, keeping its working memory. Not for two threads.
package final class BlockDecompressor {
  package let codec: Codec
  private var context: OpaquePointer?

  package init(_ codec: Codec) { self.codec = codec }

  deinit { if let context { ZstdContexts.leave(context) } }

  /// Fills `target` with what `source` holds; `.data` when that is not exactly as much.
  package func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) {
    if target.isEmpty { return }
    guard try written(source, into: target) == target.count else { throw codec.damaged() }
  }

  private func written(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Fault) -> Int? {
    switch codec {
    case .none:
      guard source.count == target.count else { return nil }
      target.copyMemory(from: source)
      return source.count
    case .snappy:
      var count = 0
      let bytes = source.bindMemory(to: CChar.self).baseAddress
      guard snappy_uncompressed_length(bytes, source.count, &count) == SNAPPY_OK,
        count == target.count
      else { return nil }
      let status = snappy_uncompress(
        bytes, source.count, target.bindMemory(to: CChar.self).baseAddress, &count)
      return status == SNAPPY_OK ? count : nil
    case .gzip: return try inflateBlock(source, into: target)
    case .zstd:
      if context == nil {
        guard let taken = ZstdContexts.take() else { throw .outOfMemory("a zstd block") }
        context = taken
      }
      let count = ZSTD_decompressDCtx(
        context, target.baseAddress, target.count, source.baseAddress, source.count)
      guard ZSTD_isError(count) != 0 else { return count }
      throw DecompressionFailure(zstd: count).fault(of: "zstd block", at: nil)
    }
  }
}

/// The CRC-32 that gzip and Parquet pages carry.
package func crc32Checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  var crc: uLong = 0
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
    crc = crc32(crc, piece.bindMemory(to: Bytef.self).baseAddress, uInt(piece.count))
    rest = rest.dropFirst(piece.count)
  }
  return UInt32(truncatingIfNeeded: crc)
}

/// The window size that asks zlib for a gzip frame.
private let gzipWindowBits: Int32 = 15 + 16
/// The window size that lets zlib take gzip and zlib frames.
private let anyWindowBits: Int32 = 15 + 32

private func deflateBlock(
  _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, level: Int32
) -> Int? {
  guard source.count <= UInt32.max, target.count <= UInt32.max else { return nil }
  var stream = z_stream()
  guard
    deflateInit2_(
      &stream, level, Z_DEFLATED, gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { return nil }
  defer { deflateEnd(&stream) }
  stream.next_in = UnsafeMutablePointer(
    mutating: source.bindMemory(to: Bytef.self).baseAddress)
  stream.avail_in = uInt(source.count)
  stream.next_out = target.bindMemory(to: Bytef.self).baseAddress
  stream.avail_out = uInt(target.count)
  guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
  return target.count - Int(stream.avail_out)
}

/// Inflates one gzip or zlib member after the other until the source ends.
private func inflateBlock(
  _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
) throws(Fault) -> Int? {
  guard source.count <= UInt32.max, target.count <= UInt32.max else { return nil }
  var stream = z_stream()
  guard
    inflateInit2_(
      &stream, anyWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { throw .outOfMemory("a gzip block") }
  defer { inflateEnd(&stream) }
  stream.next_in = UnsafeMutablePointer(
    mutating: source.bindMemory(to: Bytef.self).baseAddress)
  stream.avail_in = uInt(source.count)
  stream.next_out = target.bindMemory(to: Bytef.self).baseAddress
  stream.avail_out = uInt(target.count)
  while true {
    let status = inflate(&stream, Z_FINISH)
    guard status == Z_STREAM_END else {
      throw DecompressionFailure(zlib: status).fault(of: "gzip block", at: nil)
    }
    if stream.avail_in == 0 { return target.count - Int(stream.avail_out) }
    guard inflateReset(&stream) == Z_OK else { return nil }
  }
}
