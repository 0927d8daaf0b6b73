import CPCRE2
import Core

/// A pattern in Java's syntax (`JavaPattern`). Used by one thread at a time.
///
/// Short texts are searched as fast as can be. What a pattern with several repeats may make of a
/// long one is counted, so that no search goes on without end.
final class RegularExpression {
  private let plain: CompiledPattern
  /// Made for the first text that needs it.
  private var counting: CompiledPattern?
  /// The one that searched last.
  private var last: CompiledPattern
  /// Longer texts are searched with their effort counted.
  private let plainByteCount: Int
  private let translated: String
  /// Why the last text could not be searched; zero when it was.
  private var failure: Int32 = 0
  private let pattern: String

  init(_ pattern: String) throws(Fault) {
    translated = try JavaPattern.translated(pattern)
    self.pattern = pattern
    plainByteCount = RegularExpression.plainByteCount(pattern)
    plain = try RegularExpression.compiled(translated, of: pattern, countsEffort: false)
    last = plain
  }

  /// How many groups the pattern has, the whole match aside.
  var groupCount: Int { plain.groupCount }

  /// Whether the pattern is found anywhere in `text`.
  func isFound(in text: TextBytes) -> Bool { find(in: text, from: 0) }

  /// Finds the next match at or after `offset`; `range` tells where it and its groups stand. A text
  /// that is too hard to search has no match here; `check` tells of it.
  func find(in text: TextBytes, from offset: Int) -> Bool {
    last = plain
    if text.count > plainByteCount {
      do {
        last = try counting ?? Self.compiled(translated, of: pattern, countsEffort: true)
        counting = last
      } catch {
        failure = PCRE2_ERROR_NOMEMORY
        return false
      }
    }
    let found = last.find(in: text, from: offset)
    if found < 0, found != PCRE2_ERROR_NOMATCH { failure = found }
    return found > 0
  }

  /// Throws when one of the texts since the last check could not be searched.
  func check() throws(Fault) {
    guard failure != 0 else { return }
    defer { failure = 0 }
    guard failure != PCRE2_ERROR_NOMEMORY else { throw .outOfMemory("the pattern '\(pattern)'") }
    throw dataFault(
      "'\(pattern)' is too hard to search for in a text: \(CompiledPattern.message(failure))",
      remedy: "write a pattern that does not repeat what it repeats, such as (a+)+")
  }

  /// The number of the group called `name`; nil when there is none.
  func group(_ name: String) -> Int? { plain.group(name) }

  /// Where a group of the last match stands (0: all of it); nil when the group took no part.
  func range(_ group: Int) -> Range<Int>? { last.range(group) }

  /// Calls `body` for each match, left to right; an empty match moves on by a character.
  func forEachMatch(in text: TextBytes, _ body: (Range<Int>) -> Bool) {
    var from = 0
    while from <= text.count, find(in: text, from: from), let found = range(0) {
      guard body(found) else { return }
      from = found.upperBound
      if found.isEmpty {
        from += 1
        while from < text.count, text[from] & 0xC0 == 0x80 { from += 1 }
      }
    }
  }

  private static func compiled(
    _ translated: String, of pattern: String, countsEffort: Bool
  ) throws(Fault) -> CompiledPattern {
    var error: Int32 = 0
    if let compiled = CompiledPattern(translated, countsEffort: countsEffort, error: &error) {
      return compiled
    }
    guard error != 0, error != PCRE2_ERROR_HEAP_FAILED else {
      throw .outOfMemory("the pattern '\(pattern)'")
    }
    throw dataFault(
      "'\(pattern)' is not a regular expression: \(CompiledPattern.message(error))",
      remedy: "correct the pattern, and double each backslash in a plain string")
  }

  /// How long a text may be to be searched without counting: each repeat multiplies the ways to
  /// match it by its length, and so do the places to begin at. A letter that stands a fixed number
  /// of times, as in `\d{4}`, and a sign behind a backslash multiply nothing.
  private static func plainByteCount(_ pattern: String) -> Int {
    var repeats = 0
    var before: UInt8 = 0
    var rest = pattern.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\") {
        before = rest.popFirst() == nil ? 0 : UInt8(ascii: "\\")
        continue
      }
      // A question mark behind a repeat or a parenthesis makes no other one.
      let isOption = byte == UInt8(ascii: "?") && !"(*+?}".utf8.contains(before)
      let isRange =
        byte == UInt8(ascii: "{")
        && (before == UInt8(ascii: ")")
          || rest.prefix { $0 != UInt8(ascii: "}") }.contains(UInt8(ascii: ",")))
      if isOption || isRange || "*+".utf8.contains(byte) { repeats += 1 }
      before = byte
    }
    switch repeats {
    case 0: return .max
    case 1: return 16_384
    case 2: return 512
    case 3: return 128
    case 4: return 48
    default: return 0
    }
  }
}

/// The patterns that one batch uses, compiled once each.
struct PatternTable {
  private var patterns: [String: RegularExpression] = [:]

  /// The pattern compiled.
  mutating func pattern(_ text: String) throws(Fault) -> RegularExpression {
    if let known = patterns[text] { return known }
    let pattern = try RegularExpression(text)
    patterns[text] = pattern
    return pattern
  }
}
