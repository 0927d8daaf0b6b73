package import Glibc

/// How a program is started: none of our signal settings, descriptors or drafts comes with it.
package struct SpawnedProcess {
  package let process: pid_t

  /// Starts `command`, found by PATH, with our environment but for `changes`, and but for our
  /// secrets where `knowsSecrets` is false, and what sets the suite's tools where
  /// `forgetsSettings`; `descriptors` says which of ours stand at which numbers there. Beside these
  /// it has what it would have without us: standard input and output, and what our caller left open
  /// for it. With `leadsGroup` all that it starts can be ended with it, by its group.
  package init(
    _ command: [RawText], changes: [String: String] = [:], knowsSecrets: Bool = true,
    forgetsSettings: Bool = false,
    descriptors: [(ours: Int32, theirs: Int32)] = [], restoresPipes: Bool = false,
    leadsGroup: Bool = false
  ) throws(StartFailure) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (ours, theirs) in descriptors {
      posix_spawn_file_actions_adddup2(&actions, ours, theirs)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var restored = sigset_t()
    sigemptyset(&restored)
    sigaddset(&restored, SIGXFSZ)
    if restoresPipes { sigaddset(&restored, SIGPIPE) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &restored)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        | (leadsGroup ? Int16(POSIX_SPAWN_SETPGROUP) : 0))
    var process = pid_t()
    let environment = Self.environment(with: changes, knowsSecrets, forgetsSettings)
    let code = Self.withTexts(command) { arguments in
      Self.withTexts(environment) { variables in
        posix_spawnp(&process, arguments[0]!, &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else { throw StartFailure(code: code) }
    self.process = process
  }

  /// Our environment as texts, with other values for some variables.
  private static func environment(
    with changes: [String: String], _ knowsSecrets: Bool, _ forgetsSettings: Bool
  ) -> [RawText] {
    var texts = changes.sorted { $0.key < $1.key }.map { RawText("\($0.key)=\($0.value)") }
    var entry = environ
    while let text = entry.pointee {
      let name = String(decoding: RawText(copying: text).name, as: UTF8.self)
      let isSetting = name.hasPrefix("MEDALLION_") && !SecretVariables.isOne(name)
      if changes[name] == nil, knowsSecrets || !SecretVariables.isOne(name),
        !(forgetsSettings && isSetting)
      {
        texts.append(RawText(copying: text))
      }
      entry += 1
    }
    return texts
  }

  private static func withTexts<Result>(
    _ texts: [RawText], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let pointers = texts.map { strdup($0.characters) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
  }
}

/// An argument or a variable, byte by byte: what a command is given is no text of ours.
package struct RawText: Equatable, Sendable {
  /// With the zero at its end.
  package let characters: [CChar]

  package init(_ text: String) { characters = Array(text.utf8CString) }

  package init(copying text: UnsafePointer<CChar>) {
    characters = Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1))
  }

  /// The last `count` arguments that this process was called with.
  package static func lastArguments(_ count: Int) -> [RawText] {
    (0..<Int(CommandLine.argc)).suffix(count).compactMap { index in
      CommandLine.unsafeArgv[index].map { RawText(copying: $0) }
    }
  }

  /// For people.
  package var shownText: String { pathText(characters.dropLast().map { UInt8(bitPattern: $0) }) }

  /// Of a variable, what stands before its value.
  fileprivate var name: [UInt8] {
    characters.prefix { $0 != 0 && $0 != CChar(bitPattern: UInt8(ascii: "=")) }
      .map { UInt8(bitPattern: $0) }
  }
}

/// That a program could not be started, by the system's number.
package struct StartFailure: Error {
  package let code: Int32

  package init(code: Int32) { self.code = code }

  /// The same for people.
  package func fault(_ program: String) -> Fault {
    switch code {
    case ENOENT, ENOTDIR:
      Fault(
        .missing, at: Place(program), "there is no such program", remedy: "check its name and PATH")
    case EACCES, EPERM:
      Fault(
        .denied, at: Place(program), "may not be started: \(systemErrorText(code))",
        remedy: "see its mode, and that it is a program")
    case ENOEXEC:
      Fault(
        .data, at: Place(program), "is no program that this machine can start",
        remedy: "give a script its first line, '#!' and its interpreter")
    default:
      Fault(
        .temporary, at: Place(program), "cannot be started: \(systemErrorText(code))",
        remedy: "see what the machine is short of")
    }
  }
}
