#include "Document.hpp"

namespace medallion {

/// Takes the string, number or word in hand.
bool Document::scalar(Cursor &cursor) {
  Slice text;
  bool flag;
  uint32_t at = cursor.position();
  switch (cursor.byte()) {
    case '"':
      if (!cursor.string(text, flag)) return false;
      tokens_.push_back(
          {flag ? MEDALLION_JSON_ESCAPED_STRING : MEDALLION_JSON_STRING, text.start, text.end});
      return true;
    case 't':
      tokens_.push_back({MEDALLION_JSON_TRUE, at, at + 4});
      return cursor.word("true", 4);
    case 'f':
      tokens_.push_back({MEDALLION_JSON_FALSE, at, at + 5});
      return cursor.word("false", 5);
    case 'n':
      tokens_.push_back({MEDALLION_JSON_NULL, at, at + 4});
      return cursor.word("null", 4);
    default:
      if (!cursor.at_end() && cursor.number(text, flag)) {
        tokens_.push_back({MEDALLION_JSON_NUMBER, text.start, text.end});
        return true;
      }
      return false;
  }
}

/// Takes the key in hand and the colon behind it.
bool Document::key(Cursor &cursor) {
  if (cursor.byte() != '"' || !scalar(cursor) || cursor.byte() != ':') return false;
  cursor.advance();
  return true;
}

medallion_json_status Document::walk(Cursor &cursor, uint32_t maximum_depth) {
  while (true) {
    uint8_t byte = cursor.byte();
    if (byte == '{' || byte == '[') {
      if (open_.size() >= maximum_depth) return MEDALLION_JSON_TOO_DEEP;
      bool is_object = byte == '{';
      uint32_t kind = is_object ? MEDALLION_JSON_OBJECT : MEDALLION_JSON_ARRAY;
      tokens_.push_back({kind, cursor.position(), 0});
      cursor.advance();
      if (cursor.byte() != (is_object ? '}' : ']')) {
        open_.push_back(static_cast<uint32_t>(tokens_.size() - 1));
        if (is_object && !key(cursor)) return MEDALLION_JSON_MALFORMED;
        continue;
      }
      cursor.advance();
    } else if (!scalar(cursor)) {
      return MEDALLION_JSON_MALFORMED;
    }
    // A value ended here: so may what it is in.
    while (!open_.empty()) {
      medallion_json_token &container = tokens_[open_.back()];
      bool is_object = container.kind == MEDALLION_JSON_OBJECT;
      container.end++;
      if (cursor.byte() == ',') {
        cursor.advance();
        if (is_object && !key(cursor)) return MEDALLION_JSON_MALFORMED;
        break;
      }
      if (cursor.byte() != (is_object ? '}' : ']')) return MEDALLION_JSON_MALFORMED;
      cursor.advance();
      open_.pop_back();
    }
    if (open_.empty()) {
      return cursor.at_end() ? MEDALLION_JSON_OK : MEDALLION_JSON_MALFORMED;
    }
  }
}

medallion_json_status Document::read(
    const uint8_t *bytes, size_t count, uint32_t maximum_depth, size_t &offset) {
  tokens_.clear();
  open_.clear();
  offset = 0;
  switch (structure_.index(bytes, count)) {
    case simdjson::SUCCESS: break;
    case simdjson::EMPTY: return MEDALLION_JSON_EMPTY;
    case simdjson::UTF8_ERROR: return MEDALLION_JSON_BAD_TEXT;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY: return MEDALLION_JSON_OUT_OF_MEMORY;
    default:
      offset = count;
      return MEDALLION_JSON_MALFORMED;
  }
  Cursor cursor{bytes, structure_.begin(), static_cast<uint32_t>(count)};
  auto status = walk(cursor, maximum_depth);
  if (status != MEDALLION_JSON_OK) offset = cursor.position();
  return status;
}

}  // namespace medallion
