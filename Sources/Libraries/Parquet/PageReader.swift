import Columnar
import Compression
import Core

/// A data page opened for decoding.
struct DataPage {
  var valueCount: Int
  var repetitions: RunLengthDecoder?
  var definitions: RunLengthDecoder?
  var values: any ValueDecoder
}

/// Walks the pages of one column chunk, which it holds in memory as the file has them.
final class PageReader {
  private let bytes: [UInt8]
  private let leaf: LeafColumn
  private let codec: PageCodec
  private let room: PageRoom
  private let decompressor: PageDecompressor
  private var dictionary: DictionaryPage?
  private(set) var position = 0
  /// Values, NULLs among them, in pages not yet read.
  private(set) var valuesLeft: Int

  /// Reads the pages in `bytes`, which hold `valueCount` values of `leaf` and take no more than
  /// there is `room`.
  init(
    _ bytes: [UInt8], _ leaf: LeafColumn, codec: PageCodec, valueCount: Int, room: PageRoom
  ) {
    self.bytes = bytes
    self.leaf = leaf
    self.codec = codec
    self.room = room
    decompressor = PageDecompressor(codec)
    valuesLeft = valueCount
  }

  /// The next data page that has values, or nil behind the last.
  func next() throws(Damage) -> DataPage? {
    while valuesLeft > 0 {
      let header = try readHeader()
      let start = position
      guard header.compressedByteCount <= bytes.count - start else {
        throw Damage("a page runs past the end of its column chunk")
      }
      position += header.compressedByteCount
      let body = start..<position
      switch header.kind {
      case .data, .dataV2:
        guard header.valueCount <= valuesLeft else {
          throw Damage("the pages hold more values than their column chunk says")
        }
        valuesLeft -= header.valueCount
        if header.valueCount == 0 { continue }
        try check(header, body)
        return header.kind == .data
          ? try version1(header, body) : try version2(header, body)
      case .dictionary:
        guard dictionary == nil else { throw Damage("a column chunk has two dictionary pages") }
        try check(header, body)
        try readDictionary(header, body)
      case .index, nil: continue
      }
    }
    return nil
  }

  private func readHeader() throws(Damage) -> PageHeader {
    let start = position
    let (header, end): (PageHeader, Int) = try withBytes(0..<bytes.count) {
      (all) throws(Damage) in
      var reader = CompactReader(all, at: start)
      let header = try PageHeader(&reader)
      return (header, reader.position)
    }
    position = end
    return header
  }

  private func version1(_ header: PageHeader, _ body: Range<Int>) throws(Damage) -> DataPage {
    let page = try decompressed(body, byteCount: header.uncompressedByteCount)
    var start = 0
    let repetitions = try levels(
      page, &start, greatest: leaf.repetition, encoding: header.repetitionEncoding)
    let definitions = try levels(
      page, &start, greatest: leaf.definition, encoding: header.definitionEncoding)
    return DataPage(
      valueCount: header.valueCount, repetitions: repetitions, definitions: definitions,
      values: try decoder(page, start..<page.count, header))
  }

  /// Levels of version 1: 4 bytes length, runs.
  private func levels(
    _ page: PageBytes, _ start: inout Int, greatest: Int, encoding: Int32
  ) throws(Damage) -> RunLengthDecoder? {
    guard greatest > 0 else { return nil }
    guard encoding == Encoding.runLength.rawValue else {
      throw .unsupported("levels in encoding \(encoding)")
    }
    guard page.count - start >= 4 else { throw Damage("a page ends too early") }
    let byteCount = Int(page.load(start, as: UInt32.self))
    guard byteCount <= page.count - start - 4 else { throw Damage("a page ends too early") }
    let range = start + 4..<start + 4 + byteCount
    start = range.upperBound
    return try RunLengthDecoder(page, range, width: bitWidth(of: greatest))
  }

  /// Version 2 keeps the levels uncompressed, before the values.
  private func version2(_ header: PageHeader, _ body: Range<Int>) throws(Damage) -> DataPage {
    let levelCount = header.repetitionByteCount + header.definitionByteCount
    guard levelCount <= body.count, levelCount <= header.uncompressedByteCount else {
      throw Damage("the levels of a page run past its end")
    }
    let levels = try copied(body.lowerBound..<body.lowerBound + levelCount)
    let packed = body.lowerBound + levelCount..<body.upperBound
    let page =
      header.isCompressed && !packed.isEmpty
      ? try decompressed(packed, byteCount: header.uncompressedByteCount - levelCount)
      : try copied(packed)
    let middle = header.repetitionByteCount
    return DataPage(
      valueCount: header.valueCount,
      repetitions: leaf.repetition == 0
        ? nil : try RunLengthDecoder(levels, 0..<middle, width: bitWidth(of: leaf.repetition)),
      definitions: leaf.definition == 0
        ? nil
        : try RunLengthDecoder(
          levels, middle..<levelCount, width: bitWidth(of: leaf.definition)),
      values: try decoder(page, 0..<page.count, header))
  }

  private func decoder(
    _ page: PageBytes, _ range: Range<Int>, _ header: PageHeader
  ) throws(Damage) -> any ValueDecoder {
    let count = header.valueCount
    switch (Encoding(rawValue: header.encoding), leaf.physical) {
    case (.plain, _): return PlainDecoder(page, range, leaf)
    case (.plainDictionary, _), (.runLengthDictionary, _):
      guard let dictionary else { throw Damage("a column chunk lacks its dictionary page") }
      return try DictionaryDecoder(page, range, dictionary)
    case (.runLength, .boolean): return try RunLengthBooleanDecoder(page, range)
    case (.deltaBinaryPacked, .int32), (.deltaBinaryPacked, .int64):
      return try DeltaBinaryDecoder(page, range, leaf)
    case (.deltaLengthByteArray, .byteArray):
      return try DeltaByteArrayDecoder(
        page, range, leaf, hasPrefixes: false, atMost: count, in: room)
    case (.deltaByteArray, .byteArray), (.deltaByteArray, .fixedLengthByteArray):
      return try DeltaByteArrayDecoder(
        page, range, leaf, hasPrefixes: true, atMost: count, in: room)
    case (.byteStreamSplit, _):
      return try ByteStreamSplitDecoder(page, range, leaf, in: room)
    default: throw .unsupported("values of \(leaf.physical) in encoding \(header.encoding)")
    }
  }

  private func readDictionary(_ header: PageHeader, _ body: Range<Int>) throws(Damage) {
    let page = try decompressed(body, byteCount: header.uncompressedByteCount)
    let encoding = Encoding(rawValue: header.encoding)
    guard encoding == .plain || encoding == .plainDictionary else {
      throw .unsupported("a dictionary page in encoding \(header.encoding)")
    }
    let values = try PlainDecoder(page, 0..<page.count, leaf).next(header.valueCount)
    dictionary = DictionaryPage(
      values, count: header.valueCount,
      hold: try PageRoomHold(room, page.count, for: "a dictionary page"))
  }

  private func check(_ header: PageHeader, _ body: Range<Int>) throws(Damage) {
    guard let expected = header.checksum else { return }
    let actual = try withBytes(body) { (bytes) throws(Damage) in crc32Checksum(bytes) }
    guard actual == expected else { throw Damage("a page does not match its checksum") }
  }

  private func decompressed(_ range: Range<Int>, byteCount: Int) throws(Damage) -> PageBytes {
    try withBytes(range) { (source) throws(Damage) in
      guard byteCount == 0 || codec.mayHold(byteCount, in: source) else {
        throw Damage("a page does not hold the \(byteCount) bytes it claims")
      }
      let page = try PageBytes(count: byteCount, in: room)
      try decompressor.decompress(
        source, into: UnsafeMutableRawBufferPointer(start: page.base, count: byteCount))
      return page
    }
  }

  private func copied(_ range: Range<Int>) throws(Damage) -> PageBytes {
    let page = try PageBytes(count: range.count, in: room)
    try withBytes(range) { (source) throws(Damage) in
      if let base = source.baseAddress {
        page.base.copyMemory(from: base, byteCount: source.count)
      }
    }
    return page
  }

  /// Runs `body` on some of the chunk's bytes; carries its typed error over the border that
  /// `withUnsafeBytes` draws.
  private func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Damage) -> Result
  ) throws(Damage) -> Result {
    let result = bytes.withUnsafeBytes { all -> Swift.Result<Result, Damage> in
      do throws(Damage) {
        return .success(try body(UnsafeRawBufferPointer(rebasing: all[range])))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
