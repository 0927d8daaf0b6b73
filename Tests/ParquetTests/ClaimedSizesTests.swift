import Columnar
import Compression
import Core
import TestSupport
import Testing

@testable import Parquet

/// Sizes and counts that a file claims and does not hold: each is a fault, before memory is taken.
@Suite struct ClaimedSizesTests {
  /// A column chunk of some pages, and the file around it.
  private struct Chunk {
    var physical = PhysicalType.byteArray
    var codec: Int32 = 0
    var valueCount = 1
    var bytes: [UInt8] = []

    mutating func add(_ body: [UInt8], count: Int, _ encoding: Encoding, byteCount: Int? = nil) {
      var header = PageHeader()
      header.kind = encoding == .plainDictionary ? .dictionary : .data
      header.valueCount = count
      header.encoding = encoding == .plainDictionary ? 0 : encoding.rawValue
      header.uncompressedByteCount = byteCount ?? body.count
      header.compressedByteCount = body.count
      var writer = CompactWriter()
      header.write(to: &writer)
      bytes += writer.bytes + body
    }

    /// A file of one column and one row group.
    func file(rowCount: Int? = nil, byteCount: Int? = nil) -> [UInt8] {
      var root = SchemaElement()
      root.childCount = 1
      var leaf = SchemaElement()
      leaf.name = "x"
      leaf.physical = physical
      leaf.repetition = .required
      var chunk = ChunkMetadata()
      chunk.physical = physical
      chunk.codec = codec
      chunk.path = ["x"]
      chunk.valueCount = valueCount
      chunk.compressedByteCount = byteCount ?? bytes.count
      chunk.dataPageOffset = 4
      var metadata = FileMetadata()
      metadata.schema = [root, leaf]
      metadata.rowGroups = [RowGroupMetadata(chunks: [chunk], rowCount: rowCount ?? valueCount)]
      var writer = CompactWriter()
      metadata.write(to: &writer)
      let length = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: writer.bytes.count >> $0) }
      return Array("PAR1".utf8) + bytes + writer.bytes + length + Array("PAR1".utf8)
    }
  }

  private func varint(_ number: UInt64) -> [UInt8] {
    var rest = number
    var bytes: [UInt8] = []
    while rest >= 128 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// A delta encoding of `count` numbers, each as much more than the last as `step`, with blocks of
  /// `blockSize`.
  private func deltas(count: UInt64, first: UInt64, step: UInt64, blockSize: UInt64 = 128)
    -> [UInt8]
  {
    let blocks = count == 0 ? 0 : Int((min(count, 1 << 16) + blockSize - 1) / blockSize)
    let header = varint(blockSize) + [1] + varint(count) + varint(first << 1)
    return header + [[UInt8]](repeating: varint(step << 1) + [0], count: blocks).flatMap { $0 }
  }

  private func refusal(_ file: [UInt8]) -> Fault? {
    do {
      let reader = try FileReader(MemoryFile(file), at: Place("x.parquet"))
      let rows = try reader.batches()
      while try rows.next() != nil {}
      return nil
    } catch {
      return error
    }
  }

  private func expectRefusal(_ file: [UInt8], _ words: String) {
    let fault = refusal(file)
    #expect(fault?.kind == .data && "\(fault!)".contains(words), "\(fault.map { "\($0)" } ?? "")")
  }

  @Test(arguments: [1 << 31, 1 << 39, Int.max])
  func `a run of more values than any file of its size has is refused`(count: Int) {
    var chunk = Chunk(physical: .int32, valueCount: count)
    chunk.add([7, 0, 0, 0], count: 1, .plainDictionary)
    chunk.add([1] + varint(UInt64(1 << 39)) + [0], count: Int(Int32.max), .runLengthDictionary)
    expectRefusal(chunk.file(), "claims \(count) values in")
  }

  @Test func `many values in few bytes are read`() throws {
    var chunk = Chunk(physical: .int32, valueCount: 100_000)
    chunk.add([7, 0, 0, 0], count: 1, .plainDictionary)
    chunk.add([1] + varint(100_000 << 1) + [0], count: 100_000, .runLengthDictionary)
    #expect(refusal(chunk.file()) == nil)
    #expect(try rows(of: chunk.file()).rowCount == 100_000)
  }

  @Test(arguments: [false, true])
  func `lengths are no more than the page has values`(hasPrefixes: Bool) {
    var chunk = Chunk(valueCount: 10)
    let lengths = deltas(count: UInt64(Int32.max), first: 0, step: 0, blockSize: 1 << 20)
    chunk.add(
      hasPrefixes ? lengths + lengths : lengths, count: 10,
      hasPrefixes ? .deltaByteArray : .deltaLengthByteArray)
    expectRefusal(chunk.file(), "column 'x' before byte")
    expectRefusal(chunk.file(), "more values than it says")
  }

  @Test func `texts that go on from each other are no more than a run may take`() throws {
    // The first has a mebibyte, and each of the others shares it.
    let count: UInt64 = 2_000
    let text = [UInt8](repeating: 0x61, count: 1 << 20)
    var chunk = Chunk(codec: 6, valueCount: Int(count))
    let body =
      stepped(count: count, first: 0, then: 1 << 20)
      + stepped(count: count, first: 1 << 20, then: 0)
      + text
    chunk.add(
      try Codec.zstd.compress(block: body), count: Int(count), .deltaByteArray,
      byteCount: body.count)
    expectRefusal(chunk.file(), "--memory")
  }

  /// `count` numbers: `first`, and then the same one always.
  private func stepped(count: UInt64, first: Int64, then rest: Int64) -> [UInt8] {
    func zigzag(_ number: Int64) -> [UInt8] {
      varint(UInt64(bitPattern: number << 1 ^ number >> 63))
    }
    // A block of one miniblock of 32 numbers: the first difference, then none.
    let difference = rest - first
    let least = min(difference, 0)
    var block = zigzag(least) + [64]
    for index in 0..<32 {
      let delta = UInt64(bitPattern: (index == 0 ? difference : 0) - least)
      block += (0..<8).map { UInt8(truncatingIfNeeded: delta >> ($0 * 8)) }
    }
    let others = Int((count - 1 + 31) / 32) - 1
    return varint(32) + [1] + varint(count) + zigzag(first) + block
      + [[UInt8]](repeating: zigzag(0) + [0], count: others).flatMap { $0 }
  }

  @Test func `a page that unpacks into more than a run may take is refused unread`() {
    // The head of a zstd frame that says how much it holds, and nothing that does.
    let claimed = 400 << 20
    let head: [UInt8] =
      [0x28, 0xB5, 0x2F, 0xFD, 0xA0]
      + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: claimed >> $0) }
    var chunk = Chunk(codec: 6)
    chunk.add(
      head + [UInt8](repeating: 0, count: 8_192), count: 1, .plain, byteCount: claimed)
    expectRefusal(chunk.file(), "a page of \(claimed) bytes is more than")
    expectRefusal(chunk.file(), "give the run more with --memory")
  }

  @Test(arguments: [Int.max, 1 << 40, 200])
  func `a chunk has no more bytes than the file`(byteCount: Int) {
    var chunk = Chunk(physical: .int32)
    chunk.add([7, 0, 0, 0], count: 1, .plain)
    expectRefusal(chunk.file(byteCount: byteCount), "the column chunks have \(byteCount) bytes")
  }

  @Test func `a list in the footer takes no more than a run may`() {
    let count = 1 << 24
    let bytes = [0x19, 0xFC] + varint(UInt64(count)) + [UInt8](repeating: 0, count: count + 1)
    #expect(throws: Damage.self) { try FileMetadata(footer: [0x29, 0xFC] + bytes.dropFirst(2)) }
  }

  @Test func `a half-precision number has two bytes of fixed length`() throws {
    var element = SchemaElement()
    element.physical = .byteArray
    element.typeLength = 2
    element.logical = .float16
    let leaf = try LeafColumn(element, index: 0, path: ["x"], definition: 0, repetition: 0)
    #expect(leaf.type == .binary && leaf.conversion == .none)
  }

  @Test func `a decimal is refused that has more digits than there are`() {
    let most = [UInt8](repeating: 0x7F, count: 16)
    let runs = ByteRuns(offsets: [0, 16], bytes: most)
    #expect(throws: Damage.self) { try Conversion.bytesToInt128.applied(to: .bytes(runs)) }
    #expect(throws: Damage.self) { try Conversion.bytesToInt64.applied(to: .bytes(runs)) }
  }
}
