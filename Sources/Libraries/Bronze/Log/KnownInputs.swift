package import Core

/// The inputs that earlier commits took, and those of this run: by digest, and by name and look for
/// a quick answer.
package struct KnownInputs {
  private let ledger: InputLedger
  private var digests: Set<String> = []
  private var names: Set<String> = []
  private var deliveries: Set<LedgerKey> = []
  private var looks: Set<LedgerKey> = []
  /// Looks of files that were found to hold nothing new.
  private(set) var passedOver: PassedOverLooks

  init(_ ledger: InputLedger, _ passedOver: PassedOverLooks) {
    self.ledger = ledger
    self.passedOver = passedOver
  }

  /// Adds an input of this run.
  package mutating func insert(_ input: BronzeInput) {
    digests.formUnion(input.digests)
    names.formUnion(input.names)
    deliveries.formUnion(input.digests.map { LedgerKey(delivery: input.name, digest: $0) })
    looks.insert(LedgerKey(lookOf: input))
  }

  /// Whether an input with these bytes was taken.
  package func contains(digest: String) -> Bool {
    digests.contains(digest) || ledger.contains(digest: digest)
  }

  /// Whether the bytes of `input` were taken, packed as they are or unpacked.
  package func contains(bytesOf input: BronzeInput) -> Bool {
    input.digests.contains { contains(digest: $0) }
  }

  /// Whether the bytes of `input` were taken under its name, from whatever folder.
  package func contains(_ input: BronzeInput) -> Bool {
    input.digests.contains { digest in
      let delivery = LedgerKey(delivery: input.name, digest: digest)
      return deliveries.contains(delivery) || ledger.contains(delivery: delivery)
    }
  }

  /// Whether a file of this name was taken, whatever was in it and however it was compressed.
  package func has(name: String) -> Bool {
    let name = name.withoutCompression
    return names.contains(name) || ledger.has(name: name)
  }

  /// Whether the file at `path` was taken, or was found to hold nothing new, and looks as it did
  /// then.
  package func has(_ path: String, _ status: FileStatus) -> Bool {
    let look = LedgerKey(lookOf: BronzeInput(path, status))
    if looks.contains(look) || ledger.contains(look: look) || passedOver.contains(look) {
      return true
    }
    // Earlier versions remembered less.
    var early = BronzeInput(path, status)
    early.changed = nil
    return ledger.contains(look: LedgerKey(lookOf: early))
  }

  /// Remembers that the file at `path` holds nothing new, so that it need not be read again.
  package mutating func passOver(_ path: String, _ status: FileStatus) {
    passedOver.insert(LedgerKey(lookOf: BronzeInput(path, status)))
  }
}

extension BronzeInput {
  /// The file at `path` by its look, its bytes not read yet.
  package init(_ path: String, _ status: FileStatus) {
    self.init(
      name: path, byteCount: status.byteCount, modified: status.modified, digest: "")
    changed = status.changed
    number = status.number
  }
}

/// The looks of files that were read and found to hold nothing new: they were taken under another
/// name or in another folder, or have been touched since.
///
///     _ledger/passed.looks   digests of looks, 32 bytes each, then SHA-256 of all before
///
/// Only spares reading them again: where it is missing or damaged they are read.
struct PassedOverLooks {
  /// Those of earlier runs are forgotten when there are more.
  private static let limit = 100_000

  private var keys: Set<LedgerKey> = []
  /// Whether there are some that the file does not hold.
  private(set) var isNew = false

  init() {}

  /// Reads what `bytes` made; none of what is damaged.
  init(_ bytes: [UInt8]) {
    let end = bytes.count - LedgerKey.byteCount
    guard end >= 0, end.isMultiple(of: LedgerKey.byteCount),
      SHA256.digest(of: Array(bytes[..<end])) == Array(bytes[end...])
    else { return }
    for start in stride(from: 0, to: end, by: LedgerKey.byteCount) {
      keys.insert(LedgerKey(bytes[start..<(start + LedgerKey.byteCount)]))
    }
  }

  func contains(_ look: LedgerKey) -> Bool { keys.contains(look) }

  mutating func insert(_ look: LedgerKey) {
    if keys.count >= Self.limit { keys = [] }
    isNew = keys.insert(look).inserted || isNew
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for key in keys.sorted() { key.append(to: &bytes) }
    return bytes + SHA256.digest(of: bytes)
  }
}
