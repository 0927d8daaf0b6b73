import Compression
import Core

/// How a chunk's pages are compressed: by one of our own codecs, or by LZ4, which is only read.
enum PageCodec: Equatable {
  case standard(Codec)
  case lz4
  /// LZ4 in Hadoop's frames, the older form.
  case lz4Frames

  /// The codec of `number` in the footer.
  init(number: Int32) throws(Damage) {
    switch number {
    case 0: self = .standard(.none)
    case 1: self = .standard(.snappy)
    case 2: self = .standard(.gzip)
    case 5: self = .lz4Frames
    case 6: self = .standard(.zstd)
    case 7: self = .lz4
    default:
      let names: [Int32: String] = [3: "LZO", 4: "BROTLI"]
      throw .unsupported("codec \(names[number] ?? String(number)) is not read")
    }
  }

  /// Whether `block` may hold `byteCount` bytes, by what it says of itself.
  func mayHold(_ byteCount: Int, in block: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .standard(let codec): codec.mayHold(byteCount, in: block)
    case .lz4, .lz4Frames:
      byteCount >= 0 && byteCount <= LZ4.greatestByteCount(from: block.count)
    }
  }
}

/// Decompresses the pages of one chunk.
struct PageDecompressor {
  let codec: PageCodec
  /// Keeps the working memory of our own codecs.
  private let blocks: BlockDecompressor?

  init(_ codec: PageCodec) {
    self.codec = codec
    blocks = if case .standard(let codec) = codec { BlockDecompressor(codec) } else { nil }
  }

  /// Fills `target` with what `source` holds.
  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(Damage) {
    if target.isEmpty { return }
    if let blocks {
      do throws(Fault) {
        return try blocks.decompress(source, into: target)
      } catch {
        throw Damage(error.problem)
      }
    }
    let isRead =
      codec == .lz4
      ? LZ4.decompress(source, into: target) : LZ4.decompressFrames(source, into: target)
    guard isRead else { throw Damage("damaged LZ4 block") }
  }
}
