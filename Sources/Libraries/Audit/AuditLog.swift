package import Core

/// Adds entries to the record of a lake.
///
///     let log = AuditLog(lake: "lake", files: files, by: actor) { Console.systemTime }
///     try log.append(AuditEntry(kind: "key.rotate", subject: "crm", details: [("why", why)]))
///
/// An entry is whole and on the disk when `append` comes back; entries of several processes
/// stand one after the other. What a crash left at the end is told by an entry of its own. Where an
/// entry cannot be added, the act that it tells of must not be done: the fault says so, and has the
/// kind of what was in the way (73 and 74 for disk and rights, 75 where another holds the record
/// for long, 65 where its end cannot be read).
package struct AuditLog {
  /// A file of as many bytes is full: the next entry begins a new one.
  package static let fileLimit = 16 << 20

  private let folder: AuditFolder
  private let actor: AuditActor
  private let givenTime: Timestamp?
  private let fileLimit: Int
  private let now: () -> Timestamp
  private let warn: (Fault) -> Void

  /// The record of the lake at `lake`, for what `actor` does; `now` is the machine's clock, and
  /// `givenTime` the time that the run was given instead. What is found wrong with the record, and
  /// keeps nothing from being added, is told to `warn`.
  package init(
    lake: String, files: any FileSystem, by actor: AuditActor, givenTime: Timestamp? = nil,
    fileLimit: Int = AuditLog.fileLimit, warn: @escaping (Fault) -> Void = { _ in },
    now: @escaping () -> Timestamp
  ) {
    folder = AuditFolder(lake: lake, files: files)
    self.actor = actor
    self.givenTime = givenTime
    self.fileLimit = fileLimit
    self.warn = warn
    self.now = now
  }

  /// Adds an entry; what it makes of the record's head.
  @discardableResult
  package func append(_ entry: AuditEntry) throws(Fault) -> AuditHead {
    try add([entry], rotating: false)
  }

  /// Closes the newest file and begins another; the head after it.
  package func rotate() throws(Fault) -> AuditHead { try add([], rotating: true) }

  /// Tells of `entries`, then does the act that they tell of. Where that fails, entries tell of it
  /// too; where the process dies meanwhile, what there is of the act is told by the first alone.
  package func recording<Result>(
    _ entries: [AuditEntry], _ act: () throws -> Result
  ) throws -> Result {
    guard !entries.isEmpty else { return try act() }
    let head = try add(entries, rotating: false)
    do {
      return try act()
    } catch {
      let words = (error as? Fault).map { $0.problem } ?? "\(error)"
      // What stopped the act is told, whatever becomes of the record.
      _ = try? add(
        entries.enumerated().map { index, entry in
          let number = head.number - entries.count + index + 1
          return AuditEntry(
            kind: entry.kind, subject: entry.subject,
            details: [("failed", words), ("entry", "\(number)")])
        }, rotating: false)
      throw error
    }
  }

  /// The same of one entry.
  package func recording<Result>(
    _ entry: AuditEntry, _ act: () throws -> Result
  ) throws -> Result {
    try recording([entry], act)
  }

  private func add(_ entries: [AuditEntry], rotating: Bool) throws(Fault) -> AuditHead {
    do throws(Fault) {
      let lock = try folder.lock()
      defer { lock.unlock() }
      return try addAlone(entries, rotating: rotating)
    } catch {
      var fault = error
      if !entries.isEmpty { fault.problem += ", and what is not recorded is not done" }
      throw fault
    }
  }

  private func addAlone(_ entries: [AuditEntry], rotating: Bool) throws(Fault) -> AuditHead {
    let files = folder.files
    let end = try folder.end()
    var head = end.head
    var entries = entries
    if let mending = end.mending {
      tell(end)
      entries.insert(mending, at: 0)
    }
    var number = end.fileNumber
    if number > 0, rotating || end.byteCount >= fileLimit {
      // What mends a file belongs into it, as nothing is added to it later.
      if end.torn != nil || end.missing != nil {
        try files.appendLines(
          lines([entries.removeFirst()], &head), to: folder.path(of: number))
      }
      entries.insert(try closing(number), at: 0)
      number += 1
    } else if number > 0 {
      try files.appendLines(lines(entries, &head), to: folder.path(of: number))
      try folder.setHead(head)
      return head
    } else {
      number = 1
      if entries.isEmpty { return head }
    }
    // A file begins whole, or not at all.
    let path = folder.path(of: number)
    guard try files.create(path, lines(entries, &head)) == .published else {
      throw Fault(
        .temporary, at: Place(path), "another run began this file", remedy: "run again")
    }
    try folder.setHead(head)
    return head
  }

  /// What the file after number `number` begins with.
  private func closing(_ number: Int) throws(Fault) -> AuditEntry {
    let lines = AuditLines(try folder.files.open(folder.path(of: number)))
    while try lines.next() != nil {}
    return AuditEntry(
      kind: AuditEntry.OwnKind.rotate, subject: "\(padded(number, 6)).ndjson",
      details: [("bytes", "\(lines.byteCount)"), ("sha256", lines.finish())])
  }

  private func lines(
    _ entries: [AuditEntry], _ head: inout AuditHead
  ) throws(Fault) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      let line = try AuditRecord.line(
        entry, by: actor, at: now(), givenTime: givenTime, after: head)
      bytes += line.bytes
      head = line.head
    }
    return bytes
  }

  private func tell(_ end: AuditEnd) {
    let place = Place(folder.path(of: max(1, end.fileNumber)))
    if let torn = end.torn {
      warn(
        Fault(
          .data, at: place, "\(counted(torn.count, "byte")) at its end are no entry",
          remedy: "a crash leaves such; the next entry tells of them"))
    }
    if let missing = end.missing {
      let (first, last) = (missing.lowerBound, missing.upperBound)
      let words = first == last ? "entry \(first) is" : "entries \(first) to \(last) are"
      warn(
        Fault(
          .data, at: place, "\(words) gone from the record, which goes on behind",
          remedy: "put the file back from a copy, with what was added since; see 'audit verify'"))
    }
  }
}
