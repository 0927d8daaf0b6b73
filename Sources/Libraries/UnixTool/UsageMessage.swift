import Core

/// The parser's words about a wrong call, put into the house form.
struct UsageMessage {
  let fault: Fault

  /// `message` is what the parser says of `arguments`, `full` the same with its help lines; `help`
  /// lists the options.
  init(_ message: String, full: String, tool: String, arguments: [String], help: String) {
    let see = "see '\(tool) --help'"
    // The parser misses an operand before it meets an option that it does not know.
    if message.hasPrefix("Missing expected"),
      let stranger = UsageMessage.stranger(in: arguments, help)
    {
      fault = Fault(.usage, "'\(stranger)' is not an option", remedy: see)
      return
    }
    let quoted = message.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    let first = quoted.count > 1 ? quoted[1] : ""
    let name = String(first.split(separator: " ").first ?? "")
    let meaning = UsageMessage.meaning(in: full)
    let (problem, remedy): (String, String)
    if message.hasPrefix("Unknown option") {
      problem = "'\(first)' is not an option"
      let meant = UsageMessage.beginning(with: first, in: help) ?? quoted.dropFirst(3).first
      remedy = meant.map { "did you mean '\($0)'?" } ?? see
    } else if message.hasPrefix("Missing value for") {
      problem = "'\(name)' needs a value"
      remedy = meaning.map { "give \($0)" } ?? see
    } else if message.hasPrefix("Missing expected argument") {
      problem = "'\(first)' is missing"
      remedy = meaning.map { "give \($0)" } ?? see
    } else if message.hasPrefix("Unexpected argument") {
      problem = "'\(first)' is one operand too many"
      remedy = see
    } else if message.contains("does not take any value") {
      problem = "'\(first)' takes no value"
      remedy = "leave out '=\(quoted.count > 3 ? quoted[3] : "")'"
    } else if message.hasPrefix("The value '"), quoted.count > 3 {
      let option = quoted[3].split(separator: " ").first.map(String.init) ?? quoted[3]
      problem = "'\(first)' is not a value of '\(option)'"
      let choice = message.firstRange(of: "provide one of ").map { message[$0.upperBound...] }
      remedy =
        choice.map { "give one of \($0.trimmingFullStop)" } ?? meaning.map { "give \($0)" } ?? see
    } else {
      (problem, remedy) = UsageMessage.halves(of: message, see)
    }
    fault = Fault(.usage, problem, remedy: remedy)
  }

  /// The first long option of `arguments` that `help` does not name.
  private static func stranger(in arguments: [String], _ help: String) -> String? {
    arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }
      .first { !help.contains("\($0) ") }
  }

  /// The option that was cut short: the one that `help` names whose words begin with those given.
  private static func beginning(with option: String, in help: String) -> String? {
    let words = help.split { " ,\n[]()|/".contains($0) }
    let known = Set(words.filter { $0.hasPrefix("--") && $0.hasPrefix(option) }.map(String.init))
    return option.hasPrefix("--") && known.count == 1 ? known.first : nil
  }

  /// Other words: in lower case, without a full stop, with a remedy.
  private static func halves(of message: String, _ see: String) -> (String, String) {
    let line = message.split(separator: "\n").first.map(String.init) ?? "wrong call"
    let text = line.prefix(1).lowercased() + line.dropFirst().trimmingFullStop
    if let cut = text.firstRange(of: "; ") {
      return (String(text[..<cut.lowerBound]), String(text[cut.upperBound...]))
    }
    return (text, see)
  }

  /// What the parser's help line says of the option: `'--now <TIME>', the run's clock`.
  private static func meaning(in full: String) -> String? {
    guard let line = full.split(separator: "\n").first(where: { $0.hasPrefix("Help:") }),
      let cut = line.firstRange(of: ">  ")
    else { return nil }
    let call = line[..<cut.lowerBound].dropFirst("Help:".count).drop { $0 == " " } + ">"
    return "'\(call)', \(line[cut.upperBound...])"
  }
}

extension Substring {
  fileprivate var trimmingFullStop: Substring { last == "." ? dropLast() : self }
}
