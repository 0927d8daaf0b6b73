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
  private let room: PageRoom
  /// The bytes of text that a column of a batch may have, unless one value has more.
  private let textLimit: Int
  private var nextGroup = 0
  /// How many rows a batch of the group at hand has.
  private var groupBatchRowCount = 0
  /// Values that were read and found no place in a batch with long texts, from a position on.
  private var held: [Int: (column: Column, from: Int)] = [:]
  private var chunks: [Int: ChunkReader] = [:]
  private var chunkOffsets: [Int: Int] = [:]
  private var groupRowsLeft = 0
  private var nextRow = 0

  /// Batches have `textLimit` bytes of text a column, or as many as the run allows.
  init(
    _ reader: FileReader, columns: [Int], rowGroups: [Int], rowCount: Int, textLimit: Int? = nil
  ) {
    self.reader = reader
    self.columns = columns
    self.rowGroups = rowGroups
    schema = reader.schema.selecting(columns)
    room = PageRoom(fileByteCount: reader.file.byteCount)
    self.textLimit =
      textLimit ?? min(PieceLimit.byteCount / 4, PieceLimit.byteCount / max(1, columns.count))
    let cells = FileBatches.greatestCellCount / max(1, columns.count)
    self.rowCount = max(1, min(rowCount, cells))
  }

  /// How many values a batch has at most, of all columns together.
  private static let greatestCellCount = 1 << 25

  package func next() throws(Fault) -> Batch? {
    while groupRowsLeft == 0 {
      guard nextGroup < rowGroups.count else { return nil }
      try openGroup(rowGroups[nextGroup])
      nextGroup += 1
    }
    var count = min(groupBatchRowCount, groupRowsLeft)
    var read: [Int: Column] = [:]
    for position in columns where read[position] == nil {
      let column = try nextColumn(position, atMost: count)
      read[position] = column
      count = min(count, column.count)
    }
    for (position, column) in read where column.count > count {
      hold(column, of: position, from: count)
      read[position] = column.slice(0..<count)
    }
    let result = columns.compactMap { read[$0] }
    firstRow = nextRow
    nextRow += count
    groupRowsLeft -= count
    if groupRowsLeft == 0 { chunks = [:] }
    return Batch(schema, result, rowCount: count)
  }

  /// The next values of the column at `position`, `count` or fewer.
  private func nextColumn(_ position: Int, atMost count: Int) throws(Fault) -> Column {
    guard let (column, from) = held.removeValue(forKey: position) else {
      return try column(reader.mapping.shapes[position], count)
    }
    let end = min(column.count, from + count)
    if end < column.count { held[position] = (column, end) }
    return column.slice(from..<end)
  }

  /// Keeps the values from `start` on for the next batch, before those that are held already.
  private func hold(_ column: Column, of position: Int, from start: Int) {
    if let (behind, end) = held[position] {
      held[position] = (behind, end - (column.count - start))
    } else {
      held[position] = (column, start)
    }
  }

  private func column(_ shape: ColumnShape, _ count: Int) throws(Fault) -> Column {
    if case .leaf(let leaf) = shape {
      return try damageIn(leaf) { (chunk) throws(Damage) in
        try chunk.column(count, textLimit: textLimit)
      }
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
    nextRow = reader.firstRows[index]
    chunks = [:]
    groupBatchRowCount = rowCount
    var byteCount = 0
    for position in columns {
      let shape = reader.mapping.shapes[position]
      for leaf in shape.leaves where chunks[leaf.index] == nil {
        let chunk = group.chunks[leaf.index]
        byteCount = byteCount.saturatingAdd(chunk.compressedByteCount)
        guard byteCount / 8 <= PieceLimit.byteCount else {
          throw Damage.tooLarge("the columns of a row group have more than \(byteCount) bytes")
            .fault(at: reader.place, place(leaf, chunk.dataPageOffset))
        }
        try openChunk(leaf, group)
        if leaf.repetition > 0 { limitBatch(chunk, group) }
      }
    }
    groupRowsLeft = group.rowCount
  }

  /// Makes batches of lists with long rows shorter, as far as the footer tells: whole rows are put
  /// together at once.
  private func limitBatch(_ chunk: ChunkMetadata, _ group: RowGroupMetadata) {
    let byteCountOfRow = chunk.uncompressedByteCount / max(1, group.rowCount)
    if byteCountOfRow > 0 {
      groupBatchRowCount = min(groupBatchRowCount, max(1, textLimit / byteCountOfRow))
    }
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
      PageReader(bytes, leaf, codec: codec, valueCount: chunk.valueCount, room: room), leaf)
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
