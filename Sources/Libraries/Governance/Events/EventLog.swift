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
      lines[event.time.date, default: []] += [UInt8]((event.line + "\n").utf8)
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

  /// The events of one day in the order they were written; lines that are no run event are passed
  /// over.
  package func events(of day: CivilDate) throws(Fault) -> [RunEvent] {
    let path = "\(folder)/\(day).ndjson"
    guard try files.exists(path) else { return [] }
    let reader = JSONReader()
    return try files.read(path).split(separator: UInt8(ascii: "\n")).compactMap { line in
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
