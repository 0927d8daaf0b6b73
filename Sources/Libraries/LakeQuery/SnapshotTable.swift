package import Columnar
import Core
package import Delta
package import Engine

/// A version of a Delta table, or some files in its shape, as the engine scans them.
package struct SnapshotTable: TableProvider {
  package let name: String
  private let snapshot: Snapshot
  /// The files that are read; nil when those of the version.
  private let files: [AddedFile]?

  /// `files` may be of another version, such as those that were removed since.
  package init(name: String, _ snapshot: Snapshot, files: [AddedFile]? = nil) {
    self.name = name
    self.snapshot = snapshot
    self.files = files
  }

  package var schema: Schema { snapshot.schema.unsealed }

  package var estimatedRowCount: Int? {
    guard let files else { return snapshot.rowCount }
    var total = 0
    for file in files {
      guard let count = file.rowCount else { return nil }
      total = total.saturatingAdd(count)
    }
    return total
  }

  package func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    try tableScan(request).sources(atMost: max(1, request.parallelism))
  }

  /// Some files are few, and not worth to be kept apart.
  package func isParted(by column: String) -> Bool {
    files == nil && snapshot.isParted(by: column)
  }

  package func scan(
    _ request: ScanRequest, partedBy column: String
  ) throws -> [any BatchSource]? {
    files == nil ? try tableScan(request).sources(partedBy: column) : nil
  }

  /// Files by partition values and statistics, row groups by their own; of a whole version.
  package func summary(of request: ScanRequest) throws -> ScanSummary? {
    guard files == nil else { return nil }
    let counts = try snapshot.scanCounts(where: request.predicates)
    return ScanSummary(
      fileCount: counts.fileCount,
      fileCountSkippedByPartition: counts.fileCountSkippedByPartition,
      fileCountSkippedByStatistics: counts.fileCountSkippedByStatistics,
      rowGroups: .init(count: counts.rowGroupCount, readCount: counts.rowGroupCountRead))
  }

  private func tableScan(_ request: ScanRequest) throws -> TableScan {
    try snapshot.scan(columns: request.columns, predicates: request.predicates, files: files)
  }
}
