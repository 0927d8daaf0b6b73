import Columnar
import Compression
import Core

/// One leaf's part of a set of rows, ready to be written.
struct LeafRows {
  /// Empty when the leaf's definition level is 0.
  var definitions: [UInt8] = []
  /// Empty when nothing repeats above the leaf.
  var repetitions: [UInt8] = []
  /// Entries, NULLs among them.
  var count: Int
  /// The values that are there.
  var values: Column
}

/// Gathers the pages of one column chunk in memory, compressed.
final class ChunkWriter {
  let leaf: LeafColumn
  private let options: WriterOptions
  private let compressor: BlockCompressor
  private let encoder: ChunkEncoder
  private var definitions: [UInt8] = []
  private var repetitions: [UInt8] = []
  private var pendingCount = 0
  private var pages: [[UInt8]] = []
  private var pageByteCount = 0
  private var encodings: Set<Int32> = []
  private var uncompressedByteCount = 0
  private(set) var entryCount = 0
  private(set) var nullCount = 0

  init(_ leaf: LeafColumn, _ options: WriterOptions, _ compressor: BlockCompressor) {
    self.leaf = leaf
    self.options = options
    self.compressor = compressor
    encoder = ChunkEncoder(leaf, DictionaryLimits(byteCount: options.dictionaryByteCount))
  }

  /// About how many bytes the chunk takes before compression.
  var byteCount: Int { uncompressedByteCount + encoder.value.pendingByteCount }

  /// About how many bytes the chunk holds in memory.
  var heldByteCount: Int {
    pageByteCount + definitions.capacity + repetitions.capacity + encoder.value.heldByteCount
  }

  /// The least and greatest value so far, whole.
  var bounds: PlainBounds? { encoder.value.bounds }

  /// Adds rows to the page at hand.
  func append(_ rows: LeafRows) {
    definitions.append(contentsOf: rows.definitions)
    repetitions.append(contentsOf: rows.repetitions)
    pendingCount += rows.count
    entryCount += rows.count
    nullCount += rows.count - rows.values.count
    if rows.values.count > 0 { encoder.append(rows.values) }
  }

  /// Ends the page at hand when it is large enough; called between rows only.
  func endPageIfFull() throws(Fault) {
    let byteCount = encoder.value.pendingByteCount
    if pendingCount >= options.pageRowCount || byteCount >= options.pageByteCount { try endPage() }
  }

  private func endPage() throws(Fault) {
    guard pendingCount > 0 else { return }
    let (encoding, values) = encoder.takePage()
    var body: [UInt8] = []
    body.reserveCapacity(values.count + pendingCount / 4 + 16)
    appendLevels(repetitions, greatest: leaf.repetition, to: &body)
    appendLevels(definitions, greatest: leaf.definition, to: &body)
    body.append(contentsOf: values)
    var header = PageHeader()
    header.kind = .data
    header.valueCount = pendingCount
    header.encoding = encoding.rawValue
    encodings.insert(encoding.rawValue)
    let page = try page(header, body)
    pages.append(page)
    pageByteCount += page.count
    pendingCount = 0
    definitions.removeAll(keepingCapacity: true)
    repetitions.removeAll(keepingCapacity: true)
  }

  private func appendLevels(_ levels: [UInt8], greatest: Int, to body: inout [UInt8]) {
    guard greatest > 0 else { return }
    let bytes = runLengthEncoded(levels, width: bitWidth(of: greatest))
    var length = UInt32(bytes.count)
    for _ in 0..<4 {
      body.append(UInt8(truncatingIfNeeded: length))
      length >>= 8
    }
    body.append(contentsOf: bytes)
  }

  /// Header and compressed body.
  private func page(_ header: PageHeader, _ body: [UInt8]) throws(Fault) -> [UInt8] {
    let compressed = try compressor.compress(body)
    var header = header
    header.uncompressedByteCount = body.count
    header.compressedByteCount = compressed.count
    header.checksum = compressed.withUnsafeBytes { crc32Checksum($0) }
    var writer = CompactWriter()
    header.write(to: &writer)
    uncompressedByteCount += writer.bytes.count + body.count
    return writer.bytes + compressed
  }

  /// Ends the chunk: its bytes, and its footer entry for a chunk that starts at `offset`.
  func finish(at offset: Int) throws(Fault) -> (pages: [[UInt8]], metadata: ChunkMetadata) {
    try endPage()
    var metadata = ChunkMetadata()
    var all = pages
    metadata.dataPageOffset = offset
    if let (count, bytes) = encoder.value.takeDictionary() {
      var header = PageHeader()
      header.kind = .dictionary
      header.valueCount = count
      header.encoding = Encoding.plain.rawValue
      let dictionary = try page(header, bytes)
      all.insert(dictionary, at: 0)
      metadata.dictionaryPageOffset = offset
      metadata.dataPageOffset = offset + dictionary.count
      encodings.insert(Encoding.plain.rawValue)
    }
    if leaf.definition > 0 || leaf.repetition > 0 { encodings.insert(Encoding.runLength.rawValue) }
    metadata.physical = leaf.physical
    metadata.encodings = encodings.sorted()
    metadata.path = leaf.path
    metadata.codec = options.codec.parquetCode
    metadata.valueCount = entryCount
    metadata.uncompressedByteCount = uncompressedByteCount
    metadata.compressedByteCount = all.reduce(0) { $0 + $1.count }
    metadata.bounds = footerBounds()
    return (all, metadata)
  }

  private func footerBounds() -> ChunkBounds {
    var result = ChunkBounds()
    result.nullCount = Int64(nullCount)
    guard let bounds = encoder.value.bounds else { return result }
    result.minimum = bounds.minimum
    result.maximum = bounds.maximum
    result.isMinimumExact = true
    result.isMaximumExact = true
    let limit = options.boundByteCount
    if leaf.physical == .byteArray {
      if bounds.minimum.count > limit {
        result.minimum = shortened(bounds.minimum, to: limit, isText: leaf.type == .string)
        result.isMinimumExact = false
      }
      if bounds.maximum.count > limit {
        result.maximum = raised(shortened(bounds.maximum, to: limit, isText: leaf.type == .string))
        result.isMaximumExact = false
      }
    } else if leaf.type.layout == .double {
      result.minimum = signed(bounds.minimum, negative: true)
      result.maximum = signed(bounds.maximum, negative: false)
    }
    return result
  }

  /// A bound of zero with the sign that takes in both zeros.
  private func signed(_ bound: [UInt8], negative: Bool) -> [UInt8] {
    guard bound.dropLast().allSatisfy({ $0 == 0 }), bound[bound.count - 1] & 127 == 0 else {
      return bound
    }
    return Array(bound.dropLast()) + [negative ? 128 : 0]
  }
}

/// The first bytes of a bound; of text, whole characters only.
private func shortened(_ bound: [UInt8], to limit: Int, isText: Bool) -> [UInt8] {
  var count = limit
  if isText { while count > 0, bound[count] & 0xC0 == 0x80 { count -= 1 } }
  return Array(bound.prefix(count))
}

/// The least bytes above all that start with `prefix` and stay text if they were: the last byte
/// or ASCII character that can be raised is; nil when none can.
private func raised(_ prefix: [UInt8]) -> [UInt8]? {
  var bytes = prefix
  while let last = bytes.popLast() {
    if last < 0x7F { return bytes + [last + 1] }
  }
  return nil
}

extension Codec {
  /// The codec's number in the footer.
  var parquetCode: Int32 {
    switch self {
    case .none: 0
    case .snappy: 1
    case .gzip: 2
    case .zstd: 6
    }
  }
}
