package import Columnar
package import Core

/// The rows of a Parquet file, batch by batch; made by `FileReader.batches`.
package final class FileBatches: BatchSource {
  package let schema: Schema
  /// The position in the file of the first row of the batch given last: what deletion vectors
  /// and messages count by.
  package private(set) var firstRow = 0

  private let reader: FileReader
  private let columns: [Int]
  private let rowGroups: [Int]
  private let rowCount: Int
  private var nextGroup = 0
  private var chunks: [Int: ChunkReader] = [:]
  private var chunkOffsets: [Int: Int] = [:]
  private var groupRowsLeft = 0
  private var nextRow = 0

  init(_ reader: FileReader, columns: [Int], rowGroups: [Int], rowCount: Int) {
    self.reader = reader
    self.columns = columns
    self.rowGroups = rowGroups
    self.rowCount = max(1, rowCount)
    schema = reader.schema.selecting(columns)
  }

  package func next() throws(Fault) -> Batch? {
    while groupRowsLeft == 0 {
      guard nextGroup < rowGroups.count else { return nil }
      try openGroup(rowGroups[nextGroup])
      nextGroup += 1
    }
    let count = min(rowCount, groupRowsLeft)
    var read: [Int: Column] = [:]
    for position in columns where read[position] == nil {
      read[position] = try column(reader.mapping.shapes[position], count)
    }
    let result = columns.compactMap { read[$0] }
    firstRow = nextRow
    nextRow += count
    groupRowsLeft -= count
    if groupRowsLeft == 0 { chunks = [:] }
    return Batch(schema, result, rowCount: count)
  }

  private func column(_ shape: ColumnShape, _ count: Int) throws(Fault) -> Column {
    if case .leaf(let leaf) = shape {
      return try damageIn(leaf) { (chunk) throws(Damage) in try chunk.column(count) }
    }
    var runs: [Int: LeafRun] = [:]
    for leaf in shape.leaves {
      runs[leaf.index] = try damageIn(leaf) { (chunk) throws(Damage) in try chunk.run(count) }
    }
    let assembly = Assembly(runs: runs)
    return try damageIn(shape.leaves[0]) { (_) throws(Damage) in
      let column = try assembly.column(shape, repetition: 0, slot: 0)
      guard column.count == count else { throw Damage("a column chunk has too few rows") }
      return column
    }
  }

  /// Runs `body` on the leaf's chunk; damage becomes a fault that says where.
  private func damageIn<Value>(
    _ leaf: LeafColumn, _ body: (ChunkReader) throws(Damage) -> Value
  ) throws(Fault) -> Value {
    let chunk = chunks[leaf.index]!
    do throws(Damage) {
      return try body(chunk)
    } catch {
      let offset = (chunkOffsets[leaf.index] ?? 0) + chunk.position
      throw error.fault(at: reader.place, place(leaf, offset))
    }
  }

  private func place(_ leaf: LeafColumn, _ offset: Int) -> String {
    "column '\(leaf.path.joined(separator: "."))' before byte \(offset)"
  }

  private func openGroup(_ index: Int) throws(Fault) {
    let group = reader.metadata.rowGroups[index]
    nextRow = reader.metadata.rowGroups[..<index].reduce(0) { $0 + $1.rowCount }
    chunks = [:]
    for position in columns {
      for leaf in reader.mapping.shapes[position].leaves where chunks[leaf.index] == nil {
        try openChunk(leaf, group)
      }
    }
    groupRowsLeft = group.rowCount
  }

  private func openChunk(_ leaf: LeafColumn, _ group: RowGroupMetadata) throws(Fault) {
    let chunk = group.chunks[leaf.index]
    let codec: PageCodec
    let range: Range<Int>
    do throws(Damage) {
      codec = try chunk.pageCodec()
      range = try chunk.byteRange(before: reader.footerOffset)
      guard chunk.physical == leaf.physical else {
        throw Damage("the chunk's type is not the column's")
      }
      guard leaf.repetition > 0 || chunk.valueCount == group.rowCount else {
        throw Damage("the chunk has \(chunk.valueCount) values for \(group.rowCount) rows")
      }
    } catch {
      throw error.fault(at: reader.place, "column '\(leaf.path.joined(separator: "."))'")
    }
    let bytes = try reader.file.read(at: range.lowerBound, count: range.count)
    guard bytes.count == range.count else {
      throw Damage("the file ends inside a column chunk")
        .fault(at: reader.place, place(leaf, range.lowerBound + bytes.count))
    }
    chunks[leaf.index] = ChunkReader(
      PageReader(bytes, leaf, codec: codec, valueCount: chunk.valueCount), leaf)
    chunkOffsets[leaf.index] = range.lowerBound
  }
}

extension ChunkMetadata {
  /// The codec of the pages.
  func pageCodec() throws(Damage) -> PageCodec {
    if isEncrypted { throw .unsupported("the column is encrypted") }
    if filePath != nil { throw .unsupported("the column stands in another file") }
    return try PageCodec(number: codec)
  }

  /// Where the chunk's pages stand. Some old writers left the dictionary page's header out of
  /// the count, so a few more bytes are taken where there are any.
  func byteRange(before limit: Int) throws(Damage) -> Range<Int> {
    var start = dataPageOffset
    if let dictionaryPageOffset, dictionaryPageOffset > 0 {
      start = min(start, dictionaryPageOffset)
    }
    guard start <= limit, compressedByteCount <= limit - start else {
      throw Damage("the chunk runs past the end of the file")
    }
    return start..<min(limit, start + compressedByteCount + 100)
  }
}
