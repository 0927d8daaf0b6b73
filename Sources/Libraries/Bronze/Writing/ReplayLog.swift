import Columnar
import Core
import JSON
package import LakeJobs
import TextFormats

/// Lines that are to go through a streaming table's flows once more: those of quarantined rows, as
/// they were or mended. Lies at `quarantine/_replays/<table>`, a log like those of bronze, of which
/// the flows take what is new with what is new in bronze.
package struct ReplayLog {
  /// A row that is replayed.
  package struct Entry: Sendable {
    /// The identity of the quarantined row.
    package var id: QuarantineID
    /// The text of its line, perhaps mended.
    package var raw: [UInt8]
    package var sourceFile: String
    package var sourceLine: Int64
    /// Which of its line's rows it is.
    package var sourceRow: Int64
    /// The bronze table that the line stands in.
    package var bronze: LakeTableName
    /// The header of the file that it stands in; nil where a line stands for itself.
    package var header: String?
    /// The flow that made the row.
    package var flow: String

    package init(
      id: QuarantineID, raw: [UInt8], sourceFile: String, sourceLine: Int64, sourceRow: Int64,
      bronze: LakeTableName, header: String?, flow: String
    ) {
      self.id = id
      self.raw = raw
      self.sourceFile = sourceFile
      self.sourceLine = sourceLine
      self.sourceRow = sourceRow
      self.bronze = bronze
      self.header = header
      self.flow = flow
    }
  }

  /// Who has rows replayed, and why.
  package struct Reason: Hashable, Sendable {
    /// A name without a colon, which ends it where it is remembered.
    package var by: String
    package var why: String

    package init(by: String, why: String) {
      self.by = by
      self.why = why
    }

    private static let mark = "replay by "

    /// Reads what a commit remembers; nil for an input that is no replay.
    package init?(_ input: BronzeInput) {
      guard input.name.hasPrefix(Self.mark), let end = input.name.firstRange(of: ": ") else {
        return nil
      }
      by = String(input.name[..<end.lowerBound].dropFirst(Self.mark.count))
      why = String(input.name[end.upperBound...])
    }

    /// What a commit remembers of a row that was replayed.
    package func input(_ id: QuarantineID, byteCount: Int) -> BronzeInput {
      BronzeInput(name: "\(Self.mark)\(by): \(why)", byteCount: byteCount, digest: id.text)
    }
  }

  /// The columns of the log's files.
  static let schema = Schema([
    Field("raw", .string), Field("source_file", .string), Field("source_line", .bigint),
    Field("source_row", .bigint), Field("bronze", .string),
    Field("header", .string), Field("flow", .string), Field("by", .string), Field("why", .string),
  ])

  package let log: BronzeLog
  private let lake: Lake

  package init(of table: LakeTableName, _ lake: Lake) {
    self.lake = lake
    log = BronzeLog(
      folder: "\(lake.root)/quarantine/_replays/\(table.name)", fileSystem: lake.fileSystem)
  }

  /// Has rows replayed, those that are not yet, all or none; tells how many.
  package func append(_ entries: [Entry], _ reason: Reason, tool: String) throws -> Int {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = entries.filter { !known.contains(digest: $0.id.text) }
    guard !fresh.isEmpty else { return 0 }
    let lines = try FrameWriter(RawFileWriter(append, lake.fileSystem))
    do {
      for entry in fresh { try lines.append(line(of: entry, reason)) }
      try lines.publish()
    } catch {
      lines.discard()
      throw error
    }
    for entry in fresh {
      append.add(reason.input(entry.id, byteCount: entry.raw.count))
    }
    _ = try append.commit()
    return fresh.count
  }

  private func line(of entry: Entry, _ reason: Reason) -> JSONValue {
    [
      "id": .string(entry.id.text), "raw": .string(String(decoding: entry.raw, as: UTF8.self)),
      "source_file": .string(entry.sourceFile), "source_line": JSONValue(entry.sourceLine),
      "source_row": JSONValue(entry.sourceRow), "bronze": .string("\(entry.bronze)"),
      "header": entry.header.map { .string($0) } ?? .null, "flow": .string(entry.flow),
      "by": .string(reason.by), "why": .string(reason.why),
    ]
  }
}
