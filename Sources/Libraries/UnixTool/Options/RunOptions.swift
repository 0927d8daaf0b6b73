package import ArgumentParser
package import Core

/// The options that every tool has: the run's clock and identity, and how it speaks.
package struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("the run's clock, instead of the system's", valueName: "TIME"))
  package var now: Timestamp?

  @Option(name: .customLong("run-id"), help: ArgumentHelp("the run's identity", valueName: "UUID"))
  package var runID: RunID?

  @Flag(name: .shortAndLong, help: "say only what went wrong")
  package var quiet = false

  @Flag(name: .shortAndLong, help: "say each step")
  package var verbose = false

  @Option(
    name: .customLong("log-format"),
    help: ArgumentHelp("form of messages", valueName: "FORM"))
  package var logFormat: TalkFormat = environmentValue("MEDALLION_LOG_FORMAT") ?? .text

  @Flag(
    help: ArgumentHelp(
      "say what it would touch, and do nothing; with --format json, unit (for systemd), filter "
        + "(for nft) or grants (for databases)"))
  package var needs = false

  package init() {}
}

/// The option of tools that change something.
package struct DryRunOption: ParsableArguments {
  @Flag(
    name: [.customShort("n"), .customLong("dry-run")], help: "say what would be done, do nothing")
  package var dryRun = false

  package init() {}
}

/// The option of tools whose acts are recorded.
package struct ReasonOption: ParsableArguments {
  @Option(help: ArgumentHelp("why it is done, which the audit record keeps", valueName: "TEXT"))
  package var why: String?

  package init() {}
}

extension TalkFormat: ExpressibleByArgument {
  /// The form that a call asks for, whatever else is wrong with it; nil when it does not.
  static func asked(by arguments: [String]) -> TalkFormat? {
    let option = "--log-format"
    let options = arguments.prefix { $0 != "--" }
    let words = options.indices.compactMap { index in
      if options[index].hasPrefix("\(option)=") {
        return String(options[index].dropFirst(option.utf8.count + 1))
      }
      let next = index + 1
      return options[index] == option && next < options.endIndex ? options[next] : nil
    }
    return words.last.flatMap(TalkFormat.init)
  }
}

extension Timestamp: ExpressibleByArgument {
  package init?(argument: String) { self.init(rfc3339Text: argument) }
}

extension CivilDate: ExpressibleByArgument {
  package init?(argument: String) { self.init(isoText: argument) }
}

extension RunID: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
