import CZstd
import Core

/// One frame that says how many bytes it holds.
func compressZstd(_ block: [UInt8], level: Int) throws(Fault) -> [UInt8] {
  let bound = ZSTD_compressBound(block.count)
  var failure = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
    let result = ZSTD_compress(output.baseAddress, bound, block, block.count, Int32(level))
    if ZSTD_isError(result) == 0 { count = result } else { failure = result }
  }
  guard failure == 0 else { throw zstdFault(failure) }
  return bytes
}

/// What one block of a frame holds at most, and what it takes at least.
private let greatestBlock = 128 << 10
private let leastBlock = 3

/// Nil when `block` is damaged or does not hold `expected` bytes.
func decompressZstd(_ block: ArraySlice<UInt8>, _ expected: Int) throws(Fault) -> [UInt8]? {
  var failure = DecompressionFailure.damage
  let bytes = block.withUnsafeBytes { input -> [UInt8]? in
    let declared = ZSTD_getFrameContentSize(input.baseAddress, input.count)
    // All ones is 'unknown', one less is 'no frame'.
    guard declared == UInt64.max || declared == UInt64(expected),
      expected / greatestBlock <= block.count / leastBlock
    else { return nil }
    var isGood = true
    let bytes = [UInt8](unsafeUninitializedCapacity: expected) { output, count in
      let result = ZSTD_decompress(output.baseAddress, expected, input.baseAddress, input.count)
      isGood = ZSTD_isError(result) == 0
      if !isGood { failure = DecompressionFailure(zstd: result) }
      count = isGood ? result : 0
    }
    return isGood ? bytes : nil
  }
  if case .damage = failure { return bytes }
  throw failure.fault(of: "zstd block", at: nil)
}

/// A zstd frame in the making, with a checksum.
final class ZstdCompressor: StreamCompressing {
  private let context: OpaquePointer

  init(level: Int) throws(Fault) {
    guard let context = ZSTD_createCCtx() else { throw .outOfMemory("a zstd stream") }
    self.context = context
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { ZSTD_freeCCtx(context) }

  func compress(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
    try run(bytes, ZSTD_e_continue)
  }

  func flush() throws(Fault) -> [UInt8] { try run([], ZSTD_e_flush) }

  func finish() throws(Fault) -> [UInt8] { try run([], ZSTD_e_end) }

  private func run(_ bytes: [UInt8], _ end: ZSTD_EndDirective) throws(Fault) -> [UInt8] {
    var output: [UInt8] = []
    var failure = 0
    bytes.withUnsafeBytes { buffer in
      var input = ZSTD_inBuffer(src: buffer.baseAddress, size: buffer.count, pos: 0)
      var remaining = 1
      while failure == 0, remaining != 0 || input.pos < input.size {
        let room = ZSTD_CStreamOutSize()
        output.append(
          contentsOf: [UInt8](unsafeUninitializedCapacity: room) { piece, count in
            var target = ZSTD_outBuffer(dst: piece.baseAddress, size: room, pos: 0)
            remaining = ZSTD_compressStream2(context, &target, &input, end)
            count = target.pos
            if ZSTD_isError(remaining) != 0 { failure = remaining }
          })
        // Without an end or a flush all input being taken is enough.
        if end == ZSTD_e_continue, input.pos == input.size { break }
      }
    }
    guard failure == 0 else { throw zstdFault(failure) }
    return output
  }
}

/// Frames of zstd, one after another.
final class ZstdDecompressor: StreamDecompressing {
  private let context: OpaquePointer
  private var isInsideFrame = false
  private(set) var failure = DecompressionFailure.damage

  init() throws(Fault) {
    guard let context = ZSTD_createDCtx() else { throw .outOfMemory("a zstd stream") }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  var isComplete: Bool { !isInsideFrame }

  func decompress(
    _ input: UnsafeRawBufferPointer, _ taken: inout Int, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    // Between frames the library would ask for the next one, which need not come.
    guard isInsideFrame || taken < input.count else { return 0 }
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: taken)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = ZSTD_decompressStream(context, &target, &source)
    guard ZSTD_isError(result) == 0 else {
      failure = DecompressionFailure(zstd: result)
      return nil
    }
    taken = source.pos
    isInsideFrame = result != 0
    return target.pos
  }
}

func zstdFault(_ code: Int) -> Fault {
  guard ZSTD_getErrorCode(code) != ZSTD_error_memory_allocation else {
    return .outOfMemory("a zstd stream")
  }
  return Fault(
    .internal, "zstd: \(String(cString: ZSTD_getErrorName(code)))",
    remedy: "report it with the command that was run")
}
