import Compression
import Core
import TestSupport
import Testing

@Suite struct StreamTests {
  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `a stream comes back as it was, in whatever pieces`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let bytes = compressible(Int.random(in: 0...600_000, using: &random), &random)
    for codec in [Codec.none, .gzip, .zstd] {
      let stream = try compressed(bytes, codec, &random)
      let reader = DecompressingReader(
        MemoryBytes(pieces(of: stream, &random)), at: Place("a.json"))
      #expect(try all(reader) == bytes, "seed \(seed), \(codec)")
      if !bytes.isEmpty { #expect(reader.codec == codec) }
    }
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func `members and frames in a row are one stream`(_ codec: Codec) throws {
    let parts: [[UInt8]] = [Array("one".utf8), [], Array("two".utf8)]
    let stream = try parts.flatMap { try codec.compress(block: $0) }
    let reader = DecompressingReader(MemoryBytes([stream]), at: Place("a"))
    #expect(try all(reader) == Array("onetwo".utf8))
    let bytewise = DecompressingReader(MemoryBytes(stream.map { [$0] }), at: Place("a"))
    #expect(try all(bytewise) == Array("onetwo".utf8))
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func `a stream that is cut off anywhere is a fault`(_ codec: Codec) throws {
    var random = SeededRandom(5)
    let stream = try codec.compress(block: compressible(3_000, &random))
    for count in stride(from: 4, to: stream.count, by: 7) {
      let reader = DecompressingReader(MemoryBytes([Array(stream.prefix(count))]), at: Place("a"))
      let fault = #expect(throws: Fault.self) { try all(reader) }
      #expect(fault?.kind == .data, "\(count) of \(stream.count) bytes")
    }
  }

  @Test func `a stream that needs more than is given is not said to be damaged`() throws {
    let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    let emptyLastBlock: [UInt8] = [0x01, 0x00, 0x00]
    let windowOf256MiB = magic + [0x00, 18 << 3] + emptyLastBlock
    let dictionaryNumber7 = magic + [0x01, 0x00, 7] + emptyLastBlock
    for (stream, problem) in [
      (windowOf256MiB, "zstd stream looks back further than 128 MiB"),
      (dictionaryNumber7, "zstd stream was made with a dictionary, which is not in it"),
    ] {
      let reader = DecompressingReader(MemoryBytes([stream]), at: Place("a"))
      let fault = try #require(throws: Fault.self) { try all(reader) }
      #expect(fault.kind == .data && fault.problem == problem)
    }
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func `other bytes behind a stream are a fault`(_ codec: Codec) throws {
    let stream = try codec.compress(block: Array("text".utf8)) + Array("plain".utf8)
    let reader = DecompressingReader(MemoryBytes([stream]), at: Place("a"))
    #expect(throws: Fault.self) { try all(reader) }
  }

  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `a damaged stream is a fault or other bytes, never more`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    for codec in [Codec.gzip, .zstd] {
      var stream = try codec.compress(block: compressible(3_000, &random))
      for _ in 0..<20 {
        stream[Int.random(in: 0..<stream.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
        let reader = DecompressingReader(MemoryBytes([stream]), at: Place("a"))
        var byteCount = 0
        while let piece = try? reader.next() { byteCount += piece.count }
        #expect(byteCount < 10_000_000, "seed \(seed), \(codec)")
      }
    }
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func `what was flushed can be read before the end`(_ codec: Codec) throws {
    let stream = try StreamCompressor(codec)
    let bytes = try stream.compress(Array("early".utf8)) + stream.flush()
    let reader = DecompressingReader(MemoryBytes([bytes]), at: Place("a"))
    #expect(try reader.next() == Array("early".utf8))
    #expect(throws: Fault.self) { try reader.next() }
  }

  @Test(arguments: [Codec.gzip, .zstd])
  func `a bomb is unpacked a piece at a time`(_ codec: Codec) throws {
    let stream = try StreamCompressor(codec)
    var bomb: [UInt8] = []
    for _ in 0..<64 { bomb += try stream.compress([UInt8](repeating: 0, count: 1 << 20)) }
    bomb += try stream.finish()
    let reader = DecompressingReader(MemoryBytes([bomb]), at: Place("a"))
    var byteCount = 0
    while let piece = try reader.next() {
      #expect(piece.count <= 1 << 20)
      byteCount += piece.count
    }
    #expect(byteCount == 64 << 20)
  }

  private func compressed(
    _ bytes: [UInt8], _ codec: Codec, _ random: inout SeededRandom
  ) throws -> [UInt8] {
    let stream = try StreamCompressor(codec)
    var output: [UInt8] = []
    for piece in pieces(of: bytes, &random) { output += try stream.compress(piece) }
    return try output + stream.finish()
  }

  private func pieces(of bytes: [UInt8], _ random: inout SeededRandom) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...max(1, bytes.count / 3), using: &random)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  private func all(_ reader: DecompressingReader) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try reader.next() {
      #expect(!piece.isEmpty)
      bytes += piece
    }
    return bytes
  }
}

@Suite struct FrameTests {
  @Test func `frames one after another are a stream, and each is whole`() throws {
    let compressor = try FrameCompressor()
    let blocks = (0..<5).map { number in
      [UInt8](repeating: UInt8(number), count: number * 100_000)
    }
    var stream: [UInt8] = []
    for block in blocks {
      let frame = try block.withUnsafeBytes { bytes throws(Fault) in try compressor.compress(bytes)
      }
      #expect(
        try Codec.zstd.decompress(block: frame, expectedByteCount: block.count) == block)
      stream += frame
    }
    let reader = DecompressingReader(MemoryBytes([stream]), at: Place("x"))
    var text: [UInt8] = []
    while let piece = try reader.next() { text += piece }
    #expect(text == Array(blocks.joined()))
  }
}
