import CProcess
package import Core
import Glibc

/// Secrets by name, which never come by argument. Each that is found is masked from then on in
/// whatever this process says (`KnownSecrets`), and is in no core dump of it.
package enum Secret {
  /// The secret `name`: the variable `MEDALLION_SECRET_<NAME>`, else a file of that name in the
  /// service manager's credentials folder (`CREDENTIALS_DIRECTORY`) or in `folder`, else what a
  /// command of `secrets.yml` gives; nil when there is none. A file that others may read or change
  /// is refused with a `.denied` fault, one that has lost its bytes with `.configuration`. One
  /// newline at the end of a file, or of what a command says, does not count.
  package static func value(of name: String, in folder: String) throws(Fault) -> [UInt8]? {
    try check(name)
    var value = variable(name)
    if value == nil { value = try credential(name) }
    if value == nil { value = try SecretFile("\(folder)/\(name)", .own).value() }
    if value == nil { value = try SecretCommands.value(of: name) }
    if let value {
      KnownSecrets.add(value)
      medallion_keep_from_dumps()
    }
    return value
  }

  private static func variable(_ name: String) -> [UInt8]? {
    let variable =
      SecretVariables.mark + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    guard let value = getenv(variable), value.pointee != 0 else { return nil }
    return UnsafeBufferPointer(start: value, count: strlen(value)).map { UInt8(bitPattern: $0) }
  }

  private static func credential(_ name: String) throws(Fault) -> [UInt8]? {
    guard let folder = environment("CREDENTIALS_DIRECTORY") else { return nil }
    return try SecretFile("\(folder)/\(name)", .serviceManager).value()
  }

  /// Throws `.configuration` unless `name` is one: it is that of a file too.
  private static func check(_ name: String) throws(Fault) {
    guard isName(name) else {
      throw Fault(
        .configuration, "'\(name)' is no name of a secret",
        remedy: "name it with letters, digits, '-', '_' and '.', not first")
    }
  }

  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  /// Has all secrets masked that this process can find: those of the environment, and the files of
  /// the credentials folder and of `folder`; for tools that tell of what others said. None is
  /// refused here: whoever uses one is told what is wrong with it.
  package static func learn(in folder: String) {
    for value in SecretVariables.values { KnownSecrets.add(value) }
    let files = LocalFileSystem()
    for folder in [environment("CREDENTIALS_DIRECTORY"), folder].compactMap({ $0 }) {
      for name in (try? files.list(folder)) ?? [] where !name.hasPrefix(".") {
        guard var bytes = try? files.read("\(folder)/\(name)", limit: SecretFile.limit) else {
          continue
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        KnownSecrets.add(bytes)
      }
    }
  }

  /// The secret `name`, as `value(of:in:)` finds it; where there is none, 32 random bytes in hex
  /// are put into `folder` for this run and all later ones, readable by the owner only. The file is
  /// there with all of its bytes, or not at all.
  package static func made(_ name: String, in folder: String) throws(Fault) -> [UInt8] {
    if let found = try value(of: name, in: folder) { return found }
    var random = SystemRandomNumberGenerator()
    let text = hexText((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    try SecretFile("\(folder)/\(name)", .own).make(text)
    return try value(of: name, in: folder) ?? []
  }

  /// What `text` stands for: the secret it names as `secret:NAME`, else `text` itself. In an
  /// address (`https://host/secret:NAME`) each name that stands behind a sign of addresses is
  /// replaced; as a user's password, spelled as an address has it.
  package static func resolve(_ text: String, in folder: String) throws(Fault) -> String {
    if let name = name(in: text) {
      guard let value = try value(of: name, in: folder) else { throw missing(name, folder) }
      return String(decoding: value, as: UTF8.self)
    }
    guard let address = SecretAddress(text) else { return text }
    return try address.text { name throws(Fault) in
      guard let value = try value(of: name, in: folder) else { throw missing(name, folder) }
      return value
    }
  }

  /// The name in `secret:NAME`; nil when `text` is no such thing.
  package static func name(in text: String) -> String? {
    text.hasPrefix(mark) ? String(text.dropFirst(mark.utf8.count)) : nil
  }

  /// Whether a secret is needed to know what `text` stands for.
  package static func isNamed(in text: String) -> Bool {
    name(in: text) != nil || SecretAddress(text) != nil
  }

  static let mark = "secret:"

  private static func missing(_ name: String, _ folder: String) -> Fault {
    Fault(
      .configuration, "no secret '\(name)'",
      remedy: "put it into '\(folder)/\(name)' and run 'chmod 600' on that")
  }
}
