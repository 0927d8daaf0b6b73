package import Core

/// The name of a master key, and which version of it: `master` 2.
package struct MasterKeyName: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var id: String
  package var version: Int

  package init(id: String, version: Int) {
    self.id = id
    self.version = version
  }

  package var description: String { "\(id) \(version)" }

  package static func < (left: MasterKeyName, right: MasterKeyName) -> Bool {
    (left.id, left.version) < (right.id, right.version)
  }
}

/// The keys of whoever owns the data, which never lie in the lake: they wrap the keys that do.
package protocol MasterKeys: Sendable {
  /// The key that new data keys are wrapped with: the newest version.
  func current() throws(Fault) -> MasterKeyName
  /// `key` wrapped with a master key, for what `associated` says.
  func wrap(
    _ key: SealingKey, with name: MasterKeyName, for associated: [UInt8]
  ) throws(Fault) -> [UInt8]
  /// The key that `wrapped` holds; `.denied` when who runs this does not have the master key, or it
  /// does not open.
  func unwrap(
    _ wrapped: [UInt8], with name: MasterKeyName, for associated: [UInt8]
  ) throws(Fault) -> SealingKey
}

/// The master keys that `text` names: a folder of keys, or `command:PROGRAM`.
package func masterKeys(at text: String, _ files: any FileSystem) -> any MasterKeys {
  let mark = "command:"
  guard text.hasPrefix(mark) else { return KeyFolder(text, files) }
  return KeyCommand(String(text.dropFirst(mark.count)))
}
