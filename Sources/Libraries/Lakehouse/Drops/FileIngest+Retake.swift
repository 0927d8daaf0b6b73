import Columnar
import Core
import JSON
import TextFormats

extension FileIngest {
  /// Takes records that were set aside once more, those that were not replayed yet; each is known
  /// by its identity from then on, whatever becomes of it.
  func retake(
    _ rows: [QuarantineTable.Replay], _ reason: ReplayLog.Reason
  ) throws -> QuarantineTable.Replayed {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return QuarantineTable.Replayed() }
    if let parquet = format as? ParquetDrop {
      try parquet.retake(
        fresh, append, try RejectWriter(append, lake, contract.name, fileByteCount: 64 << 20),
        lake.fileSystem)
    } else {
      // Records of one header can stand in one file.
      for (header, group) in Dictionary(grouping: fresh, by: \.row.sourceHeader)
        .sorted(by: { ($0.key ?? "") < ($1.key ?? "") })
      {
        let (bytes, places) = text(of: group, header)
        _ = try sort(
          TextFile(format.encoded(bytes)), from: DropOrigin(name: "quarantine", places: places),
          append)
      }
    }
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    return QuarantineTable.Replayed(count: fresh.count, commit: try append.commit())
  }

  /// A file of `rows`, and where its records came from, by the line that each begins with.
  private func text(
    of rows: [QuarantineTable.Replay], _ header: String?
  ) -> (bytes: [UInt8], places: [Int64: LineOrigin.Place]) {
    var bytes: [UInt8] = header.map { Array($0.utf8) + [0x0A] } ?? []
    var line = Int64(1 + bytes.count { $0 == 0x0A })
    var places: [Int64: LineOrigin.Place] = [:]
    for replay in rows {
      places[line] = replay.row.place
      let record = contract.format == "csv" ? replay.raw : replay.raw.onOneLine
      bytes += record + [0x0A]
      line += Int64(1 + record.count { $0 == 0x0A })
    }
    return (bytes, places)
  }
}

extension ParquetDrop {
  /// Takes rows that were set aside as JSON, perhaps mended; those that do not suit the columns are
  /// set aside again.
  fileprivate func retake(
    _ rows: [QuarantineTable.Replay], _ append: BronzeAppend, _ rejects: RejectWriter,
    _ fileSystem: any FileSystem
  ) throws {
    var text: [UInt8] = []
    for replay in rows {
      if let flaw = flaw(ofJSON: replay.raw) {
        try rejects.append(replay.raw, flaw, at: replay.row.place)
      } else {
        text += replay.raw.onOneLine + [0x0A]
      }
    }
    let reader = try JSONLinesReader(
      TextFile(text), schema: Schema(declared), at: Place("quarantine"))
    _ = try append.addParquet(reader, fileSystem: fileSystem)
    try rejects.publish()
  }

  private func flaw(ofJSON raw: [UInt8]) -> RejectReason? {
    guard let object = (try? JSONValue(parsing: raw))?.object else {
      return RejectReason(.noObject)
    }
    let (drift, flaw) = ShapeCheck(declared).differences(of: object)
    return flaw ?? (self.drift == .quarantine && !drift.isEmpty ? .drift(drift.map(\.words)) : nil)
  }
}

extension QuarantinedRow {
  /// Where its line came from.
  var place: LineOrigin.Place {
    LineOrigin.Place(
      source: sourceFile, line: Int(sourceLine), offset: sourceOffset.map { Int($0) })
  }
}

extension [UInt8] {
  /// The text of a JSON value without line breaks, which are space between its tokens.
  var onOneLine: [UInt8] { map { $0 == 0x0A ? 0x20 : $0 } }
}
