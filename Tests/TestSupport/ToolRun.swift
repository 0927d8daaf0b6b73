package import Core
import Glibc

/// What a run of one of the suite's tools gave.
package struct ToolRun: Sendable {
  /// The exit status, or 128 + n when signal n ended it.
  package let status: Int
  package let output: [UInt8]
  package let talk: String

  /// The product (standard output) as text.
  package var text: String { String(decoding: output, as: UTF8.self) }

  /// Runs the built tool `name` to its end.
  ///
  /// The environment is the test's own without the suite's variables, with a secret that must not
  /// be seen (`Canary`: a run that tells it fails), then `environment`.
  /// `outputPath` sends standard output to a file of the system instead, such as `/dev/full`.
  package init(
    _ name: String, _ arguments: [String] = [], input: [UInt8] = [], in directory: String? = nil,
    environment: [String: String] = [:], outputPath: String? = nil
  ) throws(Fault) {
    try self.init(
      program: ToolRun.path(of: name), arguments, input: input, in: directory,
      environment: environment, outputPath: outputPath)
  }

  /// Runs any program, as the other initializer does a tool.
  package init(
    program: String, _ arguments: [String], input: [UInt8] = [], in directory: String? = nil,
    environment: [String: String] = [:], outputPath: String? = nil
  ) throws(Fault) {
    let folder = Workdir()
    let files = LocalFileSystem()
    try files.replace(folder.file("input"), input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let outputFile = outputPath ?? folder.file("output")
    let creating = O_WRONLY | O_CREAT
    posix_spawn_file_actions_addopen(&actions, 0, folder.file("input"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputFile, creating, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.file("talk"), creating, 0o600)
    // What other tests of this process have open at the moment is nothing to the tool.
    for descriptor in Int32(3)..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var command = [program] + arguments
    if let directory { command = ["/usr/bin/env", "-C", directory] + command }
    let canary = [Canary.variable: Canary.text].merging(environment) { _, chosen in chosen }
    status = try ToolRun.spawn(command, &actions, canary)
    output = outputPath == nil ? try files.read(outputFile) : []
    let said = try files.read(folder.file("talk"))
    talk = String(decoding: said, as: UTF8.self)
    guard let spelling = Canary.spellings(in: output + said).first else { return }
    throw Fault(
      .internal, at: Place(program), "a secret of its environment is told, \(spelling)",
      remedy: "mask it where the text leaves the tool")
  }

  /// The built tool: beside the test program if that is optimised, else the release build as `make`
  /// makes it. Whole-tool tests are far slower with a debug build.
  package static func path(of name: String) throws(Fault) -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let program = String(
      decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let own = parent(of: program)
    let isOptimised = own.hasSuffix("/release")
    let folders = isOptimised ? [own] : [".build/release", own, ".build/debug"]
    for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
      let found = "\(folder)/\(name)"
      guard !found.hasPrefix("/"), let current = getcwd(nil, 0) else { return found }
      defer { free(current) }
      return "\(String(cString: current))/\(found)"
    }
    throw Fault(.missing, at: Place(name), "the tool is not built", remedy: "run 'swift build'")
  }

  private static func spawn(
    _ command: [String], _ actions: inout posix_spawn_file_actions_t,
    _ environment: [String: String]
  ) throws(Fault) -> Int {
    var variables: [String] = environment.map { "\($0)=\($1)" }
    var entry = environ
    while let text = entry.pointee.map({ String(cString: $0) }) {
      let name = String(text.prefix { $0 != "=" })
      if environment[name] == nil && !name.hasPrefix("MEDALLION_") { variables.append(text) }
      entry += 1
    }
    var process = pid_t()
    let code = withCStrings(command) { argv in
      withCStrings(variables) { envp in
        posix_spawn(&process, command[0], &actions, nil, argv, envp)
      }
    }
    guard code == 0 else {
      throw Fault(.io, at: Place(command[0]), systemErrorText(code), remedy: "build it again")
    }
    var result: Int32 = 0
    while waitpid(process, &result, 0) < 0 && errno == EINTR {}
    let signal = result & 0x7F
    return signal == 0 ? Int(result >> 8 & 0xFF) : 128 + Int(signal)
  }
}

private func withCStrings<Output>(
  _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Output
) -> Output {
  var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  pointers.append(nil)
  return body(&pointers)
}
