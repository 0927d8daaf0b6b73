package import Columnar
import Compression
package import Core

/// Writes batches of one schema to a Parquet file. It neither publishes nor discards the draft:
///
///     let draft = try files.draft(path, replacing: false)
///     let writer = try FileWriter(draft, schema: schema)
///     try writer.append(batch)
///     let statistics = try writer.finish()
///     _ = try draft.publish()
package final class FileWriter: BatchSink {
  /// The writer's name in the footer; no version and no time, so that equal rows give equal bytes.
  static let createdBy = "medallion"

  /// Pages and row groups end at multiples of this many rows only, wherever batches end.
  private static let stride = Batch.standardRowCount

  package let schema: Schema
  private let draft: any DraftFile
  private let options: WriterOptions
  private let mapping: SchemaMapping
  private let compressor: BlockCompressor
  private var metadata = FileMetadata()
  private var chunks: [ChunkWriter] = []
  private var groupRowCount = 0
  private var offset: Int
  private var statistics: StatisticsBuilder

  /// Begins a file in `draft`, which is empty; `.usage` when `schema` has a type that Parquet
  /// cannot hold. Fields whose metadata have a number under `key` get it as their field id.
  package init(
    _ draft: any DraftFile, schema: Schema, options: WriterOptions = .standard,
    numberedBy key: String? = nil
  ) throws(Fault) {
    self.draft = draft
    self.schema = schema
    self.options = options
    metadata.schema = try SchemaElement.list(for: schema, numberedBy: key)
    metadata.createdBy = FileWriter.createdBy
    do throws(Damage) {
      mapping = try SchemaMapping(metadata.schema)
    } catch {
      throw Fault(.internal, error.problem, remedy: "report this as a defect")
    }
    compressor = BlockCompressor(options.codec, level: options.level)
    statistics = StatisticsBuilder(schema, mapping)
    try draft.append(Array("PAR1".utf8))
    offset = 4
    startGroup()
  }

  /// Rows appended so far.
  package var rowCount: Int { metadata.rowCount + groupRowCount }

  /// Adds the rows of `batch`, whose columns have the types of the writer's schema, in order.
  package func append(_ batch: Batch) throws(Fault) {
    precondition(
      batch.columns.count == schema.fields.count, "a batch has a column for each of the file's")
    var start = 0
    while start < batch.rowCount {
      let room = min(
        FileWriter.stride - groupRowCount % FileWriter.stride,
        options.rowGroupRowCount - groupRowCount)
      let end = min(batch.rowCount, start + room)
      try append(batch, start..<end)
      groupRowCount += end - start
      start = end
      try endWhatIsFull()
    }
  }

  /// About how many bytes of the row group at hand are in memory.
  package var heldByteCount: Int { chunks.reduce(0) { $0 + $1.heldByteCount } }

  /// Ends the row group at hand before it is full, so that its memory is free again.
  package func endRowGroup() throws(Fault) { try endGroup() }

  /// Ends the file and tells what it holds.
  package func finish() throws(Fault) -> WrittenFile {
    try endGroup()
    var writer = CompactWriter()
    metadata.write(to: &writer)
    var length = UInt32(writer.bytes.count)
    var bytes = writer.bytes
    for _ in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: length))
      length >>= 8
    }
    bytes.append(contentsOf: "PAR1".utf8)
    try draft.append(bytes)
    offset += bytes.count
    return WrittenFile(
      rowCount: metadata.rowCount, byteCount: offset, columns: statistics.columns)
  }

  private func append(_ batch: Batch, _ rows: Range<Int>) throws(Fault) {
    for (position, shape) in mapping.shapes.enumerated() {
      let column = batch.columns[position].slice(rows)
      precondition(
        column.type.layout == schema.fields[position].type.layout,
        "column '\(schema.fields[position].name)' is \(column.type.sql)")
      statistics.note(column, at: position)
      if case .leaf(let leaf) = shape {
        chunks[leaf.index].append(try leafRows(column, leaf))
      } else {
        let parts = try Shredding.leaves(of: column, shape)
        for (leaf, part) in zip(shape.leaves, parts) { chunks[leaf.index].append(part) }
      }
    }
  }

  /// A column that is a leaf itself: its levels are its validity.
  private func leafRows(_ column: Column, _ leaf: LeafColumn) throws(Fault) -> LeafRows {
    guard let validity = column.validity, !validity.isAllSet else {
      return LeafRows(
        definitions: leaf.definition > 0 ? [UInt8](repeating: 1, count: column.count) : [],
        count: column.count, values: column)
    }
    guard leaf.definition > 0 else { throw Shredding.nullFault(leaf) }
    return LeafRows(
      definitions: (0..<column.count).map { validity[$0] ? 1 : 0 }, count: column.count,
      values: column.filtering(validity))
  }

  private func endWhatIsFull() throws(Fault) {
    let isGroupFull = groupRowCount >= options.rowGroupRowCount
    guard isGroupFull || groupRowCount % FileWriter.stride == 0 else { return }
    for chunk in chunks { try chunk.endPageIfFull() }
    let byteCount = chunks.reduce(0) { $0 + $1.byteCount }
    if isGroupFull || byteCount >= options.rowGroupByteCount { try endGroup() }
  }

  private func startGroup() {
    groupRowCount = 0
    chunks = mapping.shapes.flatMap(\.leaves).map { ChunkWriter($0, options, compressor) }
  }

  private func endGroup() throws(Fault) {
    guard groupRowCount > 0 else { return }
    var group = RowGroupMetadata()
    group.rowCount = groupRowCount
    group.fileOffset = offset
    for chunk in chunks {
      let (pages, metadata) = try chunk.finish(at: offset)
      for page in pages { try draft.append(page) }
      offset += metadata.compressedByteCount
      group.byteCount += metadata.uncompressedByteCount
      group.chunks.append(metadata)
      statistics.note(chunk)
    }
    group.compressedByteCount = offset - (group.fileOffset ?? 0)
    metadata.rowGroups.append(group)
    metadata.rowCount += groupRowCount
    startGroup()
  }
}

/// Gathers a file's statistics over its row groups.
private struct StatisticsBuilder {
  private(set) var columns: [ColumnStatistics] = []
  private var entryOfLeaf: [Int: Int] = [:]
  private var entryOfList: [Int: Int] = [:]
  /// Leaves with a row group whose values have no order.
  private var unordered: Set<Int> = []

  init(_ schema: Schema, _ mapping: SchemaMapping) {
    for (position, shape) in mapping.shapes.enumerated() {
      if case .list = shape {
        entryOfList[position] = columns.count
        columns.append(
          ColumnStatistics(path: [schema.fields[position].name], type: shape.type, nullCount: 0))
      } else {
        for leaf in shape.leaves where leaf.repetition == 0 {
          entryOfLeaf[leaf.index] = columns.count
          columns.append(ColumnStatistics(path: leaf.path, type: leaf.type, nullCount: 0))
        }
      }
    }
  }

  /// Takes the NULLs of a list or map.
  mutating func note(_ column: Column, at position: Int) {
    if let entry = entryOfList[position] { columns[entry].nullCount += column.nullCount }
  }

  /// Takes a finished chunk.
  mutating func note(_ chunk: ChunkWriter) {
    guard let entry = entryOfLeaf[chunk.leaf.index] else { return }
    columns[entry].nullCount += chunk.nullCount
    guard chunk.nullCount < chunk.entryCount, !unordered.contains(entry) else { return }
    guard let bounds = chunk.bounds, let least = chunk.leaf.bound(bounds.minimum),
      let greatest = chunk.leaf.bound(bounds.maximum)
    else {
      unordered.insert(entry)
      columns[entry].minimum = nil
      columns[entry].maximum = nil
      return
    }
    if columns[entry].minimum.flatMap({ order(least, $0) }).map({ $0 < 0 }) ?? true {
      columns[entry].minimum = least
    }
    if columns[entry].maximum.flatMap({ order(greatest, $0) }).map({ $0 > 0 }) ?? true {
      columns[entry].maximum = greatest
    }
  }
}
