import Core
import PostgreSQL

extension Target {
  /// A message a line of hexadecimal digits, so that those of the corpus can be read.
  static let logMessages = Target(
    name: "log-messages", meaning: "messages of a PostgreSQL server's log",
    corpus: [.own("log-messages", separator: "\n")],
    words: ["42", "43", "52", "49", "55", "44", "54", "4e", "4b", "4f", "6e", "75", "74", "ffff"]
  ) { input in
    // What damage made of digits is passed over, so that most inputs are messages.
    let digits = String(decoding: input, as: UTF8.self).filter(\.isHexDigit)
    let message = try LogMessageReader.message(bytes(ofHex: digits) ?? [])
    let rows: [LoggedRow]
    switch message {
    case .insert(_, let new): rows = [new]
    case .update(_, let old, let new): rows = [old, new].compactMap { $0 }
    case .delete(_, let old): rows = [old]
    default: rows = []
    }
    let count = digits.utf8.count / 2
    for case .text(let range) in rows.flatMap(\.values) where range.upperBound > count {
      throw Disagreement("a value ends behind its message")
    }
  }
}
