package import Core
import LakeJobs

/// A file of a partner: one with a name, or the bytes of a pipe, which were put aside, since a file
/// is read twice.
package struct FileInput: Sendable {
  package let name: String
  private let spooled: (any ReadableFile)?

  /// The file at `path`.
  package init(_ path: String) {
    name = path
    spooled = nil
  }

  /// What came by the pipe `name`.
  package init(pipe name: String, _ spooled: any ReadableFile) {
    self.name = name
    self.spooled = spooled
  }

  /// A pipe has no name of its own, and no look: its bytes alone say what it is.
  var isPipe: Bool { spooled != nil }

  func open(_ fileSystem: any FileSystem) throws(Fault) -> any ReadableFile {
    if let spooled { spooled } else { try fileSystem.open(name) }
  }

  /// What it looks like; nil for a pipe. One that is still being written is a `.temporary` fault.
  func status(_ fileSystem: any FileSystem) throws(Fault) -> FileStatus? {
    if isPipe { return nil }
    let status = try fileSystem.inputStatus(of: name)
    if UnfinishedName.matches(name) { throw .unfinished(name) }
    return status
  }

  /// Whether it still looks as when it had `status`.
  func isStill(_ status: FileStatus?, _ fileSystem: any FileSystem) throws(Fault) -> Bool {
    if isPipe { return true }
    return try fileSystem.status(of: name) == status
  }
}
