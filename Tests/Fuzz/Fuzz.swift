import ArgumentParser
import Core
import Engine
import Glibc

// Fuzz: every parser of foreign bytes against damaged and made-up inputs.
//
// Each input must end in a value or in a fault. What a parser does to a process that reads an
// input is seen from outside: for each target a `Worker` runs in a process of its own, and the
// `Supervisor` notes which input ended it and lets another one go on behind it.

@main
struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Run parsers against damaged and made-up inputs.")

  @Argument(help: ArgumentHelp("the parsers to run (default: all)", valueName: "TARGET"))
  var names: [String] = []

  @Option(help: "what the inputs are made from; the same seed makes the same ones")
  var seed: UInt64 = 1

  @Option(help: "how many inputs each target reads")
  var runs = 1_000

  @Flag(help: "begin with inputs, too, that were made to do harm, where they are there")
  var attacks = false

  @Option(help: ArgumentHelp("where inputs are kept that were a finding", valueName: "DIR"))
  var findings = ".build/fuzz-findings"

  @Option(help: "the most seconds that one input may take")
  var patience: UInt32 = 10

  @Option(help: ArgumentHelp("the most MiB a process may have; 0: no limit", valueName: "MIB"))
  var memory: UInt = 4_096

  @Option(help: ArgumentHelp("read this one file, in this process", valueName: "FILE"))
  var replay: String?

  @Flag(
    name: .customLong("function-calls"),
    help: "say what comes of calls of functions, of those named or of all, as JSON lines")
  var showsCalls = false

  @Flag(help: "list the targets")
  var list = false

  @Flag(help: "name every function")
  var functions = false

  @Flag(help: "say the types of the expressions on standard input, behind a line of columns")
  var types = false

  /// Given to a worker: the first input to read.
  @Option(help: .private) var first: Int?
  /// Given to a worker: the file in which it says what it reads.
  @Option(help: .private) var progress: String?

  func run() throws {
    if showsCalls { return try FunctionCalls.show(runs, seed: seed, names: names) }
    let targets = try chosen()
    if functions {
      for name in FunctionCatalog.names { say(name) }
    } else if types {
      try Acceptance.answer(sequence(state: ()) { _ in readLine() })
    } else if list {
      for target in targets where target.isForAll { say("\(target.name)\t\(target.meaning)") }
    } else if let replay {
      try Worker.replay(targets[0], LocalFileSystem().read(replay), self)
    } else if let first, let progress {
      try Worker(targets[0], self).run(from: first, progress: progress)
    } else {
      say("seed \(seed), \(runs) inputs a target")
      let supervisor = Supervisor(options: self)
      var count = 0
      for target in targets { count += try supervisor.run(target) }
      guard count == 0 else {
        say("\(count) findings; each is read again by 'fuzz TARGET --replay FILE'")
        throw ExitCode(1)
      }
    }
  }

  private func chosen() throws -> [Target] {
    if names.isEmpty { return Target.all.filter { $0.isForAll } }
    return try names.map { name in
      guard let target = Target.all.first(where: { $0.name == name }) else {
        throw ValidationError("'\(name)' is not a target; see 'fuzz --list'")
      }
      return target
    }
  }
}

/// Writes a line that is seen at once, also by who reads through a pipe.
func say(_ line: String) {
  print(line)
  fflush(nil)
}
