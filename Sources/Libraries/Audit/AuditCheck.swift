package import Core
import JSON

/// Goes through a record from its first entry to its last, in the memory of one of them, and stops
/// at the first link that does not hold.
package struct AuditCheck {
  /// How a record stands that holds.
  package struct Standing: Sendable, Equatable {
    package var fileCount = 0
    package var entryCount = 0
    /// How often a crash left bytes that are no entry, each told by the entry after it.
    package var mendedCount = 0
    package var first: Timestamp?
    package var last: Timestamp?
    package var head = AuditHead.none
  }

  private let files: any FileSystem
  private let paths: [String]
  private let reader = JSONReader()
  /// What must be met on the way, by number.
  private var heads: [Int: [(head: AuditHead, place: Place)]]
  private var digests: Set<String>
  private var standing = Standing()
  private var gap: Gap?
  /// The digest of all bytes of the file before, and their number.
  private var fileBefore: (digest: String, byteCount: Int)?

  /// Bytes between two entries.
  private struct Gap {
    let place: Place
    let flaw: AuditRecord.Flaw
    private let digest = SHA256()
    /// The end of a line counts where more follows.
    private var hasEnd = false

    init(place: Place, flaw: AuditRecord.Flaw) {
      self.place = place
      self.flaw = flaw
    }

    mutating func add(_ line: AuditLines.Line) {
      if hasEnd { digest.append([AuditLines.newline]) }
      digest.append(Array(line.bytes))
      hasEnd = line.isEnded
    }

    func finish() -> String { hexText(digest.finish()) }
  }

  /// A check of the record in `folder`, behind `earlier` files that were taken elsewhere; it must
  /// reach each of `heads`, and entries of `digests`.
  package init(
    of folder: AuditFolder, behind earlier: [String] = [],
    reaching heads: [(head: AuditHead, place: Place)] = [], digests: Set<String> = []
  ) throws(Fault) {
    files = folder.files
    self.digests = digests
    paths = try earlier + folder.paths()
    var heads = heads
    if let own = try folder.head() { heads.append((own, Place("\(folder.path)/head"))) }
    self.heads = Dictionary(grouping: heads.filter { $0.head.number > 0 }) { $0.head.number }
  }

  /// How the record stands; a `.verdict` names the first broken link by file, line and entry.
  package mutating func run() throws(Fault) -> Standing {
    for path in paths { try checkFile(path) }
    if let gap { throw broken(gap) }
    if let missed = heads.values.joined().min(by: { $0.head.number < $1.head.number }) {
      throw Fault(
        .verdict, at: missed.place,
        "entry \(missed.head.number) was there, and the record ends with entry "
          + "\(standing.head.number): its end was cut off",
        remedy: Self.remedy)
    }
    if let digest = digests.min() {
      throw Fault(
        .verdict,
        "no entry has the digest \(digest), and the record ends with entry "
          + "\(standing.head.number)",
        remedy: Self.remedy)
    }
    return standing
  }

  private static let remedy = "put the file back from a copy, and see who could write to it"

  private mutating func checkFile(_ path: String) throws(Fault) {
    let lines = AuditLines(try files.open(path))
    standing.fileCount += 1
    var isFirst = true
    while let line = try lines.next() {
      let place = Place(path, line: line.number)
      switch AuditRecord.read(line.bytes, reader) {
      case .failure(let flaw):
        var gap = self.gap ?? Gap(place: place, flaw: flaw)
        gap.add(line)
        self.gap = gap
      case .success(let record):
        try check(record, place, opensFile: isFirst && fileBefore != nil)
        isFirst = false
      }
    }
    fileBefore = (lines.finish(), lines.byteCount)
  }

  private mutating func check(
    _ record: AuditRecord, _ place: Place, opensFile: Bool
  ) throws(Fault) {
    if let gap {
      guard record.entry.kind == AuditEntry.OwnKind.mend,
        record.entry.detail("torn_sha256") == gap.finish()
      else { throw broken(gap) }
      standing.mendedCount += 1
      self.gap = nil
    }
    let before = standing.head
    if record.number != before.number + 1 {
      throw misplaced(record, place, expected: before.number + 1)
    }
    guard record.previous == before.digest else {
      let what = before.number == 0 ? "the beginning" : "the entry \(before.number) before it"
      throw Fault(
        .verdict, at: place, "entry \(record.number) does not follow \(what): one was exchanged",
        remedy: Self.remedy)
    }
    if opensFile { try checkOpening(record, place) }
    for known in heads.removeValue(forKey: record.number) ?? []
    where known.head.digest != record.digest {
      throw Fault(
        .verdict, at: place,
        "entry \(record.number) is another than the one that \(known.place) tells of",
        remedy: Self.remedy)
    }
    if !digests.isEmpty { digests.remove(record.digest) }
    standing.entryCount += 1
    standing.first = standing.first ?? record.time
    standing.last = record.time
    standing.head = record.head
  }

  /// The first entry of a file tells how the file before it ended.
  private func checkOpening(_ record: AuditRecord, _ place: Place) throws(Fault) {
    guard let fileBefore, record.entry.kind == AuditEntry.OwnKind.rotate,
      record.entry.detail("sha256") == fileBefore.digest,
      record.entry.detail("bytes") == "\(fileBefore.byteCount)"
    else {
      throw Fault(
        .verdict, at: place,
        "entry \(record.number) begins a file, and does not tell the digest of the file before",
        remedy: Self.remedy)
    }
  }

  private func misplaced(_ record: AuditRecord, _ place: Place, expected: Int) -> Fault {
    let words =
      if record.number < expected {
        "entry \(record.number) stands behind entry \(expected - 1): it was doubled or moved"
      } else if record.number == expected + 1 {
        "entry \(expected) is missing before entry \(record.number)"
      } else {
        "entries \(expected) to \(record.number - 1) are missing before entry \(record.number)"
      }
    return Fault(.verdict, at: place, words, remedy: Self.remedy)
  }

  private func broken(_ gap: Gap) -> Fault {
    let words =
      switch gap.flaw {
      case .unreadable: "this is no entry, and no later one tells of a crash that left it"
      case .changed(let number):
        "entry \(number) was changed: its digest is not that of its bytes"
      }
    return Fault(.verdict, at: gap.place, words, remedy: Self.remedy)
  }
}
