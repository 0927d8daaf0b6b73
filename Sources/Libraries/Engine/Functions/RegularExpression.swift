import CPCRE2
import Core

/// A compiled pattern in Java's syntax as far as PCRE2 shares it. Used by one thread at a time.
///
/// The pointers are made in `init`, freed in `deinit`, and never leave the object.
final class RegularExpression {
  private let code: OpaquePointer
  private let match: OpaquePointer
  /// How many groups the pattern has, the whole match aside.
  let groupCount: Int

  init(_ pattern: String) throws(Fault) {
    var error: Int32 = 0
    var offset = 0
    let compiled = pattern.withTextBytes { bytes in
      pcre2_compile_8(
        bytes.baseAddress ?? UnsafePointer(bitPattern: 1), bytes.count,
        UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF), &error, &offset, nil)
    }
    guard let compiled, let match = pcre2_match_data_create_from_pattern_8(compiled, nil) else {
      throw dataFault(
        "'\(pattern)' is not a regular expression: \(RegularExpression.message(error)) at "
          + "character \(offset + 1)",
        remedy: "correct the pattern, and double each backslash in a plain string")
    }
    _ = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
    code = compiled
    self.match = match
    groupCount = Int(pcre2_get_ovector_count_8(match)) - 1
  }

  deinit {
    pcre2_match_data_free_8(match)
    pcre2_code_free_8(code)
  }

  /// Whether the pattern is found anywhere in `text`.
  func isFound(in text: TextBytes) -> Bool { find(in: text, from: 0) }

  /// Finds the next match at or after `offset`; `range` tells where it and its groups stand.
  func find(in text: TextBytes, from offset: Int) -> Bool {
    pcre2_match_8(
      code, text.baseAddress ?? UnsafePointer(bitPattern: 1), text.count, offset, 0, match, nil) > 0
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
