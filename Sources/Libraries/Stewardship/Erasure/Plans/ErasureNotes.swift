import Core
import Glibc
import JSON
import LakeJobs

/// What an erasure at work keeps in the lake, so that it can be gone on with: whom it is about,
/// what it has begun, what it found. All of it goes when it is done, and a certificate stays.
struct ErasureNotes {
  private let fingerprint: String
  private let files: any FileSystem
  private let root: String
  let journal: ErasureJournal
  private var folder: String { "\(root)/\(String(fingerprint.prefix(16)))" }
  private var personPath: String { "\(folder)/person.json" }

  init(_ fingerprint: String, _ lake: Lake) {
    self.fingerprint = fingerprint
    files = lake.fileSystem
    root = "\(lake.root)/\(ErasureFolder.name)"
    journal = ErasureJournal("\(root)/\(String(fingerprint.prefix(16)))/begun", files)
  }

  /// Whom a run before was about; nil when there was none, or it was done.
  func person() throws(Fault) -> Person? {
    guard try files.exists(personPath) else { return nil }
    let json = try JSONValue(
      parsing: String(decoding: files.read(personPath), as: UTF8.self), at: Place(personPath))
    let keys = (json["keys"]?.object?.dictionary ?? [:]).mapValues { keys in
      (keys.object?.dictionary ?? [:]).compactMapValues(\.string)
    }
    return Person(
      kind: json["kind"]?.string ?? "", keys: keys,
      values: Set((json["values"]?.array ?? []).compactMap(\.string)))
  }

  /// Notes whom the work is about, for its owner's eyes only.
  func keep(_ person: Person) throws(Fault) {
    guard try self.person() != person else { return }
    let json: JSONValue = [
      "kind": .string(person.kind),
      "keys": .object(
        JSONObject(
          person.keys.mapValues { keys in
            .object(JSONObject(keys.mapValues { .string($0) }))
          })),
      "values": .array(person.values.sorted().map { .string($0) }),
    ]
    try files.createDirectory(folder)
    _ = withSystemPath(folder) { chmod($0, 0o700) }
    try files.replace(personPath, JSONWriter.bytes(json))
  }

  /// Writes the certificate, beside that of an erasure before, and takes all else away.
  func finish(with certificate: ErasureCertificate) throws(Fault) {
    let first = "\(root)/\(lastComponent(of: ErasureFolder.certificate(fingerprint)))"
    let stamp = "\(certificate.erasedAt)".filter { !"-:.".contains($0) }
    let path = try files.exists(first) ? "\(folder).\(stamp).json" : first
    try files.replace(path, JSONWriter.bytes(certificate.json) + [UInt8(ascii: "\n")])
    try Tree(files).remove(folder)
  }
}
