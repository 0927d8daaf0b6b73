package import Core
import JSON

/// Finds entries of a record, in the memory of one of them.
package struct AuditSearch {
  /// Which entries are wanted: all that have each of these.
  package struct Choice: Sendable {
    package var kind: NamePattern?
    package var subject: NamePattern?
    package var user: String?
    package var runID: String?
    package var since: Timestamp?
    package var until: Timestamp?

    package init() {}

    func takes(_ record: AuditRecord) -> Bool {
      (kind?.matches(record.entry.kind) ?? true)
        && (subject?.matches(record.entry.subject) ?? true)
        && (user.map { $0 == record.who.user || $0 == record.who.login } ?? true)
        && (runID.map { $0 == record.who.runID } ?? true)
        && (since.map { $0 <= record.time } ?? true) && (until.map { record.time < $0 } ?? true)
    }
  }

  /// An entry, and where it stands.
  package struct Hit: Sendable {
    package let record: AuditRecord
    package let place: Place
    /// The line as it stands there, without its end.
    package let line: [UInt8]
  }

  private let folder: AuditFolder
  private let reader = JSONReader()

  package init(in folder: AuditFolder) { self.folder = folder }

  /// Gives each entry of `choice` to `take`, the oldest first. Lines that are no entries are passed
  /// over: telling of them is `AuditCheck`'s.
  package func forEach(_ choice: Choice, _ take: (Hit) throws -> Void) throws {
    for path in try folder.paths() { try forEach(in: path, choice, take) }
  }

  private func forEach(
    in path: String, _ choice: Choice, _ take: (Hit) throws -> Void
  ) throws {
    let lines = AuditLines(try folder.files.open(path))
    while let line = try lines.next() {
      guard case .success(let record) = AuditRecord.read(line.bytes, reader),
        choice.takes(record)
      else { continue }
      try take(
        Hit(record: record, place: Place(path, line: line.number), line: Array(line.bytes)))
    }
  }

  /// The entry of that number; nil when there is none.
  package func entry(_ number: Int) throws(Fault) -> Hit? {
    // A file's first entry has the least number of it.
    for path in try folder.paths().reversed() {
      let lines = AuditLines(try folder.files.open(path))
      while let line = try lines.next() {
        guard case .success(let record) = AuditRecord.read(line.bytes, reader) else { continue }
        if record.number > number { break }
        if record.number == number {
          return Hit(record: record, place: Place(path, line: line.number), line: Array(line.bytes))
        }
      }
    }
    return nil
  }
}
