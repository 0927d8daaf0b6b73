/// What `--help` says of a tool beyond its options.
package struct ToolManual: Sendable {
  static let columnCount = 80

  package let name: String
  let summary: String
  let usage: String
  let verdict: String?
  let examples: [(call: String, meaning: String)]

  /// `operands` is what follows the options in the usage line (`[TABLE…|-]`); `verdict` says what
  /// status 1 means, for a tool that has one; each example is a call and what it does.
  package init(
    _ name: String, _ summary: String, operands: String = "", verdict: String? = nil,
    examples: [(call: String, meaning: String)]
  ) {
    self.name = name
    self.summary = summary
    usage = operands.isEmpty ? "\(name) [OPTION…]" : "\(name) [OPTION…] \(operands)"
    self.verdict = verdict
    self.examples = examples
  }

  /// The help text, made from the parser's: usage, sentence, operands and options by group, exit
  /// statuses, examples.
  func help(from parserText: String) -> String {
    let houseText =
      parserText
      .replacing("Show the version.", with: "show the version")
      .replacing("Show help information.", with: "show this help")
    let paragraphs = split(houseText)
    let groups = paragraphs.filter { $0.first.map(isHeading) ?? false }.map { lines in
      ([headingText(lines[0])] + lines.dropFirst()).joined(separator: "\n")
    }
    let opening = "Usage: \(usage)\n\(capitalized(summary))."
    return ([opening] + groups + [statusText, exampleText]).joined(separator: "\n\n") + "\n"
  }

  private var statusText: String {
    var lines = ["Exit status:", "  0   done, or nothing to do"]
    if let verdict { lines.append("  1   \(verdict)") }
    lines += [
      "  64  wrong call        65  damaged input      66  input is missing",
      "  70  a bug of ours     73  cannot create      74  reading or writing failed",
      "  75  try again later   77  policy forbids it  78  job file or setting is wrong",
    ]
    return lines.joined(separator: "\n")
  }

  private var exampleText: String {
    let lines = examples.map { "  \($0.call)\n      \($0.meaning)" }
    return (["Examples:"] + lines).joined(separator: "\n")
  }

  /// The paragraphs of `text`, as lines.
  private func split(_ text: String) -> [[Substring]] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0.allSatisfy { $0 == " " } }
      .map(Array.init)
  }

  private func isHeading(_ line: Substring) -> Bool {
    line.last == ":" && line.first != " "
  }

  private func headingText(_ line: Substring) -> Substring {
    line.prefix(1) + line.dropFirst().lowercased()
  }
}

private func capitalized(_ text: String) -> String {
  text.prefix(1).uppercased() + text.dropFirst()
}
