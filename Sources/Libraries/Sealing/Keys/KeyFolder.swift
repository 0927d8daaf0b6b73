package import Core
import Glibc

/// Master keys in a folder outside of the lake: a file a key and version, `master.1.key`, with 32
/// bytes as hexadecimal digits, which its owner alone may read.
package struct KeyFolder: MasterKeys {
  /// What new keys are called.
  package static let standardID = "master"

  package let folder: String
  private let files: any FileSystem

  package init(_ folder: String, _ files: any FileSystem) {
    self.folder = folder
    self.files = files
  }

  /// The keys that there are, sorted.
  package func names() throws(Fault) -> [MasterKeyName] {
    try files.list(folder).compactMap(Self.name).sorted()
  }

  package func current() throws(Fault) -> MasterKeyName {
    let names = try names()
    let standard = names.filter { $0.id == Self.standardID }
    guard let newest = (standard.isEmpty ? names : standard).last else {
      throw Fault(
        .denied, at: Place(folder), "there is no master key here",
        remedy: "make one with 'lake-keys make', or give the folder that has it")
    }
    return newest
  }

  package func wrap(
    _ key: SealingKey, with name: MasterKeyName, for associated: [UInt8]
  ) throws(Fault) -> [UInt8] {
    let master = try master(name)
    return key.withBytes { master.seal($0, for: associated) }
  }

  package func unwrap(
    _ wrapped: [UInt8], with name: MasterKeyName, for associated: [UInt8]
  ) throws(Fault) -> SealingKey {
    guard let key = try master(name).open(wrapped, for: associated).flatMap(SealingKey.init) else {
      throw Fault(
        .denied, at: Place(path(of: name)),
        "this is not the key that the lake's keys were wrapped "
          + "with", remedy: "put the right key in its place")
    }
    return key
  }

  /// Makes the next version of the key called `id`; tells it. Older versions stay until nothing is
  /// wrapped by them any more.
  package func makeKey(_ id: String = KeyFolder.standardID) throws(Fault) -> MasterKeyName {
    guard Self.isName(id) else {
      throw Fault(
        .usage, "'\(id)' cannot be a key's name", remedy: "use letters, digits, '-' and '_'")
    }
    try files.createDirectory(folder)
    _ = withSystemPath(folder) { chmod($0, 0o700) }
    let newest = try names().last { $0.id == id }?.version ?? 0
    let name = MasterKeyName(id: id, version: newest + 1)
    let text = SealingKey.random().withBytes { hexText($0) } + "\n"
    // Nobody else may read it, at no moment: nobody else comes into the folder.
    let draft = try files.draft(path(of: name), replacing: false)
    try draft.append(Array(text.utf8))
    guard try draft.publish() == .published else {
      throw Fault(
        .temporary, at: Place(path(of: name)), "another has just made this key",
        remedy: "run the command again")
    }
    guard withSystemPath(path(of: name), { chmod($0, 0o600) }) == 0 else {
      throw Fault(
        .cannotCreate, at: Place(path(of: name)), "its mode cannot be set to 0600",
        remedy: "put the folder where modes are kept")
    }
    return name
  }

  /// Removes a version by which nothing is wrapped any more.
  package func removeKey(_ name: MasterKeyName) throws(Fault) { try files.remove(path(of: name)) }

  /// Where the key lies.
  package func path(of name: MasterKeyName) -> String { "\(folder)/\(name.id).\(name.version).key" }

  private func master(_ name: MasterKeyName) throws(Fault) -> SealingKey {
    let path = path(of: name)
    guard try files.exists(path) else {
      throw Fault(
        .denied, at: Place(folder),
        "the master key '\(name.id)' of version \(name.version) is not "
          + "here", remedy: "give the folder that has it, or leave sealed columns out")
    }
    try checkMode(path)
    let text = String(decoding: try files.read(path, limit: 1 << 16), as: UTF8.self)
    guard let key = bytes(ofHex: text.trimmed).flatMap(SealingKey.init) else {
      throw Fault(
        .configuration, at: Place(path), "a key has 64 hexadecimal digits, and this has others",
        remedy: "put the key back from a copy")
    }
    return key
  }

  private func checkMode(_ path: String) throws(Fault) {
    var facts = stat()
    guard withSystemPath(path, { stat($0, &facts) }) == 0 else { return }
    guard facts.st_mode & 0o077 == 0 else {
      throw Fault(
        .denied, at: Place(path), "a key that others may read", remedy: "run 'chmod 600' on it")
    }
  }

  private static func name(_ file: String) -> MasterKeyName? {
    let parts = file.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[2] == "key", let version = Int(parts[1]), version > 0,
      isName(parts[0])
    else { return nil }
    return MasterKeyName(id: parts[0], version: version)
  }

  private static func isName(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count < 100
      && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
  }
}
