import Synchronization

/// Who is told that this process waits for a lock that another holds: the tool says so, whatever
/// library asked for the lock.
package enum LockWaits {
  /// A lock is waited for so long before it is told.
  package static let patience = Duration.seconds(1)

  private static let teller = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Has each wait told to `tell`, in words, once.
  package static func telling(_ tell: @escaping @Sendable (String) -> Void) {
    teller.withLock { $0 = tell }
  }

  /// Tells that `holder` is waited for, which has the lock of the file at `path`.
  package static func tell(_ path: String, heldBy holder: String?) {
    teller.withLock { $0 }?("waits for \(holder ?? "another run"), which holds \(path)")
  }

  /// Who holds a lock on one of the files at `paths` for writing, as the system lists it; nil when
  /// it does not. The files are not opened: who closes one would give up locks of its own on it.
  package static func holder(ofFiles paths: [String]) -> String? {
    let files = LocalFileSystem()
    let numbers = paths.compactMap { try? files.status(of: $0)?.number }.map { ":\($0)" }
    for line in text(of: "/proc/locks").split(separator: "\n") {
      // 1: POSIX  ADVISORY  WRITE 3214 08:01:1234 120 120
      let words = line.split(separator: " ")
      guard words.count >= 6, words[3] == "WRITE", numbers.contains(where: words[5].hasSuffix)
      else { continue }
      let name = text(of: "/proc/\(words[4])/comm").split(separator: "\n").first
      return "process \(words[4])\(name.map { " (\($0))" } ?? "")"
    }
    return nil
  }

  /// A file of the system that says it has no bytes.
  private static func text(of path: String) -> String {
    guard let file = try? LocalFileSystem().open(path) else { return "" }
    let bytes = FileBytes(file)
    var text: [UInt8] = []
    while let piece = try? bytes.next() { text += piece }
    return String(decoding: text, as: UTF8.self)
  }
}
