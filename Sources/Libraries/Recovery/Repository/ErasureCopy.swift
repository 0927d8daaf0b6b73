import Core
import JSON
import LakeJobs

/// The copy of a lake's record of erasures that lies in a backup, once, with the secret of its
/// hashes: `erasures/<64 digits>.record`.
///
/// An epoch of before an erasure brings the person back. So whichever is restored gets the record
/// as it is now, and whom that tells of is erased again. What a backup once knows of erasures it
/// knows for good: a lake that has lost its record adds nothing, and takes nothing away.
struct ErasureCopy {
  private let copy: NewestCopy
  private let repository: BackupRepository

  init(in repository: BackupRepository) {
    self.repository = repository
    copy = NewestCopy("erasures", "record", "record of erasures", in: repository)
  }

  /// Copies the record of the lake at `root`; the name and digest of the copy, or nil when nobody
  /// was ever erased.
  func write(of root: String, _ files: any FileSystem) throws(Fault) -> (
    name: String, digest: String
  )? {
    let known = try self.files()
    var lines = Self.lines(of: known)
    let path = "\(root)/\(ErasureFolder.record)"
    if try files.exists(path) {
      for line in Self.lines(try files.read(path)) where !lines.contains(line) {
        lines.append(line)
      }
    }
    guard !lines.isEmpty else { return nil }
    var kept = [
      NewestCopy.File(
        path: ErasureFolder.record, mode: 0o644,
        bytes: lines.flatMap { $0 + [UInt8(ascii: "\n")] })
    ]
    let secret = "\(root)/\(ErasureFolder.secret)"
    if try files.exists(secret) {
      kept.append(
        NewestCopy.File(path: ErasureFolder.secret, mode: 0o600, bytes: try files.read(secret)))
    } else if let former = known.first(where: { $0.path == ErasureFolder.secret }) {
      kept.append(former)
    }
    return try copy.write(kept)
  }

  /// The record and its secret; none when nobody was ever erased, `.data` when the copy was
  /// changed.
  func files() throws(Fault) -> [NewestCopy.File] {
    let copies = try copy.all()
    guard copies.count > 1 else { return copies.first ?? [] }
    var lines: [[UInt8]] = []
    for line in copies.flatMap(Self.lines(of:)) where !lines.contains(line) { lines.append(line) }
    return copies[0].map { file in
      guard file.path == ErasureFolder.record else { return file }
      return NewestCopy.File(
        path: file.path, mode: file.mode, bytes: lines.flatMap { $0 + [UInt8(ascii: "\n")] })
    }
  }

  /// The fingerprints of the erasures that were not done when `epoch` was taken: it may hold the
  /// persons.
  func pending(in epoch: Epoch) throws(Fault) -> [String] {
    let place = Place(repository.place.name)
    var fingerprints: [String] = []
    for line in Self.lines(of: try files()) {
      let record = try JSONValue(parsing: line, at: place)
      if let fingerprint = record["plan"]?.string { fingerprints.append(fingerprint) }
    }
    guard !fingerprints.isEmpty else { return [] }
    var certified: Set<String> = []
    for part in epoch.parts where part.name == "lake" {
      certified.formUnion(try repository.files(of: part).map(\.path))
    }
    return fingerprints.filter { !certified.contains("lake/\(ErasureFolder.certificate($0))") }
  }

  private static func lines(of files: [NewestCopy.File]) -> [[UInt8]] {
    files.first { $0.path == ErasureFolder.record }.map { lines($0.bytes) } ?? []
  }

  private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }
}
