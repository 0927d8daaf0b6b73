// Whole documents: a flat list of tokens, from which a tree is built in one go.
#include <new>
#include <vector>

#include "CSimdjson.h"
#include "Tokens.hpp"

using medallion::Cursor;
using medallion::Slice;

struct medallion_json_document {
  medallion::Structure structure;
  std::vector<medallion_json_token> tokens;
  /// Where in `tokens` the open arrays and objects stand.
  std::vector<uint32_t> open;

  medallion_json_status walk(Cursor &cursor, uint32_t maximum_depth);
  bool scalar(Cursor &cursor);
  bool key(Cursor &cursor);
};

/// Takes the string, number or word in hand.
bool medallion_json_document::scalar(Cursor &cursor) {
  Slice text;
  bool flag;
  uint32_t at = cursor.position();
  switch (cursor.byte()) {
    case '"':
      if (!cursor.string(text, flag)) return false;
      tokens.push_back(
          {flag ? MEDALLION_JSON_ESCAPED_STRING : MEDALLION_JSON_STRING, text.start, text.end});
      return true;
    case 't':
      tokens.push_back({MEDALLION_JSON_TRUE, at, at + 4});
      return cursor.word("true", 4);
    case 'f':
      tokens.push_back({MEDALLION_JSON_FALSE, at, at + 5});
      return cursor.word("false", 5);
    case 'n':
      tokens.push_back({MEDALLION_JSON_NULL, at, at + 4});
      return cursor.word("null", 4);
    default:
      if (!cursor.at_end() && cursor.number(text, flag)) {
        tokens.push_back({MEDALLION_JSON_NUMBER, text.start, text.end});
        return true;
      }
      return false;
  }
}

/// Takes the key in hand and the colon behind it.
bool medallion_json_document::key(Cursor &cursor) {
  if (cursor.byte() != '"' || !scalar(cursor) || cursor.byte() != ':') return false;
  cursor.advance();
  return true;
}

medallion_json_status medallion_json_document::walk(Cursor &cursor, uint32_t maximum_depth) {
  while (true) {
    uint8_t byte = cursor.byte();
    if (byte == '{' || byte == '[') {
      if (open.size() >= maximum_depth) return MEDALLION_JSON_TOO_DEEP;
      bool is_object = byte == '{';
      uint32_t kind = is_object ? MEDALLION_JSON_OBJECT : MEDALLION_JSON_ARRAY;
      tokens.push_back({kind, cursor.position(), 0});
      cursor.advance();
      if (cursor.byte() != (is_object ? '}' : ']')) {
        open.push_back(static_cast<uint32_t>(tokens.size() - 1));
        if (is_object && !key(cursor)) return MEDALLION_JSON_MALFORMED;
        continue;
      }
      cursor.advance();
    } else if (!scalar(cursor)) {
      return MEDALLION_JSON_MALFORMED;
    }
    // A value ended here: so may what it is in.
    while (!open.empty()) {
      medallion_json_token &container = tokens[open.back()];
      bool is_object = container.kind == MEDALLION_JSON_OBJECT;
      container.end++;
      if (cursor.byte() == ',') {
        cursor.advance();
        if (is_object && !key(cursor)) return MEDALLION_JSON_MALFORMED;
        break;
      }
      if (cursor.byte() != (is_object ? '}' : ']')) return MEDALLION_JSON_MALFORMED;
      cursor.advance();
      open.pop_back();
    }
    if (open.empty()) {
      return cursor.at_end() ? MEDALLION_JSON_OK : MEDALLION_JSON_MALFORMED;
    }
  }
}

medallion_json_document *medallion_json_document_create(void) {
  return new (std::nothrow) medallion_json_document();
}

void medallion_json_document_destroy(medallion_json_document *document) { delete document; }

medallion_json_status medallion_json_document_read(
    medallion_json_document *document, const uint8_t *bytes, size_t count,
    uint32_t maximum_depth, size_t *offset) try {
  document->tokens.clear();
  document->open.clear();
  *offset = 0;
  switch (document->structure.index(bytes, count)) {
    case simdjson::SUCCESS: break;
    case simdjson::EMPTY: return MEDALLION_JSON_EMPTY;
    case simdjson::UTF8_ERROR: return MEDALLION_JSON_BAD_TEXT;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY: return MEDALLION_JSON_OUT_OF_MEMORY;
    default:
      *offset = count;
      return MEDALLION_JSON_MALFORMED;
  }
  Cursor cursor{
      bytes, document->structure.begin(), document->structure.end(), static_cast<uint32_t>(count)};
  auto status = document->walk(cursor, maximum_depth);
  if (status != MEDALLION_JSON_OK) *offset = cursor.position();
  return status;
} catch (const std::bad_alloc &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

const medallion_json_token *medallion_json_document_tokens(
    const medallion_json_document *document, size_t *count) {
  *count = document->tokens.size();
  return document->tokens.data();
}

bool medallion_json_is_utf8(const uint8_t *bytes, size_t count) {
  return count == 0 || simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count);
}

size_t medallion_json_unescape(const uint8_t *bytes, size_t count, uint8_t *output) {
  return medallion::unescape(bytes, count, output);
}
