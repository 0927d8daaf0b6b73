package import Core

/// What lies in a landing folder, by kind, each in byte order of the names. No file is opened.
package struct LandingFolder: Sendable {
  package let landing: SourcesFile.Landing
  /// Files to be taken.
  package private(set) var files: [String] = []
  /// What the files looked like: whoever takes one takes it only if it is that file still.
  package private(set) var looks: [String: FileStatus] = [:]
  /// Files by the names of unfinished uploads, which are left.
  package private(set) var unfinished: [(path: String, status: FileStatus)] = []
  /// Folders with something in them, pipes, sockets and devices: nothing is taken from these.
  package private(set) var passedOver: [Fault] = []
  /// Why an entry, or the whole folder, cannot be looked at or is not to be followed.
  package private(set) var faults: [Fault] = []
  /// Whether the folder is there.
  package private(set) var exists = true
  private let fileSystem: any FileSystem

  /// Looks into the folder of `landing`.
  init(_ landing: SourcesFile.Landing, _ fileSystem: any FileSystem) {
    self.landing = landing
    self.fileSystem = fileSystem
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
          try add(path, try fileSystem.status(of: path))
        } catch {
          faults.append(error)
        }
      }
      try checkStill(status)
    } catch {
      faults.append(error)
    }
  }

  /// Takes nothing of a folder that another was put in the place of while it was looked into.
  private mutating func checkStill(_ status: FileStatus?) throws(Fault) {
    guard let status, let now = try fileSystem.status(of: landing.folder),
      !now.isOfSameEntry(as: status)
    else { return }
    (files, looks) = ([], [:])
    throw Fault(
      .temporary, at: Place(landing.folder), "another folder was put in its place meanwhile",
      remedy: "run again")
  }

  private mutating func add(_ path: String, _ status: FileStatus?) throws(Fault) {
    guard let status else {
      throw Fault(
        .missing, at: Place(path), "this link leads to nothing",
        remedy: "remove it, or put the file there")
    }
    switch status.kind {
    case .file:
      if UnfinishedName.matches(path) {
        unfinished.append((path, status))
      } else {
        try checkLink(path, status)
        files.append(path)
        looks[path] = status
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

  /// Refuses a link to a file, unless it stays in the folder and `links` says that such count.
  private func checkLink(_ path: String, _ status: FileStatus) throws(Fault) {
    guard status.isLink else { return }
    if landing.links == .inside {
      let target = try fileSystem.realPath(of: path)
      let isInside = target.hasPrefix("\(try fileSystem.realPath(of: landing.folder))/")
      // The link may have been turned since it was looked at.
      if isInside, try fileSystem.status(of: target)?.isOfSameEntry(as: status) == true { return }
      throw Fault(
        .denied, at: Place(path), "this link leads out of the landing folder, and is not followed",
        remedy: "put the file here")
    }
    throw Fault(
      .denied, at: Place(path), "this is a link, and links are not followed here",
      remedy: "put the file here, or write 'links: inside' in sources.yml")
  }
}
