package import Core
import LakeJobs

/// A file of a partner: one with a name, or the bytes of a pipe, which were put aside, since a file
/// is read twice.
package struct FileInput: Sendable {
  package let name: String
  private let spooled: (any ReadableFile)?
  private let look: FileStatus?

  /// The file at `path`, and no other than that which `look` is of, if that is given.
  package init(_ path: String, seenAs look: FileStatus? = nil) {
    name = path
    spooled = nil
    self.look = look
  }

  /// What came by the pipe `name`.
  package init(pipe name: String, _ spooled: any ReadableFile) {
    self.name = name
    self.spooled = spooled
    look = nil
  }

  /// A pipe has no name of its own, and no look: its bytes alone say what it is.
  var isPipe: Bool { spooled != nil }

  /// Its bytes, to be read: those of the file that had `status`.
  func open(
    _ status: FileStatus?, _ fileSystem: any FileSystem
  ) throws(Fault) -> any ReadableFile {
    if let spooled { return spooled }
    guard let status else { return try fileSystem.open(name) }
    return try fileSystem.openInput(name, status)
  }

  /// What it looks like; nil for a pipe. One that is still being written is a `.temporary` fault.
  func status(_ fileSystem: any FileSystem) throws(Fault) -> FileStatus? {
    if isPipe { return nil }
    let status = try fileSystem.inputStatus(of: name, seenAs: look)
    if UnfinishedName.matches(name) { throw .unfinished(name) }
    return status
  }

  /// Whether it still looks as when it had `status`.
  func isStill(_ status: FileStatus?, _ fileSystem: any FileSystem) throws(Fault) -> Bool {
    guard let status, !isPipe else { return true }
    return try fileSystem.isUnchanged(name, status)
  }
}
