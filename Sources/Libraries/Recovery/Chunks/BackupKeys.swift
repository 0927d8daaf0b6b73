import Core
import Sealing

/// What a backup is sealed with. All of it comes from one key, which lies in the backup itself, but
/// sealed for each of the recipients (`Recipients`).
struct BackupKeys: Sendable {
  /// The key that everything else comes from.
  let master: SealingKey
  /// Seals chunks and their lists.
  let chunks: SealingKey
  /// Seals what tells of epochs.
  let documents: SealingKey
  /// Cuts where contents say so.
  let cutter: ContentCutter
  private let identity: [UInt8]
  /// The backup's own identity: what is sealed for one opens in no other.
  let backup: String

  /// The keys of the backup `backup` that come from `master`.
  init(_ master: SealingKey, backup: String) {
    func derived(_ purpose: String) -> [UInt8] {
      master.withBytes { SHA256.keyed($0, Array("medallion backup: \(purpose)".utf8)) }
    }
    self.master = master
    self.backup = backup
    identity = derived("identities")
    cutter = ContentCutter(seed: derived("cuts"))
    // A keyed digest has as many bytes as a key.
    chunks = SealingKey(derived("chunks"))!
    documents = SealingKey(derived("documents"))!
  }

  /// What a chunk of these bytes is known by.
  func id(of chunk: [UInt8]) -> ChunkID {
    // A keyed digest has as many bytes as an identity.
    ChunkID(SHA256.keyed(identity, chunk))!
  }

  /// What says where sealed bytes belong.
  func associated(_ purpose: String, _ more: [UInt8] = []) -> [UInt8] {
    Array("\(purpose)\u{0}\(backup)\u{0}".utf8) + more
  }
}
