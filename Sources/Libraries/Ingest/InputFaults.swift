package import Core

// Ingest: every door of the lake.
//
// Rooms, each on those before it: `Tills/` gathers what events tell of their tills, whose clocks
// are off and which numbers are missing; `Events/` takes lines of files, pipes and Kafka topics;
// `Files/` takes files of partners, when they are whole and as their senders say. Beside them
// stands what all doors share. Rows that were set aside come back through the door that they came
// by.
//
// Begin with `EventIngest` or `FileIngest`: read, classify, write, commit. Whatever comes in is
// published, set aside or told to be a duplicate. It knows no jobs but contracts, and no silver.

extension Fault {
  /// Whether it says something of the input called `name` only, so that others can be taken: what
  /// is in it, that it changes, or that it or what stands beside it cannot be read. A lake that
  /// cannot be written concerns all.
  func concernsOnly(_ name: String) -> Bool {
    switch kind {
    case .verdict, .data, .missing: true
    case .temporary: place?.file == name
    case .io, .denied: place.map { parent(of: $0.file) == parent(of: name) } ?? false
    default: false
    }
  }

  /// That a file of this name was taken before with other bytes: worth a look, for what it said
  /// then stays.
  package static func changedInput(_ name: String) -> Fault {
    Fault(
      .data, at: Place(name), "was taken before with other bytes; it is taken as a new file",
      remedy: "see that what was taken before is still meant")
  }
}

extension Fault {
  /// That a file is written to, cut or put in the place of another while it is looked at and read.
  static func unsettled(_ path: String) -> Fault {
    Fault(
      .temporary, at: Place(path), "changes while it is read", remedy: "left for a later run")
  }

  /// That a file bears the name of an unfinished upload.
  package static func unfinished(_ path: String) -> Fault {
    Fault(
      .temporary, at: Place(path), "has the name of an unfinished upload",
      remedy: "give it its last name once it is whole")
  }
}

extension FileSystem {
  /// What stands at `path`, which must be a file, and the very one that `look` is of, if that is
  /// given.
  func inputStatus(of path: String, seenAs look: FileStatus? = nil) throws(Fault) -> FileStatus {
    guard let status = try status(of: path) else {
      throw Fault(
        .missing, at: Place(path), "there is no such file", remedy: "check the name")
    }
    guard !status.isDirectory else {
      throw Fault(
        .missing, at: Place(path), "this is a folder, not a file",
        remedy: "name files, or name the folder in sources.yml")
    }
    guard status.kind == .file else {
      throw Fault(
        .missing, at: Place(path), "this is a \(status.kind.rawValue), not a file",
        remedy: "name files, or pipe it in")
    }
    if let look, !status.isOfSameEntry(as: look) { throw .unsettled(path) }
    return status
  }

  /// The file at `path`, which must be the one that had `status` when it was looked at.
  func openInput(_ path: String, _ status: FileStatus) throws(Fault) -> any ReadableFile {
    let file = try open(path)
    if let opened = file.status, !opened.isUnchanged(from: status) { throw .unsettled(path) }
    return file
  }

  /// Whether what stands at `path` is the file that had `status`, and nobody has changed it since.
  func isUnchanged(_ path: String, _ status: FileStatus) throws(Fault) -> Bool {
    try self.status(of: path)?.isUnchanged(from: status) ?? false
  }
}
