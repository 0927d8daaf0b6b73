package import ArgumentParser
import Core
import Glibc

// UnixTool: what makes a program a tool of the suite, whatever it works on.
//
// The rooms, in this order: `Streams` (standard output that is checked, messages on standard
// error), `Secrets` (found by name, masked wherever they would be seen), `Options` (what several
// tools take, by argument or environment). On top of them stand
// `MedallionTool`, which runs a tool from its call to its exit status, and `Console`, where it
// speaks.
//
// Begin with `MedallionTool`, whose comment shows a whole tool. Nothing here knows a lake, a table
// or a database: LakeTool brings the two together.

/// A tool of the suite: options in, one library call, product out.
///
/// A tool is a `@main` struct that names itself in `manual`, declares its options (the shared
/// groups first) and does its work in `run`. Everything else is common: help, version, messages,
/// exit statuses, a checked standard output, the roll-back of drafts when a signal ends it.
///
///     @main struct LakeLog: MedallionTool {
///       static let manual = ToolManual(
///         "lake-log", "shows the history of a table", operands: "TABLE",
///         examples: [("lake-log silver.sales", "every version, the newest first")])
///       @OptionGroup(title: "Lake") var lake: LakeOptions
///       @OptionGroup(title: "Run") var options: RunOptions
///       @Argument(help: "the table") var table: String
///       func run(_ console: Console) throws { … }
///       func needs(_ console: Console) throws -> Needs { … }
///     }
package protocol MedallionTool: ParsableCommand {
  /// The tool's name, purpose and examples.
  static var manual: ToolManual { get }
  /// The options that every tool has.
  var options: RunOptions { get }
  /// The arguments as they are to be understood; some tools take one that looks like an option.
  static func arranged(_ arguments: [String]) -> [String]
  /// The operands of a tool that may be called with thousands of them; nil for one that is not.
  static var manyOperands: WritableKeyPath<Self, [String]>? { get }
  /// Does the work. A thrown `Fault` is printed in the house form and decides the exit status.
  mutating func run(_ console: Console) throws
  /// What `run` would touch. Nothing is locked, reached, started or written for the answer.
  func needs(_ console: Console) throws -> Needs
}

extension MedallionTool {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: manual.name, abstract: manual.summary, usage: manual.usage,
      version: "\(manual.name) \(Medallion.version)")
  }

  /// None, unless the tool says otherwise.
  package static var manyOperands: WritableKeyPath<Self, [String]>? { nil }

  /// As they were given, unless the tool says otherwise.
  package static func arranged(_ arguments: [String]) -> [String] { arguments }

  /// Runs the tool on the process's arguments and ends the process.
  package static func main() { runToEnd() }

  /// What `main` does, for a tool that has something to see to before.
  package static func runToEnd() {
    ClosedStreams.fill()
    EndingSignals.catchThem()
    var status = ExitStatus.success
    Thread.withDeepStack { status = run(arranged(Array(programArguments().dropFirst()))) }
    EndingSignals.endIfAsked()
    Glibc.exit(status.rawValue)
  }

  /// Runs the tool on `arguments`; the status that the process is to end with.
  static func run(_ arguments: [String]) -> ExitStatus {
    let output = StandardOutput()
    for value in SecretVariables.values { KnownSecrets.add(value) }
    do {
      try checkEnvironment()
      let asked = try NeedsForm.asked(by: arguments)
      var tool = try parseCall(asked.arguments)
      let console = try Console(manual.name, tool.options, output)
      for fault in strayVariables() { console.warn(fault) }
      nonisolated(unsafe) let talker = console
      LockWaits.telling { talker.say($0) }
      WeakTransport.telling("people") { server, how in
        talker.warn(
          Fault(
            .configuration, at: Place(server),
            "with \(how) somebody else may answer for this server, or read what goes there",
            remedy: "have it show who it is, by sslmode=verify-full or https://"))
      }
      if tool.options.needs {
        return finish(console) { try output.write(asked.form.text(of: tool.needs(console))) }
      }
      return finish(console) { try tool.run(console) }
    } catch let text as RequestedText {
      return finish(Console(manual.name, output, calledWith: arguments)) {
        try output.write(text.text)
      }
    } catch {
      return finish(Console(manual.name, output, calledWith: arguments)) { throw error }
    }
  }

  /// The tool as `arguments` set it up; throws `RequestedText` for `--help` and the like, and a
  /// `Fault` when they are wrong.
  static func parseCall(_ arguments: [String]) throws -> Self {
    // For `make install`: no tool takes it for anything else.
    if arguments == ["--man-page"] {
      throw RequestedText(
        manual.page(from: manual.help(from: helpMessage(columns: ToolManual.columnCount))))
    }
    do {
      let arguments = manyOperands == nil ? arguments : ManyOperands.packed(arguments)
      try ManyOperands.check(arguments)
      let command = try parseAsRoot(arguments)
      guard var tool = command as? Self else {
        throw RequestedText(manual.help(from: helpMessage(columns: ToolManual.columnCount)))
      }
      if let operands = manyOperands {
        tool[keyPath: operands] = ManyOperands.parted(tool[keyPath: operands])
      }
      return tool
    } catch let fault as Fault {
      throw fault
    } catch let text as RequestedText {
      throw text
    } catch {
      throw explanation(of: error, arguments)
    }
  }

  private static func explanation(
    of error: any Error, _ arguments: [String]
  ) -> any Error {
    guard exitCode(for: error) == .success else {
      return UsageMessage(
        message(for: error), full: fullMessage(for: error, columns: 1_000), tool: manual.name,
        arguments: arguments, help: helpMessage(columns: ToolManual.columnCount)
      ).fault
    }
    let text = message(for: error)
    let isHelp = text.hasPrefix("OVERVIEW:") || text.hasPrefix("USAGE:")
    let help = isHelp ? manual.help(from: helpMessage(columns: ToolManual.columnCount)) : text
    return RequestedText(help.hasSuffix("\n") ? help : help + "\n")
  }

  /// Does `work`, flushes the product, prints what went wrong.
  private static func finish(_ console: Console, _ work: () throws -> Void) -> ExitStatus {
    do {
      try work()
    } catch {
      console.fail(error)
    }
    do {
      try console.output.flush()
    } catch {
      console.fail(error)
    }
    console.clearProgress()
    return console.status
  }
}

/// Text that the user asked for instead of a run.
struct RequestedText: Error {
  let text: String

  init(_ text: String) { self.text = text }
}

/// What the program was called with. An argument that is no UTF-8 may be the name of a file, and is
/// written as `pathText` does; all others are what they are.
private func programArguments() -> [String] {
  (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0] }.map { argument in
    String(validatingCString: argument)
      ?? pathText(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
  }
}
