package import Core
import JSON
package import Sealing

/// Who can read a backup. Each recipient has a key of his own, which lies apart from it; the backup
/// holds its own key once for each of them, sealed with his:
///
///     keys/<name>.json    {"format":1,"backup":"…","recipient":"<name>","key":"<digits>",
///                          "sealed":"…"}
///
/// One who loses his key shuts nobody else out, and one who is to read no more is taken out; what
/// he has read he has.
package struct Recipients {
  private let place: any BackupPlace
  private let backup: String

  init(of place: any BackupPlace, backup: String) {
    self.place = place
    self.backup = backup
  }

  /// A key as people keep it: 64 hexadecimal digits. `.configuration` when `text` is none.
  package static func key(_ text: [UInt8], at place: Place) throws(Fault) -> SealingKey {
    let digits = String(decoding: text, as: UTF8.self).trimmed
    guard let bytes = bytes(ofHex: digits), let key = SealingKey(bytes) else {
      throw Fault(
        .configuration, at: place, "this is no key of a backup: 64 hexadecimal digits",
        remedy: "give the file that 'backup key FILE' made")
    }
    return key
  }

  /// The text of a new key.
  package static func newKeyText() -> String {
    SealingKey.random().withBytes { hexText($0) } + "\n"
  }

  /// The names of the recipients, in byte order.
  package func names() throws(Fault) -> [String] {
    try place.list("keys").compactMap { Self.name(ofFile: $0.name) }
  }

  /// Makes `name`, whose key is `key`, one of them.
  func add(_ name: String, _ key: SealingKey, master: SealingKey) throws(Fault) {
    try Self.check(name)
    let sealed = master.withBytes { key.seal($0, for: associated(name)) }
    let json: JSONValue = [
      "format": 1, "backup": .string(backup), "recipient": .string(name),
      "key": .string(Self.fingerprint(of: key)),
      "sealed": .string(hexText(sealed)),
    ]
    try place.write(Self.file(name), JSONWriter.bytes(json) + [UInt8(ascii: "\n")])
  }

  /// Takes `name` out; `.missing` when there is no such recipient, `.denied` when it is the last.
  package func remove(_ name: String) throws(Fault) {
    let names = try names()
    guard names.contains(name) else {
      throw Fault(
        .missing, at: Place(place.name), "there is no recipient '\(name)'",
        remedy: Suggestion.remedy(for: name, among: names, otherwise: "see 'backup recipients'"))
    }
    guard names.count > 1 else {
      throw Fault(
        .denied, at: Place(place.name), "'\(name)' is the only one who can read this backup",
        remedy: "add another recipient first")
    }
    try place.remove(Self.file(name))
  }

  /// The backup's own key, opened with the key of one of the recipients; `.denied` when it is the
  /// key of none, `.data` when his file is damaged.
  func master(with key: SealingKey) throws(Fault) -> SealingKey {
    let fingerprint = Self.fingerprint(of: key)
    var names: [String] = []
    var damage: Fault?
    for file in try place.list("keys") {
      guard let name = Self.name(ofFile: file.name) else { continue }
      names.append(name)
      let record = Self.record(try place.read(file.name))
      if let record, let bytes = key.open(record.sealed, for: associated(name)),
        let master = SealingKey(bytes)
      {
        return master
      }
      if let record, record.backup != backup {
        damage = Fault(
          .data, at: Place("\(place.name)/backup.json"),
          "it names another backup than the key of '\(name)'",
          remedy: "put the file back from another copy of the backup")
      } else if record == nil || record?.fingerprint == fingerprint {
        damage = Fault(
          .data, at: Place("\(place.name)/\(file.name)"),
          "the key that is sealed here for '\(name)' was changed",
          remedy: "open the backup with the key of another recipient, and add '\(name)' anew")
      }
    }
    if let damage { throw damage }
    guard !names.isEmpty else {
      throw Fault(
        .data, at: Place("\(place.name)/keys"), "the keys of all recipients are gone",
        remedy: "put them back from another copy of the backup")
    }
    throw Fault(
      .denied, at: Place(place.name),
      "this key opens it for nobody: its recipients are \(names.joined(separator: ", "))",
      remedy: "give the key of one of them with --key")
  }

  /// Whether the file of a recipient says what it should: nothing in it is told by a key alone.
  static func record(_ bytes: [UInt8]) -> (
    backup: String, fingerprint: String, sealed: [UInt8]
  )? {
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.int == 1,
      let backup = json["backup"]?.string, let fingerprint = json["key"]?.string,
      let sealed = json["sealed"]?.string.flatMap({ Core.bytes(ofHex: $0) })
    else { return nil }
    return (backup, fingerprint, sealed)
  }

  static func file(_ name: String) -> String { "keys/\(name).json" }

  static func name(ofFile file: String) -> String? {
    let name = lastComponent(of: file)
    return name.hasSuffix(".json") ? String(name.dropLast(5)) : nil
  }

  private static func check(_ name: String) throws(Fault) {
    try NameRule.check(folder: name, "a recipient's name", at: nil)
  }

  /// Which key it is, as far as may be told.
  private static func fingerprint(of key: SealingKey) -> String {
    let digest = key.withBytes { SHA256.keyed($0, Array("medallion backup: fingerprint".utf8)) }
    return hexText(digest.prefix(8))
  }

  private func associated(_ name: String) -> [UInt8] {
    Array("recipient\u{0}\(backup)\u{0}\(name)".utf8)
  }
}
