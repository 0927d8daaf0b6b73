import Columnar
import Core
import Parquet

/// One Parquet file of a table in the making, with its statistics.
final class DataFileWriter {
  private let target: WriteTarget
  private let file: DigestedFile
  private let writer: FileWriter

  init(_ target: WriteTarget, stagedPath: String) throws(Fault) {
    self.target = target
    file = DigestedFile(stagedPath: stagedPath, target.table.fileSystem)
    writer = try FileWriter(
      file, schema: target.dataSchema, numberedBy: ColumnMapping.idKey)
  }

  /// Bytes written so far.
  var byteCount: Int { file.byteCount }

  /// About how many bytes the row group at hand has, which is in memory.
  var groupByteCount: Int { writer.heldByteCount }

  /// About how many bytes of the file are in memory.
  var heldByteCount: Int { file.heldByteCount + writer.heldByteCount }

  func append(_ batch: Batch) throws(Fault) { try writer.append(batch) }

  /// Puts what is in memory on disk, as a row group of its own.
  func release() throws(Fault) {
    try writer.endRowGroup()
    try file.release()
  }

  /// Ends the file in `folder` (empty, or ending in a slash) under the digest of its content, with
  /// a number behind if that path is taken.
  func finish(
    folder: String, values: [String?], isTaken: (String) -> Bool
  ) throws(Fault) -> AddedFile {
    let statistics = FileStatistics(
      written: try writer.finish(), columnCount: target.statisticsColumnCount)
    var path = ""
    _ = try file.publish { digest in
      var number = 0
      var relative: String
      repeat {
        let suffix = number == 0 ? "" : "-\(number)"
        relative = "\(folder)\(target.namePrefix)-\(digest)\(suffix).zstd.parquet"
        path = FilePath.encode(relative)
        number += 1
      } while isTaken(path)
      return "\(target.table.path)/\(relative)"
    }
    var partitionValues: [String: String?] = [:]
    for (position, value) in zip(target.partitionPositions, values) {
      partitionValues.updateValue(value, forKey: target.physical.fields[position].name)
    }
    return AddedFile(
      path: path, partitionValues: partitionValues, byteCount: file.byteCount,
      modificationTime: target.time,
      statisticsText: statistics.text(schema: target.dataSchema))
  }

  func discard() { file.discard() }
}
