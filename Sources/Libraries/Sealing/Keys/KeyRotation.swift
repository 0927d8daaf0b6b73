package import Core

/// Brings a lake's keys under the newest master key, and makes new data keys.
///
/// A step is one file that is replaced as a whole, and each key can be opened before, between and
/// after the steps, as long as the old master key is there. Stopped anywhere, it goes on from
/// there: what is done already is seen by its version.
package struct KeyRotation: Sendable {
  /// How a data key lies.
  package struct Standing: Sendable, Hashable {
    package var name: String
    /// Its versions, and what each is wrapped with.
    package var versions: [(version: UInt32, master: MasterKeyName)]

    package static func == (left: Standing, right: Standing) -> Bool {
      left.name == right.name && left.versions.elementsEqual(right.versions, by: ==)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
  }

  private let store: KeyStore

  package init(_ store: KeyStore) { self.store = store }

  /// How all data keys lie: who still needs which master key.
  package func standings() throws(Fault) -> [Standing] {
    try store.names().map { (name) throws(Fault) in
      Standing(name: name, versions: try store.wrappings(of: name).map { ($0.version, $0.master) })
    }
  }

  /// The master keys that something is still wrapped with, sorted.
  package func mastersInUse() throws(Fault) -> [MasterKeyName] {
    Set(try standings().flatMap { $0.versions.map(\.master) }).sorted()
  }

  /// Wraps every data key with the newest master key; tells each that was not yet, as soon as it
  /// is. After it no older master key is needed.
  package func rewrapAll(_ tell: (_ key: String) -> Void = { _ in }) throws(Fault) {
    for name in try store.names() where try store.rewrap(name) > 0 { tell(name) }
  }

  /// Gives the persons of a kind a new wrapping key: their own keys stay, so that no value has to
  /// be sealed anew. The old version goes when nothing is wrapped by it any more.
  package func renewSubjects(_ kind: String) throws(Fault) -> Int {
    let subjects = store.subjects(kind)
    let versions = try store.wrappings(of: subjects.wrappingKey)
    guard !versions.isEmpty else { return 0 }
    // One that was stopped is gone on with: two versions say that it began.
    if versions.count == 1 { _ = try store.addVersion(of: subjects.wrappingKey) }
    let count = try subjects.rewrap()
    let newest = try store.key(subjects.wrappingKey).version
    try store.destroyVersions(of: subjects.wrappingKey, before: newest)
    return count
  }
}
