import Core
import Synchronization
import YAML

/// Secrets that another program keeps, as `secrets.yml` in the job folder says:
///
///     timeout: 10s
///     secrets:
///       crm-password: [pass, show, retail/crm]
///       "bank-*": [vault, kv, get, -field=password, "retail/{name}"]
///
/// Each list is a program and its arguments, started without a shell and without our secrets;
/// `{name}` is the secret's name. What it writes is the secret, asked for once in a run.
package enum SecretCommands {
  private static let folder = Mutex<String?>(nil)
  private static let found = Mutex<[String: [UInt8]]>([:])

  /// Where `secrets.yml` is: the job folder that the call names.
  package static func look(in jobsFolder: String) { folder.withLock { $0 = jobsFolder } }

  static func value(of name: String) throws(Fault) -> [UInt8]? {
    if let value = found.withLock({ $0[name] }) { return value }
    guard let folder = folder.withLock({ $0 }) else { return nil }
    let path = "\(folder)/secrets.yml"
    guard try LocalFileSystem().exists(path) else { return nil }
    let file = try File(path)
    guard let command = file.commands.first(where: { $0.names.matches(name) }) else { return nil }
    let value = try command.value(of: name, patience: file.patience)
    found.withLock { $0[name] = value }
    return value
  }

  private struct File {
    var commands: [Command] = []
    var patience = TimeSpan("10s")?.duration ?? .seconds(10)

    init(_ path: String) throws(Fault) {
      let root = try YAMLFile(path, fileSystem: LocalFileSystem()).root
      let keys = try root.members(allowed: ["timeout", "secrets"])
      if let value = keys["timeout"] {
        guard let span = TimeSpan(try value.text()) else { throw value.wrong("a time such as 10s") }
        patience = span.duration
      }
      for (name, value) in try keys["secrets"]?.members() ?? [] {
        let words = try value.texts()
        guard let first = words.first, !first.isEmpty else { throw value.wrong("a program") }
        commands.append(Command(names: NamePattern(name), words: words, place: value.place))
      }
    }
  }

  private struct Command {
    let names: NamePattern
    let words: [String]
    let place: Place

    func value(of name: String, patience: Duration) throws(Fault) -> [UInt8] {
      let words = words.map { $0.replacing("{name}", with: name) }
      let outcome = try Program(words[0], Array(words.dropFirst())).run(
        giving: [], patience: patience, remedy: "name a program that gives the secret '\(name)'")
      if outcome.status == Program.tookTooLong {
        throw Fault(
          .temporary, at: place, "'\(words[0])' did not give the secret '\(name)' in time",
          remedy: "see whether it waits for somebody, or give a greater 'timeout'")
      }
      guard outcome.status == 0 else {
        let said = outcome.talk.isEmpty ? "" : ": \(masked(outcome.lastWord))"
        throw Fault(
          .configuration, at: place,
          "'\(words[0])' gave no secret '\(name)', and ended with status \(outcome.status)\(said)",
          remedy: "run it by hand")
      }
      var bytes = Array(outcome.output.utf8)
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      guard !bytes.isEmpty else {
        throw Fault(
          .configuration, at: place, "'\(words[0])' gave nothing as the secret '\(name)'",
          remedy: "run it by hand")
      }
      return bytes
    }
  }
}
