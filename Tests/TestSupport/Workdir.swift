package import Core
import Glibc

/// A folder of its own for one test, removed with all it holds when the object goes.
package final class Workdir: Sendable {
  /// The folder's absolute path.
  package let path: String

  package init() {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(root)/medallion-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no temporary folder in \(root)") }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { removeTree(path) }

  /// The path of `name` in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes `text` to `name` in the folder and gives its path.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try LocalFileSystem().replace(file(name), [UInt8](text.utf8))
    return file(name)
  }

  /// Writes `lines`, each with its end, to `name` in the folder and gives its path.
  @discardableResult
  package func write(_ name: String, lines: some Sequence<String>) throws -> String {
    try write(name, lines.map { $0 + "\n" }.joined())
  }

  /// Writes a program, `text`, to `name` in the folder and gives its path. Another process writes
  /// it: what this one has open for writing is open, too, in whatever other tests start just then,
  /// and nobody may run what somebody has open for writing.
  @discardableResult
  package func writeProgram(_ name: String, _ text: String) throws -> String {
    let draft = try write("\(name).draft", text)
    let run = try ToolRun(program: "/usr/bin/install", ["-m", "755", draft, file(name)])
    guard run.status == 0 else {
      throw Fault(.io, at: Place(file(name)), run.talk, remedy: "see why")
    }
    try LocalFileSystem().remove(draft)
    return file(name)
  }

  /// Has `name` in the folder look as if it had been written at `time`.
  package func setModified(_ name: String, _ time: Timestamp) throws {
    let second = floorDivide(time.microseconds, Timestamp.microsecondsPerSecond)
    let rest = time.microseconds - second * Timestamp.microsecondsPerSecond
    let moment = timespec(tv_sec: Int(second), tv_nsec: Int(rest) * 1_000)
    guard utimensat(AT_FDCWD, file(name), [moment, moment], 0) == 0 else {
      throw Fault(.io, at: Place(file(name)), "no time can be set", remedy: "see why")
    }
  }

  /// The text of `name` in the folder.
  package func read(_ name: String) throws -> String {
    String(decoding: try LocalFileSystem().read(file(name)), as: UTF8.self)
  }
}

/// Removes `path` and everything below it, following no links.
package func removeTree(_ path: String) {
  if unlink(path) == 0 || errno == ENOENT { return }
  let names = (try? LocalFileSystem().list(path)) ?? []
  for name in names { removeTree("\(path)/\(name)") }
  rmdir(path)
}
