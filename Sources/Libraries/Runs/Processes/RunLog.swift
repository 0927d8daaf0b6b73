import Core
import Glibc

/// What a run says on standard error, kept below `<lake>/_runs/logs/<job>/` and given on, line by
/// line.
package final class RunLog {
  /// A log of more bytes goes on in a new file; the one before stays beside it.
  private static let limit = 8 << 20
  /// So many logs of a job are kept.
  private static let keptCount = 200

  /// Its place below the lake.
  package let path: String
  private let fullPath: String
  private let pass: (TalkLine) -> Void
  private var file: Int32 = -1
  private var byteCount = 0
  private var failure = FailureCause()

  /// The log of a run; `pass` is given each line too. It is made with its first line.
  package init(
    lake: String, job: String, runID: String, pass: @escaping (TalkLine) -> Void
  ) {
    path = "_runs/logs/\(job)/\(runID).log"
    fullPath = "\(lake)/\(path)"
    self.pass = pass
  }

  deinit { if file >= 0 { close(file) } }

  /// Whether anything was said.
  package var isEmpty: Bool { byteCount == 0 && file < 0 }

  /// Takes note that a try begins: what one before said is not why this one fails.
  package func beginTry() { failure = FailureCause() }

  /// Takes a line of what the command says.
  package func append(_ line: TalkLine) {
    pass(line)
    keep(line.text)
    failure.take(line)
  }

  /// Why the try that is over failed, as far as it said. One that a signal ended was over whatever
  /// it had said last: only an error counts then.
  package func cause(endedBySignal: Bool) -> String? {
    endedBySignal ? failure.lastError : failure.text
  }

  /// A log that cannot be kept is no reason to stop the run.
  private func keep(_ text: [UInt8]) {
    if byteCount + text.count > Self.limit, byteCount > 0 {
      close(file)
      file = -1
      rename(fullPath, fullPath + ".1")
      byteCount = 0
    }
    if file < 0 { begin() }
    if file >= 0, write(file, text, text.count) == text.count { byteCount += text.count }
  }

  private func begin() {
    let folder = parent(of: fullPath)
    let files = LocalFileSystem()
    try? files.createDirectory(folder)
    // Identities sort by time.
    let names = ((try? files.list(folder)) ?? []).filter { $0.hasSuffix(".log") }
    for name in names.dropLast(Self.keptCount - 1) {
      unlink("\(folder)/\(name)")
      unlink("\(folder)/\(name).1")
    }
    file = open(
      fullPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
    shareFile(fullPath)
  }
}
