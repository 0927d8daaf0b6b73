package import Core
import JSON

/// The lake's memory of what ran: `<lake>/_events/<day>.ndjson`, one run event a line.
///
/// Writers of several processes append without mixing; a line that a crash left torn is passed over
/// by readers.
package struct EventLog: Sendable {
  private let files: any FileSystem
  private let folder: String

  /// The log of the lake at `lake`.
  package init(lake: String, files: any FileSystem) {
    self.files = files
    folder = "\(lake)/_events"
  }

  /// Adds events, each to the file of its day.
  package func append(_ events: [RunEvent]) throws(Fault) {
    var lines: [CivilDate: [UInt8]] = [:]
    for event in events {
      lines[event.time.date, default: []] += withoutSecrets([UInt8]((event.line + "\n").utf8))
    }
    for (day, bytes) in lines.sorted(by: { $0.key < $1.key }) {
      try files.appendLines(bytes, to: "\(folder)/\(day).ndjson")
    }
  }

  /// The days that have events, in order.
  package func days() throws(Fault) -> [CivilDate] {
    try files.list(folder).compactMap { name in
      name.hasSuffix(".ndjson") ? CivilDate(isoText: name.dropLast(".ndjson".count)) : nil
    }
  }

  /// How many bytes the log of a day has now: what comes later stands behind them.
  package func byteCount(of day: CivilDate) throws(Fault) -> Int {
    try files.status(of: path(of: day))?.byteCount ?? 0
  }

  private func path(of day: CivilDate) -> String { "\(folder)/\(day).ndjson" }

  /// The events of one day in the order they were written, those behind so many bytes of its log;
  /// lines that are no run event are passed over.
  package func events(of day: CivilDate, behind offset: Int = 0) throws(Fault) -> [RunEvent] {
    guard try files.exists(path(of: day)) else { return [] }
    let file = try files.open(path(of: day))
    let bytes = try file.read(at: offset, count: max(0, file.byteCount - offset))
    let reader = JSONReader()
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      do {
        return RunEvent(try reader.read(line))
      } catch {
        // Torn by a crash: its run was not finished, or told by another line.
        return nil
      }
    }
  }

  /// All events from `first` on, the oldest day first.
  package func events(since first: CivilDate? = nil) throws(Fault) -> [RunEvent] {
    var events: [RunEvent] = []
    for day in try days() where first.map({ $0 <= day }) ?? true {
      events += try self.events(of: day)
    }
    return events
  }
}
