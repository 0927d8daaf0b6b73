package import Core
import Synchronization

/// A key that data of a lake is sealed with.
package struct DataKey: Sendable {
  /// What it is for: `table silver.customers`.
  package let name: String
  package let version: UInt32
  package let key: SealingKey
}

/// The data keys of a lake, wrapped by master keys: a text file a key, a line a version.
///
///     _keys/table silver.customers.key     1 master 1 5f0c…
///                                          2 master 2 91ab…
///
/// The last version seals, all open. A line is replaced as a whole when it is wrapped anew, so that
/// a reader finds the one or the other. Subjects' keys lie beside them (`SubjectKeys`).
package final class KeyStore: Sendable {
  package let folder: String
  let files: any FileSystem
  package let master: any MasterKeys
  private let opened = Mutex<[String: [DataKey]]>([:])
  private let caches = Mutex<[String: SubjectKeys.Cache]>([:])

  /// The keys below the lake's folder `root`.
  package init(
    ofLake root: String, _ files: any FileSystem, _ master: any MasterKeys
  ) {
    folder = "\(root)/_keys"
    self.files = files
    self.master = master
  }

  /// The key that seals what is called `name`; made when there is none yet.
  package func key(_ name: String) throws(Fault) -> DataKey {
    if let key = try keys(name).last { return key }
    return try addVersion(of: name, unlessThere: true)
  }

  /// A version of a key; nil when it is not there, or not any more.
  func liveKey(_ name: String, version: UInt32) throws(Fault) -> DataKey? {
    if let key = try keys(name).first(where: { $0.version == version }) { return key }
    forget(name)
    return try keys(name).first { $0.version == version }
  }

  /// Has a key read anew when somebody asks for it next.
  func forget(_ name: String) { opened.withLock { $0[name] = nil } }

  /// A version of a key; `.denied` when it is not there.
  package func key(_ name: String, version: UInt32) throws(Fault) -> DataKey {
    if let key = try liveKey(name, version: version) { return key }
    throw Fault(
      .denied, at: Place(path(of: name)), "version \(version) of the key '\(name)' is not here",
      remedy: "restore the lake's _keys from a copy, unless it was destroyed")
  }

  /// The keys of persons that are told by a key of this kind.
  package func subjects(_ kind: String) -> SubjectKeys {
    let cache = caches.withLock { caches in
      let cache = caches[kind] ?? SubjectKeys.Cache()
      caches[kind] = cache
      return cache
    }
    return SubjectKeys(kind, self, cache)
  }

  /// The names of all keys, sorted.
  package func names() throws(Fault) -> [String] {
    try files.list(folder).filter { $0.hasSuffix(".key") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(4)) }
  }

  /// How a key's versions are wrapped, without opening any.
  package func wrappings(of name: String) throws(Fault) -> [WrappedKey] {
    let path = path(of: name)
    guard try files.exists(path) else { return [] }
    let lines = String(decoding: try files.read(path, limit: 1 << 24), as: UTF8.self)
    var found: [WrappedKey] = []
    for (number, line) in lines.split(separator: "\n").enumerated() {
      guard let key = WrappedKey(line) else {
        throw Fault(
          .data, at: Place(path, line: number + 1), "this is no wrapped key",
          remedy: "restore the file from a copy")
      }
      found.append(key)
    }
    return found
  }

  /// Makes one more version, which seals from then on; with `unlessThere` only where there is none.
  package func addVersion(of name: String, unlessThere: Bool = false) throws(Fault) -> DataKey {
    let lock = try lock()
    defer { lock.unlock() }
    opened.withLock { $0[name] = nil }
    var wrapped = try wrappings(of: name)
    if unlessThere, let key = try keys(name).last { return key }
    let made = DataKey(
      name: name, version: (wrapped.last?.version ?? 0) + 1, key: .random())
    wrapped.append(try wrap(made))
    try write(wrapped, as: name)
    return made
  }

  /// Takes versions before `version` away: what they sealed can be opened by nobody any more.
  package func destroyVersions(of name: String, before version: UInt32) throws(Fault) {
    let lock = try lock()
    defer { lock.unlock() }
    let wrapped = try wrappings(of: name)
    let kept = wrapped.filter { $0.version >= version }
    if kept.count < wrapped.count { try write(kept, as: name) }
    opened.withLock { $0[name] = nil }
  }

  /// Wraps all versions of a key with the newest master key; tells how many were not yet.
  package func rewrap(_ name: String) throws(Fault) -> Int {
    let lock = try lock()
    defer { lock.unlock() }
    opened.withLock { $0[name] = nil }
    let current = try master.current()
    var wrapped = try wrappings(of: name)
    let stale = wrapped.indices.filter { wrapped[$0].master != current }
    if stale.isEmpty { return 0 }
    let keys = try keys(name)
    for index in stale { wrapped[index] = try wrap(keys[index]) }
    try write(wrapped, as: name)
    return stale.count
  }

  /// Keeps others from changing keys while it is held.
  func lock() throws(Fault) -> any FileLock {
    try files.createDirectory(folder)
    return try files.lock("\(folder)/.lock", patience: .seconds(60))
  }

  private func keys(_ name: String) throws(Fault) -> [DataKey] {
    if let known = opened.withLock({ $0[name] }) { return known }
    var found: [DataKey] = []
    for wrapped in try wrappings(of: name) {
      let key = try master.unwrap(
        wrapped.sealed, with: wrapped.master, for: Self.place(name, wrapped.version))
      found.append(DataKey(name: name, version: wrapped.version, key: key))
    }
    opened.withLock { $0[name] = found }
    return found
  }

  private func wrap(_ key: DataKey) throws(Fault) -> WrappedKey {
    let current = try master.current()
    return WrappedKey(
      version: key.version, master: current,
      sealed: try master.wrap(key.key, with: current, for: Self.place(key.name, key.version)))
  }

  private func write(_ keys: [WrappedKey], as name: String) throws(Fault) {
    try files.replace(path(of: name), Array(keys.map { "\($0.line)\n" }.joined().utf8))
  }

  private func path(of name: String) -> String { "\(folder)/\(name).key" }

  private static func place(_ name: String, _ version: UInt32) -> [UInt8] {
    Array("data key \(name) \(version)".utf8)
  }
}

/// A version of a data key as it lies in the lake.
package struct WrappedKey: Hashable, Sendable {
  package let version: UInt32
  /// What it is wrapped with.
  package let master: MasterKeyName
  let sealed: [UInt8]

  init(version: UInt32, master: MasterKeyName, sealed: [UInt8]) {
    self.version = version
    self.master = master
    self.sealed = sealed
  }

  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    guard words.count == 4, let version = UInt32(words[0]), let number = Int(words[2]),
      let sealed = bytes(ofHex: words[3])
    else { return nil }
    self.init(
      version: version, master: MasterKeyName(id: String(words[1]), version: number), sealed: sealed
    )
  }

  var line: String { "\(version) \(master) \(hexText(sealed))" }
}
