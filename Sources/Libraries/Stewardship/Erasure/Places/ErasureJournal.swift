import Core
import Synchronization

/// Which files an erasure has begun to replace, a line each, written before: a run that goes on
/// where another was stopped knows what logs may say wrong.
final class ErasureJournal {
  private let path: String
  private let files: any FileSystem
  private var paths: Set<String>?

  init(_ path: String, _ files: any FileSystem) {
    self.path = path
    self.files = files
  }

  /// All that was begun.
  func names() throws(Fault) -> Set<String> { try known() }

  func holds(_ name: String) throws(Fault) -> Bool { try known().contains(name) }

  func add(_ name: String) throws(Fault) {
    guard try !holds(name) else { return }
    try files.appendLines(Array("\(name)\n".utf8), to: path)
    paths?.insert(name)
  }

  private func known() throws(Fault) -> Set<String> {
    if let paths { return paths }
    var found: Set<String> = []
    if try files.exists(path) {
      let text = String(decoding: try files.read(path), as: UTF8.self)
      found = Set(text.split(separator: "\n").map(String.init))
    }
    paths = found
    return found
  }
}
