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

  /// What the file at `path` is to be known by, with so many rows of the person, or as many as
  /// there were when a run before began with it; nil where there is nothing to do.
  func place(
    _ kind: ErasedPlace.Kind, _ path: String, count: Int
  ) throws(Fault) -> ErasedPlace? {
    let name = name(of: path)
    if let begun = try journal?.place(name) { return begun }
    guard count > 0 else { return nil }
    return ErasedPlace(kind: kind, name: name, count: count, before: try digest(of: path))
  }

  /// What was noted of a place, by this run or one before; nil when nobody has begun with it.
  func begun(_ name: String) throws(Fault) -> ErasedPlace? { try journal?.place(name) }

  /// Notes that a file is about to be replaced.
  func begin(_ place: ErasedPlace) throws(Fault) { try journal?.add(place) }

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
