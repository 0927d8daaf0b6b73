package import Columnar
package import Core
import Parquet

/// How much of a snapshot a scan reads, counted without reading rows.
package struct ScanCounts: Hashable, Sendable {
  /// The files of the snapshot.
  package var fileCount = 0
  package var fileCountSkippedByPartition = 0
  package var fileCountSkippedByStatistics = 0
  /// The row groups of the files that are not skipped.
  package var rowGroupCount = 0
  package var rowGroupCountRead = 0
}

extension Snapshot {
  /// What a scan with these predicates reads. It opens the footer of each file that is read.
  package func scanCounts(where predicates: [ColumnPredicate]) throws(Fault) -> ScanCounts {
    let skipping = DataSkipping(self, predicates)
    let plan = try FilePlan(self, columns: [], predicates)
    var counts = ScanCounts()
    for file in files {
      counts.fileCount += 1
      if !skipping.partitionMayHold(file) {
        counts.fileCountSkippedByPartition += 1
      } else if !skipping.keeps(file) {
        counts.fileCountSkippedByStatistics += 1
      } else {
        let reader = try plan.open(file)
        counts.rowGroupCount += reader.rowGroupCount
        counts.rowGroupCountRead += reader.rowGroupCount(where: plan.predicates)
      }
    }
    return counts
  }
}
