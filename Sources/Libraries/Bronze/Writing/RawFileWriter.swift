package import Core

/// Writes compressed lines to bronze files. A file is made with its first lines and ends when it
/// holds enough, so that no reader has to take much at once and several can share the work.
package final class RawFileWriter {
  /// About how many bytes of lines are compressed into one frame.
  package static let frameByteCount = 1 << 20
  /// How many bytes of lines a file holds unless the writer is told otherwise.
  package static let standardFileByteCount = 64 << 20
  /// What has fewer bytes of lines goes to the files of many inputs, where there are such.
  private static let smallByteCount = 256 << 10

  private let append: BronzeAppend
  private let fileSystem: any FileSystem
  /// How many bytes of lines, before compression, a file holds at least when another follows.
  private let fileByteCount: Int
  private let isRejected: Bool
  private let suffix: String
  private let isDated: Bool
  /// Where the lines of a small input go, together with those of others.
  private let gathering: RawFileWriter?
  /// Frames of an input that may turn out to be small.
  private var held: [Frame] = []
  private var head: [UInt8] = []
  private var open: RawDraft?
  /// Gives whole files their names, for which the disk takes a while, as the next one is written.
  private let naming = OrderedWork<RawDraft, BronzeFile>(threads: 1) { try $0.publish() }
  /// Files that have their names, and wait for all to have them.
  private var named: [BronzeFile] = []

  package init(
    _ append: BronzeAppend, _ fileSystem: any FileSystem,
    fileByteCount: Int = RawFileWriter.standardFileByteCount, isRejected: Bool = false,
    suffix: String = "json.zst", isDated: Bool = true, gathering: RawFileWriter? = nil
  ) {
    self.append = append
    self.fileSystem = fileSystem
    self.fileByteCount = fileByteCount
    self.isRejected = isRejected
    self.suffix = suffix
    self.isDated = isDated
    self.gathering = gathering
  }

  private struct Frame {
    let bytes: [UInt8]
    let lineByteCount: Int
    let rowCount: Int
  }

  /// Has each file that is made from here on begin with `head`, a whole frame.
  func begin(with head: [UInt8]) { self.head = head }

  /// Writes a whole frame of `rowCount` lines; nothing when there are none.
  package func append(frame: [UInt8], lineByteCount: Int, rowCount: Int) throws {
    guard rowCount > 0 else { return }
    let frame = Frame(bytes: frame, lineByteCount: lineByteCount, rowCount: rowCount)
    if gathering != nil, open == nil {
      held.append(frame)
      guard held.reduce(0, { $0 + $1.lineByteCount }) >= Self.smallByteCount else { return }
      for frame in held { try write(frame) }
      held = []
    } else {
      try write(frame)
    }
  }

  private func write(_ frame: Frame) throws {
    if let open, open.lineByteCount >= fileByteCount {
      self.open = nil
      while naming.pendingCount > 1, let file = try naming.next() { named.append(file) }
      naming.add(open)
    }
    let file = try open ?? begin()
    open = file
    try file.append(
      frame.bytes, lineByteCount: frame.lineByteCount, rowCount: frame.rowCount)
  }

  /// Ends and names the last file, and adds all of them to the commit. What is small is handed on
  /// instead: the files of many inputs are published after the last of these.
  package func publish() throws {
    for frame in held { try gathering?.write(frame) }
    held = []
    while let file = try naming.next() { named.append(file) }
    if let open {
      self.open = nil
      named.append(try open.publish())
    }
    for file in named { append.add(file, isRejected: isRejected) }
    named = []
  }

  /// Removes the files; one that cannot be removed lies unread, for no commit names it.
  package func discard() {
    held = []
    open?.discard()
    open = nil
    while naming.pendingCount > 0 {
      if let file = try? naming.next() { named.append(file) }
    }
    for file in named { try? fileSystem.remove(append.fullPath(file.path)) }
    named = []
  }

  private func begin() throws(Fault) -> RawDraft {
    let path = append.nextPath(suffix: suffix, isRejected: isRejected, isDated: isDated)
    let file = RawDraft(path, try fileSystem.draft(append.fullPath(path), replacing: false))
    if !head.isEmpty { try file.append(head, lineByteCount: 0, rowCount: 0) }
    return file
  }
}

/// A bronze file in the making: one thread has it at a time.
private final class RawDraft: @unchecked Sendable {
  private(set) var lineByteCount = 0
  private let path: String
  private let draft: DigestingDraft
  private var rowCount = 0

  init(_ path: String, _ draft: any DraftFile) {
    self.path = path
    self.draft = DigestingDraft(draft)
  }

  func append(_ frame: [UInt8], lineByteCount: Int, rowCount: Int) throws(Fault) {
    try draft.append(frame)
    self.lineByteCount += lineByteCount
    self.rowCount += rowCount
  }

  func publish() throws(Fault) -> BronzeFile {
    guard try draft.publish() == .published else {
      throw Fault(
        .temporary, at: Place(path), "another writer made this file first",
        remedy: "run the command again")
    }
    return BronzeFile(
      path: path, rowCount: rowCount, byteCount: draft.byteCount, digest: draft.digestText)
  }

  func discard() { draft.discard() }
}
