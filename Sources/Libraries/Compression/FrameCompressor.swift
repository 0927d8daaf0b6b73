import CZstd
package import Core

/// Compresses blocks into whole zstd frames, each with a checksum and its size: frames one after
/// another are a stream, and each can be read without the others. Not for two threads.
package final class FrameCompressor {
  private let context: OpaquePointer
  private let output = ByteBlock(capacity: 0)

  package init(level: Int = Codec.zstd.standardLevel) throws(Fault) {
    guard let context = ZSTD_createCCtx() else {
      throw .outOfMemory("a zstd frame")
    }
    self.context = context
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The frame of `bytes`.
  package func compress(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> [UInt8] {
    output.reserve(ZSTD_compressBound(bytes.count))
    var failure: Fault?
    output.rewrite { room in
      let result = ZSTD_compress2(
        context, room.baseAddress, room.count, bytes.baseAddress, bytes.count)
      if ZSTD_isError(result) != 0 { failure = zstdFault(result) }
      return failure == nil ? result : 0
    }
    if let failure { throw failure }
    return [UInt8](output.bytes)
  }
}
