import Core

extension ToolManual {
  /// The manual page, as `man` reads it, made from the help text.
  func page(from help: String) -> String {
    var lines = [
      ".TH \(roff(name.uppercased())) 1 \"\" \"Medallion \(Medallion.version)\"", ".SH NAME",
      "\(roff(name)) \\- \(roff(summary))", ".SH SYNOPSIS", roff(usage),
    ]
    var isOpen = false
    // The first two lines of the help are the usage and the summary.
    for line in help.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2) {
      if line.hasSuffix(":"), line.first?.isLetter == true {
        lines += (isOpen ? [".fi"] : []) + [".SH \(roff(line.dropLast().uppercased()))", ".nf"]
        isOpen = true
      } else if isOpen, !line.isEmpty {
        lines.append(roff(line))
      }
    }
    return (lines + (isOpen ? [".fi"] : [])).joined(separator: "\n") + "\n"
  }

  /// `text` as it is, whatever roff would make of it.
  private func roff(_ text: some StringProtocol) -> String {
    let plain = text.map { $0 == "\\" ? "\\e" : $0 == "-" ? "\\-" : String($0) }.joined()
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
  }
}
