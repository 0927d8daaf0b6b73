import Core

/// Operands by the thousand, as a shell's pattern gives them. The parser's time grows with the
/// square of their number: it is given most of them as one, and they are parted again behind it.
enum ManyOperands {
  /// What no argument holds, since the system ends each with it.
  private static let mark: Character = "\0"
  /// So many arguments the parser takes as they are.
  private static let fewCount = 256
  /// No more than these are parsed for a tool that has no use for many.
  private static let greatestCount = 4_096
  /// So many operands of a row stay as they are: the first may be the value of an option, those
  /// behind it may have places of their own.
  private static let leadingCount = 4

  /// `arguments`, in which the operands that stand together are one.
  static func packed(_ arguments: [String]) -> [String] {
    if arguments.count <= fewCount { return arguments }
    var packed: [String] = []
    var row: [String] = []
    func endRow() {
      packed += row.prefix(leadingCount)
      if row.count > leadingCount {
        packed.append(row.dropFirst(leadingCount).joined(separator: "\(mark)"))
      }
      row = []
    }
    for argument in arguments {
      if argument.hasPrefix("-") {
        endRow()
        packed.append(argument)
      } else {
        row.append(argument)
      }
    }
    endRow()
    return packed
  }

  /// The operands that `packed` has made one, each by itself.
  static func parted(_ operands: [String]) -> [String] {
    operands.flatMap { operand in
      operand.utf8.contains(0)
        ? operand.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        : [operand]
    }
  }

  /// Refuses arguments that the parser would be at for minutes.
  static func check(_ arguments: [String]) throws(Fault) {
    guard arguments.count > greatestCount else { return }
    throw Fault(
      .usage, "\(arguments.count) arguments are given, and \(greatestCount) are the most",
      remedy: "give fewer at a time")
  }
}
