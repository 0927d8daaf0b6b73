import CPCRE2
import Core

/// A pattern as PCRE2 has compiled it, with the room that matching needs.
///
/// PCRE2 bounds how often groups go back and forth, not how often single characters do: `a*a*b`
/// takes hours of a long text. So a pattern can be compiled to count its effort, for a price.
///
/// The pointers are made in `init`, freed in `deinit`, and never leave the object.
final class CompiledPattern {
  /// What has been spent on the text in hand. A step costs as much as some characters.
  private struct Effort {
    static let costOfStep = 16
    var spent = 0
    var limit = 0
    var lastPosition = 0
  }

  /// A pattern may spend so much on any text, and so much more for each byte of it: some seconds.
  private static let leastLimit = 200_000_000
  private static let limitPerByte = 1_000
  /// How often groups may go back and forth where effort is not counted, which is in short texts.
  private static let greatestMatchCount: UInt32 = 1_000_000
  /// Most texts need no more stack than a thread has; the others get this.
  private static let stackByteCount = 64 << 20
  private static let heapKibibyteCount: UInt32 = 256 << 10

  private let code: OpaquePointer
  private let match: OpaquePointer
  private let context: OpaquePointer
  private var stack: OpaquePointer?
  private let effort: UnsafeMutablePointer<Effort>

  /// Nil where memory is out. `error` is what is wrong with `pattern`, zero when nothing is.
  init?(_ pattern: String, countsEffort: Bool, error: inout Int32) {
    var offset = 0
    let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF)
    let compiled = pattern.withTextBytes { bytes in
      pcre2_compile_8(
        bytes.baseAddress ?? UnsafePointer(bitPattern: 1), bytes.count,
        options | (countsEffort ? UInt32(PCRE2_AUTO_CALLOUT) : 0), &error, &offset, nil)
    }
    guard let compiled else { return nil }
    error = 0
    guard let match = pcre2_match_data_create_from_pattern_8(compiled, nil) else {
      pcre2_code_free_8(compiled)
      return nil
    }
    guard let context = pcre2_match_context_create_8(nil) else {
      pcre2_match_data_free_8(match)
      pcre2_code_free_8(compiled)
      return nil
    }
    // Where it cannot be compiled further it is interpreted, which is slower and gives the same.
    _ = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
    pcre2_set_match_limit_8(context, countsEffort ? .max : Self.greatestMatchCount)
    pcre2_set_heap_limit_8(context, Self.heapKibibyteCount)
    code = compiled
    self.match = match
    self.context = context
    effort = .allocate(capacity: 1)
    effort.initialize(to: Effort())
    if countsEffort { pcre2_set_callout_8(context, Self.countStep, effort) }
  }

  deinit {
    pcre2_match_context_free_8(context)
    pcre2_jit_stack_free_8(stack)
    pcre2_match_data_free_8(match)
    pcre2_code_free_8(code)
    effort.deallocate()
  }

  /// How many groups the pattern has, the whole match aside.
  var groupCount: Int { Int(pcre2_get_ovector_count_8(match)) - 1 }

  /// Finds the next match at or after `offset`: more than zero when there is one,
  /// `PCRE2_ERROR_NOMATCH` when there is none; all else is why it could not be looked for. What is
  /// spent on a text is counted from its beginning.
  func find(in text: TextBytes, from offset: Int) -> Int32 {
    if offset == 0 {
      effort.pointee = Effort(limit: Self.leastLimit + Self.limitPerByte * text.count)
    }
    effort.pointee.lastPosition = offset
    let found = run(text, offset)
    guard found == PCRE2_ERROR_JIT_STACKLIMIT, stack == nil else { return found }
    stack = pcre2_jit_stack_create_8(64 << 10, Self.stackByteCount, nil)
    guard let stack else { return found }
    pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    return run(text, offset)
  }

  private func run(_ text: TextBytes, _ offset: Int) -> Int32 {
    pcre2_match_8(
      code, text.baseAddress ?? UnsafePointer(bitPattern: 1), text.count, offset, 0, match, context)
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

  /// PCRE2's words for `error`.
  static func message(_ error: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(error, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
  }

  /// Called before each item of the pattern is tried: ends the search when too much was spent.
  private static let countStep:
    @convention(c) (
      UnsafeMutablePointer<pcre2_callout_block_8>?, UnsafeMutableRawPointer?
    ) -> Int32 = { block, data in
      guard let block, let effort = data?.assumingMemoryBound(to: Effort.self) else { return 0 }
      let position = Int(block.pointee.current_position)
      effort.pointee.spent +=
        Effort.costOfStep + abs(position - effort.pointee.lastPosition)
      effort.pointee.lastPosition = position
      return effort.pointee.spent > effort.pointee.limit ? PCRE2_ERROR_MATCHLIMIT : 0
    }
}
