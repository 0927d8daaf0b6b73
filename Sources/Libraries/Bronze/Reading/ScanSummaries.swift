import Columnar
import Core
package import Engine
import Parquet

// What EXPLAIN tells of bronze tables and of files: which of their files a scan reads.

extension BronzeTable {
  /// Files by the folders they lie in, row groups by their statistics.
  package func summary(of request: ScanRequest) throws -> ScanSummary? {
    try reader.summary(of: files, request)
  }
}

extension RawFiles {
  package func summary(of request: ScanRequest) throws -> ScanSummary? {
    try reader.summary(of: files, request)
  }
}

extension RawFileReader {
  fileprivate func summary(of files: [RawFile], _ request: ScanRequest) throws -> ScanSummary {
    let read = files.filter { file in request.predicates.allSatisfy { mayHold($0, in: file) } }
    var summary = ScanSummary(
      fileCount: files.count, fileCountSkippedByPartition: files.count - read.count)
    guard format == "parquet" else { return summary }
    var rowGroups = ScanSummary.RowGroups()
    for file in read {
      let bytes = try file.open(fileSystem)
      if bytes.byteCount == 0 { continue }
      let reader = try FileReader(bytes, at: Place(file.path))
      let predicates = ParquetRows.judgeable(request.predicates, reader.schema, as: declared)
      rowGroups.count += reader.rowGroupCount
      rowGroups.readCount += reader.rowGroupCount(where: predicates)
    }
    summary.rowGroups = rowGroups
    return summary
  }
}
