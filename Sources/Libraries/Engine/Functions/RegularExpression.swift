import CPCRE2
import Core

/// A compiled pattern in Java's syntax (`JavaPattern`). Used by one thread at a time.
///
/// The pointers are made in `init`, freed in `deinit`, and never leave the object.
final class RegularExpression {
  private let code: OpaquePointer
  private let match: OpaquePointer
  /// Room for matching texts on which a pattern goes back and forth a lot.
  private let stack: OpaquePointer?
  private let context: OpaquePointer?
  /// How many groups the pattern has, the whole match aside.
  let groupCount: Int
  /// Why the last text could not be searched; zero when it was.
  private var failure: Int32 = 0
  private let pattern: String

  init(_ pattern: String) throws(Fault) {
    let translated = try JavaPattern.translated(pattern)
    var error: Int32 = 0
    var offset = 0
    let compiled = translated.withTextBytes { bytes in
      pcre2_compile_8(
        bytes.baseAddress ?? UnsafePointer(bitPattern: 1), bytes.count,
        UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF), &error, &offset, nil)
    }
    guard let compiled, let match = pcre2_match_data_create_from_pattern_8(compiled, nil) else {
      throw dataFault(
        "'\(pattern)' is not a regular expression: \(RegularExpression.message(error))",
        remedy: "correct the pattern, and double each backslash in a plain string")
    }
    _ = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
    code = compiled
    self.match = match
    self.pattern = pattern
    stack = pcre2_jit_stack_create_8(32 << 10, 8 << 20, nil)
    context = pcre2_match_context_create_8(nil)
    if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    groupCount = Int(pcre2_get_ovector_count_8(match)) - 1
  }

  deinit {
    pcre2_match_context_free_8(context)
    pcre2_jit_stack_free_8(stack)
    pcre2_match_data_free_8(match)
    pcre2_code_free_8(code)
  }

  /// Whether the pattern is found anywhere in `text`.
  func isFound(in text: TextBytes) -> Bool { find(in: text, from: 0) }

  /// Finds the next match at or after `offset`; `range` tells where it and its groups stand. A text
  /// that is too hard to search has no match here; `check` tells of it.
  func find(in text: TextBytes, from offset: Int) -> Bool {
    let found = pcre2_match_8(
      code, text.baseAddress ?? UnsafePointer(bitPattern: 1), text.count, offset, 0, match, context)
    if found < 0, found != PCRE2_ERROR_NOMATCH { failure = found }
    return found > 0
  }

  /// Throws when one of the texts since the last check could not be searched.
  func check() throws(Fault) {
    guard failure != 0 else { return }
    defer { failure = 0 }
    throw dataFault(
      "'\(pattern)' is too hard to search for in a text: \(RegularExpression.message(failure))",
      remedy: "write a pattern that does not repeat what it repeats, such as (a+)+")
  }

  /// The number of the group called `name`; nil when there is none.
  func group(_ name: String) -> Int? {
    let number = Array(name.utf8 + [0]).withUnsafeBufferPointer {
      pcre2_substring_number_from_name_8(code, $0.baseAddress)
    }
    return number > 0 ? Int(number) : nil
  }

  /// Where a group of the last match stands (0: all of it); nil when the group took no part.
  func range(_ group: Int) -> Range<Int>? {
    guard let bounds = pcre2_get_ovector_pointer_8(match), bounds[2 * group] != Int.max,
      bounds[2 * group] <= bounds[2 * group + 1], bounds[2 * group] >= 0
    else { return nil }
    return Int(bounds[2 * group])..<Int(bounds[2 * group + 1])
  }

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

  private static func message(_ error: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(error, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
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
