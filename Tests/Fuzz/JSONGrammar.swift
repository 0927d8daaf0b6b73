import TestSupport

/// Lines of JSON, most of them whole, some with tokens put in or taken out, some cut short.
struct JSONGrammar {
  private var random: SeededRandom

  /// Some lines.
  static func lines(_ random: inout SeededRandom) -> String {
    var grammar = JSONGrammar(random: random)
    defer { random = grammar.random }
    return (0..<Int.random(in: 1...5, using: &grammar.random))
      .map { _ in grammar.line() + grammar.pick(ends) }.joined()
  }

  private mutating func line() -> String {
    var tokens = once(in: 8) ? value(3) : object(3)
    guard once(in: 3), !tokens.isEmpty else { return tokens.joined() }
    for _ in 0..<Int.random(in: 1...3, using: &random) where !tokens.isEmpty {
      let place = Int.random(in: 0..<tokens.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: tokens.insert(pick(Self.marks), at: place)
      case 1: tokens.remove(at: place)
      case 2: tokens[place] = pick(Self.marks)
      default: tokens.removeLast(tokens.count - place)
      }
    }
    guard once(in: 2) else { return tokens.joined() }
    // Cut at any byte, within a token too.
    let text = Array(tokens.joined().utf8)
    return String(
      decoding: text.prefix(Int.random(in: 0...text.count, using: &random)), as: UTF8.self)
  }

  private mutating func value(_ depth: Int) -> [String] {
    guard depth > 0 else { return [pick(Self.scalars)] }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return object(depth)
    case 1:
      let elements = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1) }
      return ["["] + Array(elements.joined(separator: [","])) + ["]"]
    default: return [pick(Self.scalars)]
    }
  }

  private mutating func object(_ depth: Int) -> [String] {
    let members = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      ["\"\(pick(Self.names))\"", once(in: 9) ? " : " : ":"] + value(depth - 1)
    }
    return ["{"] + Array(members.joined(separator: [","])) + ["}"]
  }

  private mutating func once(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func pick(_ choices: [String]) -> String {
    choices[Int.random(in: choices.indices, using: &random)]
  }

  private static let ends = ["\n", "\n", "\n", "\r\n", "", "\n\n", "\r", " \n"]

  private static let marks = [
    "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "n", "1", " ", "\n", "\r", "\u{FEFF}",
    "{\"a\":",
    "[{\"y\":", "\"\\ud83d",
  ]

  private static let names = [
    "a", "b", "c", "d", "e", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "x", "y", "z", "A",
    "P_", "", "\\u0061", "l\\n", "event_id", "event_type", "event_ts", "store_id", "sequence",
  ]

  private static let scalars = [
    "1", "-1", "1.5", "1e5", "0", "01", "-", "1.", "1e999", "123456789012345678",
    "99999999999999999999", "null", "true", "false", "tru", "nul", "\"\"", "\"x\"",
    "\"long enough\"",
    "\"2026-03-01T09:30:00Z\"", "\"2026-03-01T09:30:00.5+01:00\"", "\"a\\\"b\"",
    "\"\\u00e9\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\q\"", "\"12,345.67\"", "\"AAAA\"", "\"AA=\"",
    "[]", "{}",
  ]
}
