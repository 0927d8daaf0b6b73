import Bronze
import Compression
import Core

/// A file of bronze as a colder tier has it: lines compressed harder, in larger frames, each of
/// which can be read without the others; a file that is no zstd stream stays as it is. It lies in a
/// scratch file until it is put somewhere.
struct RepackedFile {
  /// A frame ends at the line break behind so many bytes.
  private static let frameByteCount = 8 << 20
  private static let pieceByteCount = 1 << 20

  /// Where a frame begins: its first line, from 1, and its first byte.
  struct Frame {
    let line: Int
    let offset: Int
    let byteCount: Int
  }

  let file: BronzeFile
  let frames: [Frame]
  /// SHA-256 of its bytes, and of what they unpack to, in hex.
  let digest: String
  let contentDigest: String
  private let scratch: ScratchFile

  var byteCount: Int { scratch.byteCount }

  /// Packs `source`, which must have the bytes of one of `digests`: what is damaged stays where it
  /// is, for its old place may still be mended.
  init(
    _ file: BronzeFile, _ source: any ReadableFile, digests: [String], level: Int,
    in spill: String, at place: Place
  ) throws(Fault) {
    self.file = file
    scratch = try ScratchFile(in: spill)
    let read = DigestedBytes(FileBytes(source))
    let content = SHA256()
    if file.path.hasSuffix(".zst") {
      frames = try Self.repack(
        DecompressingReader(read, at: place), into: scratch, content, level)
    } else {
      frames = []
      while let piece = try read.next() {
        content.append(piece)
        try scratch.append(piece)
      }
    }
    try read.readToEnd()
    guard digests.contains(read.hex) || digests.contains("") else {
      throw Fault(
        .data, at: place, "its bytes are not those that the log tells of",
        remedy: "restore it from a copy; the day stays where it is")
    }
    contentDigest = hexText(content.finish())
    digest = try Self.digest(of: scratch)
  }

  /// Gives the bytes, a piece at a time.
  func pieces(_ take: ([UInt8]) throws(Fault) -> Void) throws(Fault) {
    var offset = 0
    while offset < scratch.byteCount {
      let count = min(Self.pieceByteCount, scratch.byteCount - offset)
      try take(try scratch.read(at: offset, count: count))
      offset += count
    }
  }

  /// `.io` unless `copy` has these bytes, and they unpack to what was packed.
  func check(_ copy: any ReadableFile, at place: Place) throws(Fault) {
    let read = DigestedBytes(FileBytes(copy))
    let content = SHA256()
    let bytes: any ByteSource =
      file.path.hasSuffix(".zst") ? DecompressingReader(read, at: place) : read
    while let piece = try bytes.next() { content.append(piece) }
    try read.readToEnd()
    guard read.hex == digest, hexText(content.finish()) == contentDigest else {
      throw Fault(
        .io, at: place, "what was written of '\(file.path)' is not what is there",
        remedy: "check the disk; the day stays where it was")
    }
  }

  private static func repack(
    _ lines: DecompressingReader, into scratch: ScratchFile, _ content: SHA256, _ level: Int
  ) throws(Fault) -> [Frame] {
    let compressor = try FrameCompressor(level: level)
    let block = ByteBlock(capacity: 2 * frameByteCount)
    var frames: [Frame] = []
    var line = 1
    func write(_ count: Int) throws(Fault) {
      let bytes = UnsafeRawBufferPointer(rebasing: block.bytes[..<count])
      let frame = try compressor.compress(bytes)
      frames.append(Frame(line: line, offset: scratch.byteCount, byteCount: frame.count))
      line += bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
      try scratch.append(frame)
      let rest = Array(block.bytes[count...])
      block.truncate(to: 0)
      block.append(rest[...])
    }
    while let piece = try lines.next() {
      content.append(piece)
      block.append(piece[...])
      guard block.count >= frameByteCount,
        let last = block.bytes.lastIndex(of: UInt8(ascii: "\n"))
      else { continue }
      try write(last + 1)
    }
    if block.count > 0 || frames.isEmpty { try write(block.count) }
    return frames
  }

  private static func digest(of scratch: ScratchFile) throws(Fault) -> String {
    let digest = SHA256()
    var offset = 0
    while offset < scratch.byteCount {
      let piece = try scratch.read(
        at: offset, count: min(pieceByteCount, scratch.byteCount - offset))
      digest.append(piece)
      offset += piece.count
    }
    return hexText(digest.finish())
  }
}

/// Bytes that are digested while they are read.
private final class DigestedBytes: ByteSource {
  private let source: any ByteSource
  private let digest = SHA256()
  private(set) lazy var hex = hexText(digest.finish())

  init(_ source: any ByteSource) { self.source = source }

  func next() throws(Fault) -> [UInt8]? {
    let piece = try source.next()
    if let piece { digest.append(piece) }
    return piece
  }

  /// What a decompressor has left, which ends with its stream, is digested too.
  func readToEnd() throws(Fault) { while try next() != nil {} }
}
