// The walk over values that are not kept: it proves the grammar and builds nothing.
//
// Where the text is known to have no backslash, `has_escapes` is false and a string costs one step.
// Everything is a template in a header, since the walk must melt into the loops over lines.
#pragma once
#include <algorithm>

#include "Tokens.hpp"

namespace medallion {

/// How many arrays and objects may be open at once: what the walk's stack has room for.
inline constexpr uint32_t greatest_depth = 1024;

/// Passes the string in hand. The first stage has seen that it is closed and that nothing but white
/// space stands before the next token; only escapes are left to check.
template <bool has_escapes>
inline bool pass_string(Cursor &cursor) {
  if (has_escapes) {
    Slice text;
    bool is_escaped;
    return cursor.string(text, is_escaped);
  }
  cursor.advance();
  return true;
}

/// Passes the key in hand and its colon.
template <bool has_escapes>
inline bool pass_key(Cursor &cursor) {
  if (cursor.byte() != '"' || !pass_string<has_escapes>(cursor) || cursor.byte() != ':') {
    return false;
  }
  cursor.advance();
  return true;
}

/// Passes the string, number or word in hand.
template <bool has_escapes>
inline bool pass_scalar(Cursor &cursor, uint8_t byte) {
  if (byte == '"') return pass_string<has_escapes>(cursor);
  if (byte == 't') return cursor.word("true", 4);
  if (byte == 'f') return cursor.word("false", 5);
  if (byte == 'n') return cursor.word("null", 4);
  Slice text;
  bool is_whole;
  return !cursor.at_end() && cursor.number(text, is_whole);
}

/// Passes the array or object in hand, in which no more than `maximum_depth` are open at once; the
/// stack holds a bit for each of them, set for an object.
template <bool has_escapes>
bool pass_container(Cursor &cursor, uint32_t maximum_depth) {
  uint64_t stack[greatest_depth / 64];
  maximum_depth = std::min(maximum_depth, greatest_depth);
  uint32_t depth = 0;
  bool is_object = false;
  uint8_t byte = cursor.byte();
  while (true) {
    if (byte == '{' || byte == '[') {
      if (depth >= maximum_depth) return false;
      is_object = byte == '{';
      uint64_t bit = uint64_t{1} << (depth & 63);
      uint64_t word = (depth & 63) == 0 ? 0 : stack[depth >> 6];
      stack[depth >> 6] = is_object ? word | bit : word & ~bit;
      depth++;
      cursor.advance();
      byte = cursor.byte();
      if (byte != (is_object ? '}' : ']')) {
        if (is_object && !pass_key<has_escapes>(cursor)) return false;
        byte = cursor.byte();
        continue;
      }
    } else {
      if (!pass_scalar<has_escapes>(cursor, byte)) return false;
      byte = cursor.byte();
    }
    // A value ended here: so may what it is in.
    while (byte == (is_object ? '}' : ']')) {
      cursor.advance();
      if (--depth == 0) return true;
      is_object = (stack[(depth - 1) >> 6] >> ((depth - 1) & 63) & 1) != 0;
      byte = cursor.byte();
    }
    if (byte != ',') return false;
    cursor.advance();
    if (is_object && !pass_key<has_escapes>(cursor)) return false;
    byte = cursor.byte();
  }
}

/// Passes the value in hand.
template <bool has_escapes>
inline bool pass_value(Cursor &cursor, uint32_t maximum_depth) {
  uint8_t byte = cursor.byte();
  if (byte == '{' || byte == '[') return pass_container<has_escapes>(cursor, maximum_depth);
  return pass_scalar<has_escapes>(cursor, byte);
}

}  // namespace medallion
