package import Core

/// What lies in a landing folder, by kind, each in byte order of the names. No file is opened.
package struct LandingFolder: Sendable {
  package let landing: SourcesFile.Landing
  /// Files to be taken.
  package private(set) var files: [String] = []
  /// Files by the names of unfinished uploads, which are left.
  package private(set) var unfinished: [(path: String, status: FileStatus)] = []
  /// Folders with something in them, pipes, sockets and devices: nothing is taken from these.
  package private(set) var passedOver: [Fault] = []
  /// Why an entry, or the whole folder, cannot be looked at.
  package private(set) var faults: [Fault] = []
  /// Whether the folder is there.
  package private(set) var exists = true

  /// Looks into the folder of `landing`.
  init(_ landing: SourcesFile.Landing, _ fileSystem: any FileSystem) {
    self.landing = landing
    do throws(Fault) {
      let status = try fileSystem.status(of: landing.folder)
      exists = status != nil
      guard status?.isDirectory ?? true else {
        throw Fault(
          .missing, at: Place(landing.folder), "this is no folder",
          remedy: "name the folder in sources.yml")
      }
      for name in try fileSystem.list(landing.folder) {
        let path = "\(landing.folder)/\(name)"
        do throws(Fault) {
          add(path, try fileSystem.status(of: path), fileSystem)
        } catch {
          faults.append(error)
        }
      }
    } catch {
      faults.append(error)
    }
  }

  private mutating func add(
    _ path: String, _ status: FileStatus?, _ fileSystem: any FileSystem
  ) {
    guard let status else {
      faults.append(
        Fault(
          .missing, at: Place(path), "this link leads to nothing",
          remedy: "remove it, or put the file there"))
      return
    }
    switch status.kind {
    case .file:
      if UnfinishedName.matches(path) {
        unfinished.append((path, status))
      } else {
        files.append(path)
      }
    case .directory:
      // A name that says so keeps a folder out of this: an archive, what a program keeps there.
      if UnfinishedName.matches(path) { return }
      if let names = try? fileSystem.list(path), names.isEmpty { return }
      passedOver.append(
        Fault(
          .missing, at: Place(path), "this is a folder: nothing in it is taken",
          remedy: "move its files up, name it in sources.yml, or begin its name with '_'"))
    case .pipe, .socket, .device:
      passedOver.append(
        Fault(
          .missing, at: Place(path), "this is a \(status.kind.rawValue), not a file: passed over",
          remedy: "have files put here"))
    }
  }
}
