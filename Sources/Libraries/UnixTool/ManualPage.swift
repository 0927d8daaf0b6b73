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

  /// `text` as it is, whatever roff would make of it, in letters that any roff reads.
  private func roff(_ text: some StringProtocol) -> String {
    let plain = text.unicodeScalars.map { letter in
      switch letter {
      case "\\": "\\e"
      case "-": "\\-"
      case let letter where !letter.isASCII:
        "\\[u\(padded(letter.value))]"
      default: String(letter)
      }
    }.joined()
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
  }

  /// `2026`: the number of a letter, as roff has it.
  private func padded(_ number: UInt32) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
