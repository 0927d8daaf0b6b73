package import Core
import JSON
package import LakeJobs
package import TextFormats

/// Why a line of an input is no event: the rule that it breaks, and the rule in words.
package struct RejectReason: Equatable {
  package var rule: String
  package var words: String

  package static let torn = RejectReason(rule: "truncated_line", words: "the last line is torn")

  /// That a line has more than `limit` bytes; what is kept of it are the first of them.
  package static func tooLong(_ limit: Int) -> RejectReason {
    RejectReason(rule: "line_length", words: "longer than \(limit) bytes; cut there")
  }

  /// That a record has other fields than its contract declares, which `words` name.
  package static func drift(_ words: [String]) -> RejectReason {
    RejectReason(rule: "schema_drift", words: words.joined(separator: ", "))
  }

  /// What a file in UTF-8 may begin with; inside of one it is no space.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  package init(rule: String, words: String) {
    self.rule = rule
    self.words = words
  }

  /// Why `line` is no object, or none with all that it needs.
  package init(_ reason: JSONLineCheck.Reason, in line: some Collection<UInt8>) {
    switch reason {
    case .noObject where line.starts(with: Self.byteOrderMark):
      self.init(
        rule: "valid_json",
        words: "a byte order mark stands before it: here another file begins")
    case .noObject: self.init(rule: "valid_json", words: "not a JSON object")
    case .misfit(let words): self.init(rule: "valid_shape", words: words)
    case .lacks(let field): self.init(rule: "\(field)_present", words: "no '\(field)'")
    case .noTime(let field, let value):
      let found = value.map { "'\($0.count > 40 ? $0.prefix(40) + "…" : $0[...])'" }
      self.init(
        rule: "\(field)_valid",
        words: "'\(field)' is \(found ?? "no text"), not an RFC 3339 time with an offset or Z")
    }
  }
}

/// Writes lines that are no events to files of their own, in quarantine's shape.
package final class RejectWriter {
  private var row: RejectedRow
  private let lines: FrameWriter
  private let addition: BronzeAppend
  private var counts: [String: Int] = [:]
  /// What was set aside last, and how many one after the other for its rule; not counted yet.
  private var latest: (rule: String, count: Int) = ("", 0)

  /// A few lines go to the files of `gathering`, those of many small inputs, if that is given.
  package init(
    _ append: BronzeAppend, _ lake: Lake, _ table: LakeTableName,
    fileByteCount: Int = RawFileWriter.standardFileByteCount, gathering: RawFileWriter? = nil
  ) throws(Fault) {
    row = RejectedRow(table: table, time: lake.clock.now, runID: lake.runID)
    addition = append
    lines = try FrameWriter(
      RawFileWriter(
        append, lake.fileSystem, fileByteCount: fileByteCount, isRejected: true,
        gathering: gathering))
  }

  /// Sets a line aside; a record of a file whose header names its fields, with that header.
  package func append(
    _ raw: [UInt8], _ reason: RejectReason, at place: LinePlace, header: [UInt8]? = nil
  ) throws {
    row.write(raw, reason, at: place, header: header)
    try lines.append(row.bytes)
    if reason.rule != latest.rule { count() }
    latest = (reason.rule, latest.count + 1)
  }

  /// Gives the files their names.
  package func publish() throws {
    try lines.publish()
    count()
    for (rule, count) in counts { addition.add(setAside: count, by: rule) }
    counts = [:]
  }

  package func discard() { lines.discard() }

  private func count() {
    if latest.count > 0 { counts[latest.rule, default: 0] += latest.count }
    latest.count = 0
  }
}
