package import Core
import Synchronization

/// A key a person, so that a person can leave: when the key is destroyed, what it sealed is noise
/// wherever it lies, in old versions, copies and backups too.
///
/// A person is known by a token: the keyed hash of what kind of key it is and its value. Keys lie
/// wrapped by the data key `subjects <kind>` in files of many, chosen by the token's first bits:
///
///     _keys/subjects customer_id/3f      80 bytes a person: token, version, wrapped key
///
/// Where a key was destroyed a mark stays (version 0), so that a key that was lost by accident is
/// not taken for one.
package struct SubjectKeys: Sendable {
  /// How many bytes a token has.
  package static let tokenByteCount = 16
  private static let recordByteCount =
    tokenByteCount + 4 + SealingKey.byteCount
    + SealingKey.overhead
  /// The data key whose keyed hash gives tokens. It is wrapped anew and never replaced.
  package static let tokenKey = "tokens"

  /// What became of a person's key.
  package enum State: Sendable {
    case live(SealingKey)
    case destroyed
    case unknown
  }

  fileprivate struct Record: Sendable {
    var version: UInt32
    var wrapped: [UInt8]
  }

  /// What this process has read and opened.
  final class Cache: Sendable {
    fileprivate let buckets = Mutex<[UInt8: [[UInt8]: Record]]>([:])
    fileprivate let opened = Mutex<[[UInt8]: SealingKey]>([:])
  }

  /// Which kind of key tells the persons: `customer_id`.
  package let kind: String
  private let store: KeyStore
  private let cache: Cache

  init(_ kind: String, _ store: KeyStore, _ cache: Cache) {
    self.kind = kind
    self.store = store
    self.cache = cache
  }

  /// The name of the data key that wraps them.
  package var wrappingKey: String { "subjects \(kind)" }

  /// What makes tokens of values.
  package func tokens() throws(Fault) -> SubjectTokens {
    SubjectTokens(kind, try store.key(Self.tokenKey).key)
  }

  /// The key of a person; `making` one where there never was any.
  package func state(of token: [UInt8], making: Bool = false) throws(Fault) -> State {
    if let key = cache.opened.withLock({ $0[token] }) { return .live(key) }
    guard let record = try bucket(Self.bucket(of: token))[token] else {
      guard making else { return .unknown }
      try make([token])
      return try state(of: token)
    }
    if record.version == 0 { return .destroyed }
    guard let wrapping = try store.liveKey(wrappingKey, version: record.version) else {
      return try stateAfterRotation(of: token, since: record.version)
    }
    guard
      let key = wrapping.key.open(record.wrapped, for: place(of: token)).flatMap(SealingKey.init)
    else {
      throw Fault(
        .data, at: Place(path(of: Self.bucket(of: token))), "a key in it does not open",
        remedy: "restore the file from a copy")
    }
    cache.opened.withLock { $0[token] = key }
    return .live(key)
  }

  /// The same where the key that wraps it in what was read before is gone: a rotation has wrapped
  /// it anew meanwhile.
  private func stateAfterRotation(
    of token: [UInt8], since version: UInt32
  ) throws(Fault) -> State {
    let now = try read(Self.bucket(of: token))[token]?.version
    // Where it says so still, the key is gone for another reason: that is told.
    if now == version { _ = try store.key(wrappingKey, version: version) }
    return try state(of: token)
  }

  /// Makes keys for those of `tokens` that have none: each file is written once.
  package func make(_ tokens: [[UInt8]]) throws(Fault) {
    var missing: [UInt8: Set<[UInt8]>] = [:]
    for token in tokens where try bucket(Self.bucket(of: token))[token] == nil {
      missing[Self.bucket(of: token), default: []].insert(token)
    }
    if missing.isEmpty { return }
    // The first is made under the same lock.
    _ = try store.key(wrappingKey)
    let lock = try store.lock()
    defer { lock.unlock() }
    // A rotation may have begun since this run read the key: what the former one wrapped after that
    // would be lost with it.
    store.forget(wrappingKey)
    let wrapping = try store.key(wrappingKey)
    for (number, tokens) in missing {
      // Another run may have made some of them since.
      var records = try read(number)
      for token in tokens where records[token] == nil {
        records[token] = wrap(.random(), of: token, with: wrapping)
      }
      try write(records, number)
    }
  }

  /// Destroys the keys of these persons for good.
  package func destroy(_ tokens: [[UInt8]]) throws(Fault) {
    let lock = try store.lock()
    defer { lock.unlock() }
    for (number, tokens) in Dictionary(grouping: tokens, by: Self.bucket(of:)) {
      var records = try read(number)
      for token in tokens { records[token] = Record(version: 0, wrapped: Self.noKey) }
      try write(records, number)
    }
    cache.opened.withLock { keys in for token in tokens { keys[token] = nil } }
  }

  /// Wraps all keys with the newest version of their data key; tells how many were not yet. Stopped
  /// anywhere, it goes on from there.
  package func rewrap() throws(Fault) -> Int {
    let wrapping = try store.key(wrappingKey)
    let lock = try store.lock()
    defer { lock.unlock() }
    var count = 0
    for number in 0..<Self.bucketCount {
      var records = try read(number)
      let stale = records.filter { $0.value.version != 0 && $0.value.version != wrapping.version }
      if stale.isEmpty { continue }
      for token in stale.keys {
        guard case .live(let key) = try state(of: token) else { continue }
        records[token] = wrap(key, of: token, with: wrapping)
      }
      try write(records, number)
      count += stale.count
    }
    return count
  }

  /// In so many files they lie: few, as each that gets a new key is written anew; and not too few,
  /// as it is written as a whole.
  private static let bucketCount: UInt8 = 64

  private static func bucket(of token: [UInt8]) -> UInt8 { token[0] >> 2 }

  private static let noKey = [UInt8](
    repeating: 0, count: SealingKey.byteCount + SealingKey.overhead)

  private func wrap(_ key: SealingKey, of token: [UInt8], with wrapping: DataKey) -> Record {
    Record(
      version: wrapping.version,
      wrapped: key.withBytes { wrapping.key.seal($0, for: place(of: token)) })
  }

  private func place(of token: [UInt8]) -> [UInt8] { Array("subject \(kind) ".utf8) + token }

  private func path(of number: UInt8) -> String {
    "\(store.folder)/subjects \(kind)/\(hexText([number]))"
  }

  private func bucket(_ number: UInt8) throws(Fault) -> [[UInt8]: Record] {
    if let known = cache.buckets.withLock({ $0[number] }) { return known }
    return try read(number)
  }

  private func read(_ number: UInt8) throws(Fault) -> [[UInt8]: Record] {
    let path = path(of: number)
    var records: [[UInt8]: Record] = [:]
    if try store.files.exists(path) {
      let bytes = try store.files.read(path)
      guard bytes.count.isMultiple(of: Self.recordByteCount) else {
        throw Fault(
          .data, at: Place(path), "this is no file of keys", remedy: "restore it from a copy")
      }
      for start in stride(from: 0, to: bytes.count, by: Self.recordByteCount) {
        let record = bytes[start..<start + Self.recordByteCount]
        let token = Array(record.prefix(Self.tokenByteCount))
        let rest = record.dropFirst(Self.tokenByteCount)
        let version = rest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        records[token] = Record(version: version, wrapped: Array(rest.dropFirst(4)))
      }
    }
    let found = records
    cache.buckets.withLock { $0[number] = found }
    return found
  }

  private func write(_ records: [[UInt8]: Record], _ number: UInt8) throws(Fault) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(records.count * Self.recordByteCount)
    for (token, record) in records.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      bytes += token
      withUnsafeBytes(of: record.version.bigEndian) { bytes.append(contentsOf: $0) }
      bytes += record.wrapped
    }
    try store.files.replace(path(of: number), bytes)
    cache.buckets.withLock { $0[number] = records }
  }
}

/// Makes the token of a person from the value that tells it.
package struct SubjectTokens: Sendable {
  private let kind: [UInt8]
  private let key: [UInt8]

  init(_ kind: String, _ key: SealingKey) {
    self.kind = Array("subject \(kind) ".utf8)
    self.key = key.withBytes { $0 }
  }

  /// The token of the person with this key.
  package func token(of value: some Sequence<UInt8>) -> [UInt8] {
    Array(SHA256.keyed(key, kind + value).prefix(SubjectKeys.tokenByteCount))
  }
}
