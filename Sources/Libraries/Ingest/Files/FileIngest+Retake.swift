package import Bronze
import Columnar
import Core
import LakeJobs
import TextFormats

extension FileIngest {
  /// Takes records that were set aside once more, those that were not replayed yet; each is known
  /// by its identity from then on, whatever becomes of it.
  package func retake(
    _ rows: [ReplayRequest], _ reason: ReplayLog.Reason
  ) throws -> ReplayResult {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return ReplayResult() }
    if let parquet = format as? ParquetFile {
      try parquet.retake(
        fresh, append, try RejectWriter(append, lake, contract.name), lake.fileSystem)
    } else {
      // Records of one header can stand in one file.
      for (header, group) in Dictionary(grouping: fresh, by: \.row.sourceHeader)
        .sorted(by: { ($0.key ?? "") < ($1.key ?? "") })
      {
        let (bytes, places) = text(of: group, header)
        _ = try classify(
          TextFile(format.encoded(bytes)), from: FileOrigin(name: "quarantine", places: places),
          append)
      }
    }
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    return ReplayResult(count: fresh.count, commit: try append.commit())
  }

  /// A file of `rows`, and where its records came from, by the line that each begins with.
  private func text(
    of rows: [ReplayRequest], _ header: String?
  ) -> (bytes: [UInt8], places: [Int64: LinePlace]) {
    var bytes: [UInt8] = header.map { Array($0.utf8) + [0x0A] } ?? []
    var line = Int64(1 + bytes.count { $0 == 0x0A })
    var places: [Int64: LinePlace] = [:]
    for replay in rows {
      places[line] = replay.row.place
      let record = contract.format == "csv" ? replay.raw : replay.raw.onOneLine
      bytes += record + [0x0A]
      line += Int64(1 + record.count { $0 == 0x0A })
    }
    return (bytes, places)
  }
}

extension ParquetFile {
  /// Takes rows that were set aside as JSON, perhaps mended; those that do not suit the columns are
  /// set aside again.
  fileprivate func retake(
    _ rows: [ReplayRequest], _ append: BronzeAppend, _ rejects: RejectWriter,
    _ fileSystem: any FileSystem
  ) throws {
    var given: [UInt8] = []
    for replay in rows { given += replay.raw.onOneLine + [0x0A] }
    let lines = JSONFileLines(
      MemoryBytes([given]), ShapeCheck(declared), threads: 1, at: Place("quarantine"))
    var text: [UInt8] = []
    while let some = try lines.next() {
      for line in some {
        if let reason = line.reason(drift) {
          let row = rows[Int(line.number) - 1].row
          try rejects.append(Array(line.text), reason, at: row.place)
        } else {
          text += line.text + [0x0A]
        }
      }
    }
    let reader = try JSONLinesReader(
      TextFile(text), schema: Schema(declared), at: Place("quarantine"))
    _ = try append.addParquet(reader, fileSystem: fileSystem)
    try rejects.publish()
  }
}
