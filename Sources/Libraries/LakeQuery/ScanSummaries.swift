import Delta
package import Engine

// What EXPLAIN tells of Delta tables: which of their files a scan reads.

extension DeltaProvider {
  /// Files by partition values and statistics, row groups by their own.
  package func summary(of request: ScanRequest) throws -> ScanSummary? {
    let counts = try snapshot.scanCounts(where: request.predicates)
    return ScanSummary(
      fileCount: counts.fileCount,
      fileCountSkippedByPartition: counts.fileCountSkippedByPartition,
      fileCountSkippedByStatistics: counts.fileCountSkippedByStatistics,
      rowGroups: .init(count: counts.rowGroupCount, readCount: counts.rowGroupCountRead))
  }
}
