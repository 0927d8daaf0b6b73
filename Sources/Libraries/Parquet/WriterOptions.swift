package import Compression

/// How a Parquet file is written. The same rows and options give the same bytes, however the
/// rows are cut into batches.
package struct WriterOptions: Sendable {
  package var codec: Codec
  /// The codec's own scale; nil takes what is usual.
  package var level: Int?
  /// A row group ends at whichever comes first: rows, or bytes before compression.
  package var rowGroupRowCount: Int
  package var rowGroupByteCount: Int
  /// A page ends at whichever comes first: rows, or bytes before compression.
  package var pageRowCount: Int
  package var pageByteCount: Int
  /// A column's dictionary ends when it is larger; 0 writes none.
  package var dictionaryByteCount: Int
  /// Bounds of strings and binaries are cut to this many bytes in the footer.
  package var boundByteCount: Int

  package init(
    codec: Codec = .zstd, level: Int? = nil, rowGroupRowCount: Int = 1_048_576,
    rowGroupByteCount: Int = 128 << 20, pageRowCount: Int = 65_536,
    pageByteCount: Int = 1 << 20, dictionaryByteCount: Int = 1 << 20, boundByteCount: Int = 64
  ) {
    self.codec = codec
    self.level = level
    self.rowGroupRowCount = max(1, rowGroupRowCount)
    self.rowGroupByteCount = rowGroupByteCount
    self.pageRowCount = max(1, pageRowCount)
    self.pageByteCount = pageByteCount
    self.dictionaryByteCount = dictionaryByteCount
    self.boundByteCount = max(8, boundByteCount)
  }

  /// What other readers of the lake are used to: zstd, row groups of a million rows.
  package static let standard = WriterOptions()
}
