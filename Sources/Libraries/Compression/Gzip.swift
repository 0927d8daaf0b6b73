import CZlib
import Core

/// A window of 32 KiB, and the gzip format rather than zlib's.
private let gzipWindow: Int32 = 15 + 16

/// Deflate makes at best this many bytes of one.
private let greatestRatio = 1_032

/// Nil when `block` is damaged or does not hold `expected` bytes.
func decompressGzip(_ block: ArraySlice<UInt8>, _ expected: Int) throws(Fault) -> [UInt8]? {
  guard expected / greatestRatio <= block.count else { return nil }
  let stream = try GzipDecompressor()
  let bytes = block.withUnsafeBytes { input -> [UInt8]? in
    var isGood = true
    let bytes = [UInt8](unsafeUninitializedCapacity: expected + 1) { output, count in
      let room = UnsafeMutableRawBufferPointer(output)
      var taken = 0
      while isGood, taken < input.count, count <= expected {
        let before = taken
        let rest = UnsafeMutableRawBufferPointer(rebasing: room[count...])
        guard let made = stream.decompress(input, &taken, into: rest) else {
          isGood = false
          return
        }
        count += made
        isGood = made > 0 || taken > before
      }
    }
    return isGood && stream.isComplete && bytes.count == expected ? bytes : nil
  }
  if bytes == nil, case .lackOfMemory = stream.failure { throw .outOfMemory("a gzip block") }
  return bytes
}

/// A gzip member in the making; it bears no time, so equal input gives equal bytes.
final class GzipCompressor: StreamCompressing {
  private let stream: UnsafeMutablePointer<z_stream>

  init(level: Int) throws(Fault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status != Z_MEM_ERROR else { throw .outOfMemory("a gzip stream") }
    guard status == Z_OK else {
      throw Fault(.internal, "no gzip stream of level \(level)", remedy: "take a level of 0 to 9")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func compress(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
    bytes.isEmpty ? [] : try run(bytes, Z_NO_FLUSH)
  }

  func flush() throws(Fault) -> [UInt8] { try run([], Z_SYNC_FLUSH) }

  func finish() throws(Fault) -> [UInt8] { try run([], Z_FINISH) }

  private func run(_ bytes: [UInt8], _ flush: Int32) throws(Fault) -> [UInt8] {
    var output: [UInt8] = []
    var status = Z_OK
    var input = bytes
    input.withUnsafeMutableBufferPointer { buffer in
      stream.pointee.next_in = buffer.baseAddress
      var untaken = buffer.count
      repeat {
        let piece = min(untaken, Int(UInt32.max))
        stream.pointee.avail_in = UInt32(piece)
        let isLast = piece == untaken
        repeat {
          let room = 64 << 10
          output.append(
            contentsOf: [UInt8](unsafeUninitializedCapacity: room) { target, count in
              stream.pointee.next_out = target.baseAddress
              stream.pointee.avail_out = UInt32(room)
              status = deflate(stream, isLast ? flush : Z_NO_FLUSH)
              count = room - Int(stream.pointee.avail_out)
            })
        } while stream.pointee.avail_out == 0 && status == Z_OK
        untaken -= piece
      } while untaken > 0
    }
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw Fault(.internal, "gzip: status \(status)", remedy: "report it with the command run")
    }
    return output
  }
}

/// Members of gzip, one after another; zeros behind the last are passed over.
final class GzipDecompressor: StreamDecompressing {
  private let stream: UnsafeMutablePointer<z_stream>
  private var isInsideMember = false
  private(set) var failure = DecompressionFailure.damage

  init() throws(Fault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(
      stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw .outOfMemory("a gzip stream")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  var isComplete: Bool { !isInsideMember }

  func decompress(
    _ input: UnsafeRawBufferPointer, _ taken: inout Int, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    if !isInsideMember {
      while taken < input.count, input[taken] == 0 { taken += 1 }
      guard taken < input.count else { return 0 }
      inflateReset(stream)
      isInsideMember = true
    }
    let room = min(output.count, Int(UInt32.max))
    let piece = min(input.count - taken, Int(UInt32.max))
    // zlib only reads its input, though it does not say so.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.advanced(by: taken).assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(piece)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    let status = inflate(stream, Z_NO_FLUSH)
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      failure = DecompressionFailure(zlib: status)
      return nil
    }
    taken += piece - Int(stream.pointee.avail_in)
    if status == Z_STREAM_END { isInsideMember = false }
    return room - Int(stream.pointee.avail_out)
  }
}
