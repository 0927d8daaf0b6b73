import Core

/// What `regexp_replace` puts in place of a match, as Java reads it: `$1` and `${name}` are groups,
/// a backslash takes what is behind it as it is.
struct ReplacementText {
  private enum Part {
    case bytes([UInt8])
    case group(Int)
  }

  private var parts: [Part] = []

  /// Throws `.data` for a group that the pattern has not.
  init(_ text: String, for regex: RegularExpression) throws(Fault) {
    var rest = Array(text.utf8)[...]
    var plain: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\") {
        guard let next = rest.popFirst() else { throw Self.refused(text, "a backslash at its end") }
        plain.append(next)
      } else if byte == UInt8(ascii: "$") {
        if !plain.isEmpty { parts.append(.bytes(plain)) }
        plain = []
        parts.append(.group(try Self.group(&rest, regex, in: text)))
      } else {
        plain.append(byte)
      }
    }
    if !plain.isEmpty { parts.append(.bytes(plain)) }
  }

  /// Appends the text for the match that `regex` has just found in `text`.
  func append(to result: inout [UInt8], _ regex: RegularExpression, _ text: TextBytes) {
    for part in parts {
      switch part {
      case .bytes(let bytes): result.append(contentsOf: bytes)
      case .group(let number):
        if let range = regex.range(number) { result.append(contentsOf: text[range]) }
      }
    }
  }

  /// The group that stands behind a dollar sign.
  private static func group(
    _ rest: inout ArraySlice<UInt8>, _ regex: RegularExpression, in text: String
  ) throws(Fault) -> Int {
    if rest.first == UInt8(ascii: "{") {
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
        throw refused(text, "a ${ that does not end")
      }
      let name = String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      guard let number = regex.group(name) else {
        throw refused(text, "the group '\(name)', which the pattern has not")
      }
      return number
    }
    guard let first = rest.first, digitValue(first) <= 9 else {
      throw refused(text, "a $ without a group")
    }
    rest.removeFirst()
    var number = Int(digitValue(first))
    guard number <= regex.groupCount else {
      throw refused(text, "the group \(number), which the pattern has not")
    }
    // Further digits count as long as there is such a group.
    while let digit = rest.first, digitValue(digit) <= 9,
      number * 10 + Int(digitValue(digit)) <= regex.groupCount
    {
      number = number * 10 + Int(digitValue(digit))
      rest.removeFirst()
    }
    return number
  }

  private static func refused(_ text: String, _ what: String) -> Fault {
    dataFault(
      "the replacement '\(text)' has \(what)", remedy: "write \\$ for a dollar sign, $1 for a group"
    )
  }
}
