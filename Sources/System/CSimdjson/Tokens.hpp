// Finding and checking the tokens of JSON text.
//
// simdjson's first stage lists where each bracket, colon and comma stands, and where each string,
// number or word begins. It has also checked that the text is UTF-8 and that no string holds a
// control character. What is left is grammar, which the walkers here check token by token.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <simdjson.h>
#include <string>

#include "Bytes.hpp"

namespace medallion {

inline bool is_space(uint8_t byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

inline bool is_digit(uint8_t byte) { return static_cast<uint8_t>(byte - '0') <= 9; }

inline bool is_hex(uint8_t byte) {
  return is_digit(byte) || static_cast<uint8_t>((byte | 0x20) - 'a') <= 5;
}

/// The positions of the tokens in a run of bytes.
class Structure {
 public:
  /// Lists the tokens of `bytes`; EMPTY when there are none.
  simdjson::error_code index(const uint8_t *bytes, size_t count) {
    if (count == 0) return simdjson::EMPTY;
    if (!stage_ || stage_->capacity() < count) {
      size_t capacity = count < 4096 ? 4096 : count + count / 4;
      if (capacity > simdjson::SIMDJSON_MAXSIZE_BYTES) return simdjson::CAPACITY;
      stage_.reset();
      auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
          capacity, 8, stage_);
      if (error) return error;
    }
    auto error = stage_->stage1(bytes, count, simdjson::stage1_mode::regular);
    // What ends every walk: simdjson has room for more than a token a byte.
    stage_->structural_indexes[stage_->n_structural_indexes] = static_cast<uint32_t>(count);
    return error;
  }

  const uint32_t *begin() const { return stage_->structural_indexes.get(); }
  /// Where the count of the bytes stands, as a last token.
  const uint32_t *end() const { return begin() + stage_->n_structural_indexes; }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
};

/// A part of a text: the bytes `start..<end`.
struct Slice {
  uint32_t start;
  uint32_t end;
};

/// Walks the tokens of one JSON text, up to `limit`. Behind it there may be those of other lines:
/// none of them is taken, whatever the text is, and no byte is read at or past `limit`. Some token
/// stands at it or behind, if only the one that ends the list.
class Cursor {
 public:
  const uint8_t *bytes;
  /// The token in hand.
  const uint32_t *token;
  /// Where the text ends.
  uint32_t limit;
  /// Whether there may be a backslash in the text.
  bool may_have_escapes = true;
  /// Where the next backslash stands, as far as that was asked: none is before it of those that
  /// stand behind what was asked about. A cursor that goes back forgets it.
  uint32_t next_escape = 0;

  bool at_end() const { return *token >= limit; }
  /// The first byte of the token in hand; 0 at the end.
  uint8_t byte() const { return at_end() ? 0 : bytes[*token]; }
  uint32_t position() const { return at_end() ? limit : *token; }
  /// Passes the token in hand; at the end there is none.
  void advance() { token += !at_end(); }

  /// The inside of the string in hand, which is passed; false when its escapes are wrong.
  bool string(Slice &text, bool &is_escaped) {
    if (at_end()) return false;
    uint32_t start = *token + 1;
    uint32_t end = next_position();
    while (end > start && is_space(bytes[end - 1])) end--;
    if (end <= start || bytes[end - 1] != '"') return false;
    end--;
    text = {start, end};
    is_escaped = false;
    if (has_escapes(text)) {
      is_escaped = true;
      if (!has_good_escapes(bytes + next_escape, bytes + end)) return false;
    }
    advance();
    return true;
  }

  /// Passes a key and its colon if they stand in hand as `written`, which has no escapes.
  bool key(const std::string &written) {
    size_t size = written.size();
    if (at_end() || token[1] >= limit || token[1] - token[0] + 1 != size) return false;
    const auto *expected = reinterpret_cast<const uint8_t *>(written.data());
    if (!are_equal(bytes + *token, expected, size)) return false;
    token += 2;
    return true;
  }

  /// The inside of the string in hand, which is passed, if the next token stands right behind it
  /// and it has no escapes.
  bool plain_string(Slice &text) {
    if (at_end() || token[1] >= limit) return false;
    text = {token[0] + 1, token[1] - 1};
    if (text.end < text.start || bytes[text.end] != '"' || has_escapes(text)) return false;
    token++;
    return true;
  }

  /// The number in hand, which is passed; false when it is none. `is_whole` tells whether it has
  /// neither fraction nor exponent.
  bool number(Slice &text, bool &is_whole) {
    if (at_end()) return false;
    uint32_t start = *token;
    uint32_t end = next_position();
    uint32_t at = start;
    is_whole = true;
    if (at < end && bytes[at] == '-') at++;
    if (at == end || !is_digit(bytes[at])) return false;
    if (bytes[at] == '0') {
      at++;
    } else {
      at = skip_digits(at, end);
    }
    if (at < end && bytes[at] == '.') {
      is_whole = false;
      uint32_t fraction = at + 1;
      at = skip_digits(fraction, end);
      if (at == fraction) return false;
    }
    if (at < end && (bytes[at] | 0x20) == 'e') {
      is_whole = false;
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) at++;
      uint32_t exponent = at;
      at = skip_digits(exponent, end);
      if (at == exponent) return false;
    }
    if (at < end && !is_space(bytes[at])) return false;
    text = {start, at};
    advance();
    return true;
  }

  /// Passes the word in hand if it is `word`.
  bool word(const char *word, uint32_t count) {
    if (at_end()) return false;
    uint32_t start = *token;
    uint32_t end = next_position();
    if (end - start < count || std::memcmp(bytes + start, word, count) != 0) return false;
    if (start + count < end && !is_space(bytes[start + count])) return false;
    advance();
    return true;
  }

 private:
  /// Where the next token stands, or the text ends.
  uint32_t next_position() const { return std::min(token[1], limit); }

  uint32_t skip_digits(uint32_t at, uint32_t end) const {
    while (at < end && is_digit(bytes[at])) at++;
    return at;
  }

  /// Whether there is a backslash in `text`, which stands behind all that was asked about before.
  bool has_escapes(Slice text) {
    if (!may_have_escapes) return false;
    if (next_escape < text.start) {
      const void *found = std::memchr(bytes + text.start, '\\', limit - text.start);
      next_escape = found
          ? static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes) : limit;
    }
    return next_escape < text.end;
  }

  static bool has_good_escapes(const uint8_t *at, const uint8_t *end);
};

/// Writes what the escapes in `bytes` mean to `output`, which has room for `count`; returns the
/// number of bytes written. What is no escape stays as it is.
size_t unescape(const uint8_t *bytes, size_t count, uint8_t *output);

}  // namespace medallion
