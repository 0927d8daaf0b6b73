package import Core
import Glibc

/// Master keys that never come here: a command of whoever owns them wraps and unwraps.
///
///     PROGRAM current                  says `id version` of the newest key
///     PROGRAM wrap ID VERSION          reads a key in hex and says it wrapped, in hex
///     PROGRAM unwrap ID VERSION        the other way
///
/// What is wrapped or unwrapped goes through pipes. Beside the key stands on a line of its own, in
/// hex, what it is for, which a service that takes associated data may bind the key to.
package struct KeyCommand: MasterKeys {
  private static let answerLimit = 1 << 16

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
    let input = try pipe()
    let output = try pipe()
    defer { for number in [input.reading, output.reading] where number >= 0 { close(number) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reading, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
    var child = pid_t()
    let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let code = posix_spawnp(&child, program, &actions, nil, words, environ)
    close(output.writing)
    // A key's text is far smaller than what a pipe holds: it lies there before it is read.
    let bytes = Array(text.utf8)
    let written = bytes.isEmpty ? 0 : write(input.writing, bytes, bytes.count)
    close(input.writing)
    guard code == 0, written == bytes.count else {
      throw fault("it cannot be run: \(systemErrorText(code == 0 ? errno : code))")
    }
    let said = read(output.reading)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw fault("'\(arguments[0])' ends with status \(status >> 8 & 255)")
    }
    return String(String(decoding: said, as: UTF8.self).trimmed)
  }

  private func pipe() throws(Fault) -> (reading: Int32, writing: Int32) {
    // What the program is not to have open: it would wait for itself.
    guard let ends = privatePipe() else { throw fault("no pipe: \(systemErrorText(errno))") }
    return ends
  }

  private func read(_ file: Int32) -> [UInt8] {
    var said: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4_096)
    while said.count < Self.answerLimit {
      let count = Glibc.read(file, &piece, piece.count)
      if count > 0 { said += piece.prefix(count) } else if count == 0 || errno != EINTR { break }
    }
    return said
  }
}
