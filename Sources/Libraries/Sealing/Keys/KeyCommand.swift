package import Core

/// Master keys that never come here: a command of whoever owns them wraps and unwraps.
///
///     PROGRAM current                  says `id version` of the newest key
///     PROGRAM wrap ID VERSION          reads a key in hex and says it wrapped, in hex
///     PROGRAM unwrap ID VERSION        the other way
///
/// What is wrapped or unwrapped goes through pipes. Beside the key stands on a line of its own, in
/// hex, what it is for, which a service that takes associated data may bind the key to.
package struct KeyCommand: MasterKeys {
  private static let patience = Duration.seconds(60)

  private let program: String

  package init(_ program: String) { self.program = program }

  package func current() throws(Fault) -> MasterKeyName {
    let words = try answer(["current"], giving: "").split(separator: " ").map(String.init)
    guard words.count == 2, let version = Int(words[1]), version > 0 else {
      throw fault("it says '\(words.joined(separator: " "))', which is no 'id version'")
    }
    return MasterKeyName(id: words[0], version: version)
  }

  package func wrap(
    _ key: SealingKey, with name: MasterKeyName, for associated: [UInt8]
  ) throws(Fault) -> [UInt8] {
    let given = key.withBytes { hexText($0) } + "\n" + hexText(associated) + "\n"
    let said = try answer(["wrap", name.id, "\(name.version)"], giving: given)
    guard let wrapped = bytes(ofHex: said), !wrapped.isEmpty else {
      throw fault("it gives no wrapped key in hex")
    }
    return wrapped
  }

  package func unwrap(
    _ wrapped: [UInt8], with name: MasterKeyName, for associated: [UInt8]
  ) throws(Fault) -> SealingKey {
    let said = try answer(
      ["unwrap", name.id, "\(name.version)"],
      giving: hexText(wrapped) + "\n" + hexText(associated) + "\n")
    guard let key = bytes(ofHex: said).flatMap(SealingKey.init) else {
      throw fault("it gives no key of 64 hexadecimal digits")
    }
    return key
  }

  private func fault(_ problem: String) -> Fault {
    Fault(
      .denied, at: Place(program), problem, remedy: "see what it says when it is run by hand")
  }

  /// What the program says when it is called with `arguments` and given a text.
  private func answer(_ arguments: [String], giving text: String) throws(Fault) -> String {
    let outcome = try Program(program, arguments).run(
      giving: Array(text.utf8), patience: Self.patience,
      remedy: "name a program that wraps and unwraps keys")
    guard outcome.status == 0 else {
      throw fault(
        outcome.status == Program.tookTooLong
          ? "'\(arguments[0])' has not ended after \(Self.patience)"
          : "'\(arguments[0])' ends with status \(outcome.status)")
    }
    return String(outcome.output.trimmed)
  }
}
