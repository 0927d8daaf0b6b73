/// How much of a table's files a scan reads, told without reading any rows.
package struct ScanSummary: Hashable, Sendable {
  /// The row groups of the files that are read, and how many of them are read.
  package struct RowGroups: Hashable, Sendable {
    package var count: Int
    package var readCount: Int

    package init(count: Int = 0, readCount: Int = 0) {
      self.count = count
      self.readCount = readCount
    }
  }

  /// The files of the table.
  package var fileCount: Int
  /// Files left out because their partition has no row that is asked for.
  package var fileCountSkippedByPartition: Int
  /// Files left out because the bounds of their columns say so.
  package var fileCountSkippedByStatistics: Int
  /// nil where files have no row groups.
  package var rowGroups: RowGroups?

  package init(
    fileCount: Int, fileCountSkippedByPartition: Int = 0, fileCountSkippedByStatistics: Int = 0,
    rowGroups: RowGroups? = nil
  ) {
    self.fileCount = fileCount
    self.fileCountSkippedByPartition = fileCountSkippedByPartition
    self.fileCountSkippedByStatistics = fileCountSkippedByStatistics
    self.rowGroups = rowGroups
  }
}
