import Glibc

/// How grave a line of talk is: what it says in words need not tell, since a message is the same
/// whether it ends a run or only warns.
///
/// A run reads the talk of its command by a pipe, and names that in `MEDALLION_TALK` by device and
/// inode, as JOURNAL_STREAM names systemd's. A tool whose standard error is that very pipe puts a
/// mark before each line, which the run takes away again: `<3>` as sd-daemon has it, behind a byte
/// that no text has. Whatever else standard error leads to sees no marks.
package enum TalkLevel: String, Sendable {
  case note
  case warning
  case error

  /// What stands before a line of this level.
  package var mark: [UInt8] { [0x01] + Array("<\(priority)>".utf8) }

  /// syslog's number.
  private var priority: Int {
    switch self {
    case .error: 3
    case .warning: 4
    case .note: 6
    }
  }

  /// The level whose mark stands before `line`, and the line without it.
  package static func parted(_ line: [UInt8]) -> (level: TalkLevel?, text: [UInt8]) {
    for level in [TalkLevel.error, .warning, .note] where line.starts(with: level.mark) {
      return (level, Array(line.dropFirst(level.mark.count)))
    }
    return (nil, line)
  }
}

/// The pipe by which a run reads the talk of its command.
package enum TalkPipe {
  /// The variable that names it to the command.
  package static let variable = "MEDALLION_TALK"

  /// What names an open file; nil when it is none.
  package static func name(of file: Int32) -> String? {
    var facts = stat()
    return fstat(file, &facts) == 0 ? "\(facts.st_dev):\(facts.st_ino)" : nil
  }

  /// Whether it is where our own standard error leads.
  package static let isOurs: Bool = {
    guard let given = getenv(variable) else { return false }
    return name(of: 2) == String(cString: given)
  }()

  /// `line` as it is written on our standard error.
  package static func marked(_ line: [UInt8], _ level: TalkLevel?) -> [UInt8] {
    guard isOurs, let level else { return line }
    return level.mark + line
  }
}
