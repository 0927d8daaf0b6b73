import Core
import LakeJobs

/// What all places share while a person is taken out of them.
struct ErasureWork {
  let lake: Lake
  let person: Person
  let scrub: ValueScrub
  /// Whether it is only counted what stands where.
  let isTrial: Bool
  /// The files whose bytes were replaced, those of a run before that was stopped among them: what
  /// logs say of them has to be made true again.
  private let journal: ErasureJournal?
  /// What columns of tables say of persons.
  let roles: (LakeTableName) -> RowRoles

  var files: any FileSystem { lake.fileSystem }

  /// `journal` is that of the work; nil for a trial.
  init(
    _ lake: Lake, _ person: Person, _ journal: ErasureJournal?,
    roles: @escaping (LakeTableName) -> RowRoles
  ) {
    self.lake = lake
    self.person = person
    scrub = person.scrub
    isTrial = journal == nil
    self.journal = journal
    self.roles = roles
  }

  /// Whether a run before began with this file.
  func wasBegun(_ path: String) throws(Fault) -> Bool { try journal?.holds(path) ?? false }

  /// Notes that the file is about to be replaced.
  func begin(_ path: String) throws(Fault) { try journal?.add(path) }

  /// `path`, below the lake.
  func name(of path: String) -> String {
    path.hasPrefix(lake.root + "/") ? String(path.dropFirst(lake.root.utf8.count + 1)) : path
  }

  /// The digest of a file as it lies on the disk.
  func digest(of path: String) throws(Fault) -> String {
    let file = try files.open(path)
    let digest = SHA256()
    var offset = 0
    while offset < file.byteCount {
      let piece = try file.read(at: offset, count: 1 << 20)
      if piece.isEmpty { break }
      digest.append(piece)
      offset += piece.count
    }
    return hexText(digest.finish())
  }
}
