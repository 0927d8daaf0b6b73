package import Core

/// What a SQLite database looks like from outside, without opening it: equal stamps, settled when
/// they were taken, mean that nothing was committed in between.
///
/// Of the file it holds the inode, the size, when the system last noted a change (ctime, which no
/// program can set), and the first bytes with the change counter, which each transaction with a
/// rollback journal counts up. A commit to a write-ahead log touches neither file nor counter but
/// writes to the log: of log and journal it holds the time of the last write instead, for opening
/// them as root changes their ctime, and the first bytes with the log's salts, which differ each
/// time it begins anew.
package struct SourceStamp: Equatable, Sendable {
  /// A commit so soon before a stamp that another might bear the same time: file systems count
  /// time in ticks, the coarsest of two seconds.
  private static let tick = Timestamp.microsecondsPerSecond * 2

  private let text: String
  private let changed: Timestamp

  /// The stamp of the database at `path`; nil when there is none.
  package init?(of path: String, _ fileSystem: any FileSystem) throws(Fault) {
    guard let file = try Self.part(path, \.changed, headByteCount: 100, fileSystem),
      file.text.contains(Self.mark)
    else { return nil }
    let log = try Self.part(path + "-wal", \.modified, headByteCount: 32, fileSystem)
    let journal = try Self.part(path + "-journal", \.modified, headByteCount: 28, fileSystem)
    let parts = [file, log, journal]
    text = parts.map { $0?.text ?? "none" }.joined(separator: "\n")
    changed = parts.compactMap { $0?.changed }.max() ?? file.changed
  }

  /// Whether the last change was long enough before `moment`, at which the stamp was taken or
  /// later, for the next one to bear another time.
  package func isSettled(at moment: Timestamp) -> Bool {
    changed.adding(microseconds: Self.tick).map { $0 < moment } ?? false
  }

  /// A digest of the stamp and of `facts` that belong to it.
  package func digest(with facts: [String]) -> String {
    SHA256.hex(of: (facts + [text]).joined(separator: "\n"))
  }

  /// `SQLite format 3` in hexadecimal digits.
  private static let mark = hexText("SQLite format 3\0".utf8)

  /// One of the files; nil when it is not there or empty, which is the same.
  private static func part(
    _ path: String, _ time: KeyPath<FileStatus, Timestamp>, headByteCount: Int,
    _ fileSystem: any FileSystem
  ) throws(Fault) -> (text: String, changed: Timestamp)? {
    guard let status = try fileSystem.status(of: path), !status.isDirectory, status.byteCount > 0
    else { return nil }
    let head = try fileSystem.open(path).read(at: 0, count: headByteCount)
    let changed = status[keyPath: time]
    let facts = "\(status.number) \(status.byteCount) \(changed.microseconds)"
    return ("\(facts) \(hexText(head))", changed)
  }
}
