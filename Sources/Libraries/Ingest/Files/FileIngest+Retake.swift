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
    try format.retake(fresh, by: self, append)
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    return ReplayResult(count: fresh.count, commit: try append.commit())
  }
}

extension TextFileFormat {
  func retake(_ rows: [ReplayRequest], by ingest: FileIngest, _ append: BronzeAppend) throws {
    // Records of one header can stand in one file.
    for (header, group) in Dictionary(grouping: rows, by: \.row.sourceHeader)
      .sorted(by: { ($0.key ?? "") < ($1.key ?? "") })
    {
      let (bytes, places) = text(of: group, header)
      let origin = FileOrigin(name: "quarantine", places: places)
      _ = try ingest.classify(TextFile(encoded(bytes)), from: origin, append)
    }
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
      let record = record(replay.raw)
      bytes += record + [0x0A]
      line += Int64(1 + record.count { $0 == 0x0A })
    }
    return (bytes, places)
  }
}

extension ParquetFile {
  /// The rows were set aside as JSON.
  func retake(_ rows: [ReplayRequest], by ingest: FileIngest, _ append: BronzeAppend) throws {
    let rejects = try RejectWriter(append, ingest.lake, ingest.contract.name)
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
    _ = try append.addParquet(reader, fileSystem: ingest.lake.fileSystem)
    try rejects.publish()
  }
}
