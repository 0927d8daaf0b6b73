// One value into one column.
#include <algorithm>
#include <cmath>

#include "LineReader.hpp"
#include "Walk.hpp"

namespace medallion {

/// Takes a value that a column has no use for, and checks it.
Outcome LineReader::pass(Cursor &cursor, Outcome outcome) {
  return pass_value<true>(cursor, options_.maximum_depth) ? outcome : Outcome::malformed;
}

void LineReader::put_null(uint32_t index) {
  LineColumn &column = columns_[index];
  if (column.has_offsets()) {
    column.offsets.push_back(column.offsets.back());
  } else if (column.kind == MEDALLION_JSON_COLUMN_STRUCTURE) {
    for (uint32_t child : column.children) put_null(child);
  } else {
    column.values.append_zeros(column.width());
  }
  column.mark(false);
}

void LineReader::truncate(uint32_t index, size_t count) {
  LineColumn &column = columns_[index];
  if (column.kind == MEDALLION_JSON_COLUMN_STRUCTURE) {
    // Members may be ahead of a structure that is not finished.
    for (uint32_t child : column.children) truncate(child, count);
  }
  if (column.is_list()) {
    // So may elements: those of finished lists remain.
    size_t lists = std::min(count, column.count);
    size_t elements = static_cast<size_t>(column.offsets[lists]);
    for (uint32_t child : column.children) truncate(child, elements);
  }
  column.truncate(count);
}

Outcome LineReader::put_value(LineColumn &column, uint32_t index, Cursor &cursor) {
  uint8_t byte = cursor.byte();
  if (byte == 'n') {
    if (!cursor.word("null", 4)) return Outcome::malformed;
    put_null(index);
    return Outcome::good;
  }
  if (column.kind == MEDALLION_JSON_COLUMN_VOID) {
    put_null(index);
    return pass(cursor, Outcome::good);
  }
  if (byte == '"') return put_string(column, cursor);
  if (byte == '{' && column.kind == MEDALLION_JSON_COLUMN_STRUCTURE) {
    return put_structure(index, cursor);
  }
  if (byte == '{' && column.kind == MEDALLION_JSON_COLUMN_MAP) return put_map(index, cursor);
  if (byte == '[' && column.kind == MEDALLION_JSON_COLUMN_ARRAY) return put_array(index, cursor);
  if (byte == '{' || byte == '[') {
    if (column.kind != MEDALLION_JSON_COLUMN_STRING) return pass(cursor, Outcome::bad);
    uint32_t start = cursor.position();
    if (!pass_container<true>(cursor, options_.maximum_depth)) return Outcome::malformed;
    // The token just passed is the closing bracket.
    column.put_text(cursor.bytes + start, cursor.token[-1] + 1 - start);
    return Outcome::good;
  }
  if (byte == 't' || byte == 'f') return put_word(column, cursor);
  if (cursor.at_end()) return Outcome::malformed;
  return put_number(column, cursor);
}

Outcome LineReader::put_word(LineColumn &column, Cursor &cursor) {
  bool value = cursor.byte() == 't';
  if (!cursor.word(value ? "true" : "false", value ? 4 : 5)) return Outcome::malformed;
  if (column.kind == MEDALLION_JSON_COLUMN_BOOLEAN) {
    column.put(static_cast<uint8_t>(value));
    return Outcome::good;
  }
  if (column.kind != MEDALLION_JSON_COLUMN_STRING) return Outcome::bad;
  column.put_text(reinterpret_cast<const uint8_t *>(value ? "true" : "false"), value ? 4 : 5);
  return Outcome::good;
}

Outcome LineReader::put_string(LineColumn &column, Cursor &cursor) {
  Slice text;
  bool is_escaped;
  if (!cursor.string(text, is_escaped)) return Outcome::malformed;
  const uint8_t *bytes = cursor.bytes + text.start;
  size_t count = text.end - text.start;
  if (is_escaped) {
    scratch_.resize(count);
    count = unescape(bytes, count, scratch_.data());
    bytes = scratch_.data();
  }
  if (column.kind == MEDALLION_JSON_COLUMN_STRING) {
    column.put_text(bytes, count);
    return Outcome::good;
  }
  return put_text_as(column, bytes, count) ? Outcome::good : Outcome::bad;
}

/// Takes the commas out of a number that has some; false where one does not part groups of exactly
/// three digits, as in `2,50`.
static bool drop_groups(const uint8_t *bytes, size_t count, std::vector<uint8_t> &digits) {
  size_t group = 0;
  bool is_first = true;
  bool is_over = false;
  for (size_t at = 0; at < count; at++) {
    uint8_t byte = bytes[at];
    if (byte == ',') {
      if (is_over || (is_first ? group < 1 || group > 3 : group != 3)) return false;
      is_first = false;
      group = 0;
      continue;
    }
    if (is_digit(byte)) {
      group++;
    } else if (!digits.empty() && !is_over) {
      if (!is_first && group != 3) return false;
      is_over = true;
    }
    digits.push_back(byte);
  }
  return is_over || group == 3;
}

/// A string's text as a value of another type, where JSON files may have it so.
bool LineReader::put_text_as(LineColumn &column, const uint8_t *bytes, size_t count) {
  const medallion_json_conversions &convert = options_.conversions;
  switch (column.kind) {
    case MEDALLION_JSON_COLUMN_DATE: {
      int32_t day;
      if (!convert.date(bytes, count, &day)) return false;
      column.put(day);
      return true;
    }
    case MEDALLION_JSON_COLUMN_TIMESTAMP: {
      int64_t instant;
      if (!convert.timestamp(bytes, count, &instant)) return false;
      column.put(instant);
      return true;
    }
    case MEDALLION_JSON_COLUMN_DECIMAL64:
    case MEDALLION_JSON_COLUMN_DECIMAL128: {
      if (count == 0 || is_space(bytes[0]) || is_space(bytes[count - 1])) return false;
      if (!std::memchr(bytes, ',', count)) return put_decimal(column, bytes, count);
      std::vector<uint8_t> digits;
      return drop_groups(bytes, count, digits) && put_decimal(column, digits.data(), digits.size());
    }
    case MEDALLION_JSON_COLUMN_FLOAT:
    case MEDALLION_JSON_COLUMN_DOUBLE: {
      // Only what JSON's numbers cannot say.
      std::string text(reinterpret_cast<const char *>(bytes), count);
      double value;
      if (text == "NaN") value = std::nan("");
      else if (text == "INF" || text == "+INF" || text == "Infinity" || text == "+Infinity")
        value = HUGE_VAL;
      else if (text == "-INF" || text == "-Infinity") value = -HUGE_VAL;
      else return false;
      column.put(value);
      return true;
    }
    case MEDALLION_JSON_COLUMN_BINARY: return put_binary(column, bytes, count);
    default: return false;
  }
}

Outcome LineReader::put_number(LineColumn &column, Cursor &cursor) {
  Slice text;
  bool is_whole;
  if (!cursor.number(text, is_whole)) return Outcome::malformed;
  const uint8_t *bytes = cursor.bytes + text.start;
  size_t count = text.end - text.start;
  switch (column.kind) {
    case MEDALLION_JSON_COLUMN_STRING:
      column.put_text(bytes, count);
      return Outcome::good;
    case MEDALLION_JSON_COLUMN_INT32:
    case MEDALLION_JSON_COLUMN_INT64:
    case MEDALLION_JSON_COLUMN_TIMESTAMP:
      return is_whole && put_whole(column, bytes, count) ? Outcome::good : Outcome::bad;
    case MEDALLION_JSON_COLUMN_DECIMAL64:
    case MEDALLION_JSON_COLUMN_DECIMAL128:
      return put_decimal(column, bytes, count) ? Outcome::good : Outcome::bad;
    case MEDALLION_JSON_COLUMN_FLOAT:
    case MEDALLION_JSON_COLUMN_DOUBLE: {
      double value;
      if (!options_.conversions.number(bytes, count, &value)) return Outcome::bad;
      if (column.kind == MEDALLION_JSON_COLUMN_FLOAT) value = static_cast<float>(value);
      column.put(value);
      return Outcome::good;
    }
    default: return Outcome::bad;
  }
}

/// Digits with a sign or without: a number in range, or seconds for an instant.
bool LineReader::put_whole(LineColumn &column, const uint8_t *bytes, size_t count) {
  bool is_negative = bytes[0] == '-';
  if (count - is_negative > 19) return false;
  uint64_t magnitude = 0;
  for (size_t at = is_negative; at < count; at++) magnitude = magnitude * 10 + (bytes[at] - '0');
  uint64_t limit = static_cast<uint64_t>(INT64_MAX) + is_negative;
  if (magnitude > limit) return false;
  int64_t value = static_cast<int64_t>(is_negative ? 0 - magnitude : magnitude);
  if (column.kind == MEDALLION_JSON_COLUMN_TIMESTAMP) {
    if (__builtin_mul_overflow(value, int64_t{1000000}, &value)) return false;
    column.put(value);
    return true;
  }
  if (value < column.low || value > column.high) return false;
  if (column.kind == MEDALLION_JSON_COLUMN_INT32) {
    column.put(static_cast<int32_t>(value));
  } else {
    column.put(value);
  }
  return true;
}

bool LineReader::put_decimal(LineColumn &column, const uint8_t *bytes, size_t count) {
  __int128 value;
  if (!options_.conversions.decimal(bytes, count, column.precision, column.scale, &value)) {
    return false;
  }
  if (column.kind == MEDALLION_JSON_COLUMN_DECIMAL64) {
    column.put(static_cast<int64_t>(value));
  } else {
    column.put(value);
  }
  return true;
}

static int32_t base64_digit(uint8_t byte) {
  if (byte >= 'A' && byte <= 'Z') return byte - 'A';
  if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
  if (is_digit(byte)) return byte - '0' + 52;
  return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

bool LineReader::put_binary(LineColumn &column, const uint8_t *bytes, size_t count) {
  while (count > 0 && bytes[count - 1] == '=') count--;
  if (count % 4 == 1) return false;
  size_t before = column.values.size();
  uint32_t bits = 0;
  for (size_t at = 0; at < count; at++) {
    int32_t digit = base64_digit(bytes[at]);
    if (digit < 0) {
      column.values.truncate(before);
      return false;
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    size_t place = at % 4;
    uint8_t octet = static_cast<uint8_t>(bits >> (6 - 2 * place));
    if (place > 0) column.values.append(&octet, 1);
  }
  column.put_text(bytes, 0);
  return true;
}

/// Takes a key that was not expected, and its colon; false when there is none.
bool LineReader::take_new_key(
    KeyTable &keys, size_t turn, Cursor &cursor, KeyTable::Found &found) {
  Slice key;
  bool is_escaped;
  if (cursor.byte() != '"' || !cursor.string(key, is_escaped) || cursor.byte() != ':') return false;
  cursor.advance();
  const uint8_t *bytes = cursor.bytes + key.start;
  size_t count = key.end - key.start;
  if (is_escaped) {
    scratch_.resize(count);
    count = unescape(bytes, count, scratch_.data());
    found = keys.find(scratch_.data(), count);
    return true;
  }
  found = keys.find(bytes, count);
  keys.expect(turn, bytes, count, found);
  return true;
}

/// Takes a key and its colon, and finds the member that it is; false when there is none.
inline bool LineReader::take_key(
    KeyTable &keys, size_t turn, Cursor &cursor, KeyTable::Found &found) {
  if (turn < keys.expected.size() && cursor.key(keys.expected[turn].name)) {
    found = keys.expected[turn].found;
    return true;
  }
  return take_new_key(keys, turn, cursor, found);
}

/// Takes a member's value; the last of several with one key counts.
[[gnu::always_inline]] inline Outcome LineReader::put_member(
    uint32_t child, size_t row, Cursor &cursor) {
  LineColumn &column = columns_[child];
  if (column.count > row) {
    truncate(child, row);
    column.like_structure = 0;
  }
  Slice text;
  if (column.kind == MEDALLION_JSON_COLUMN_STRING && cursor.byte() == '"'
      && cursor.plain_string(text)) {
    column.put_text(cursor.bytes + text.start, text.end - text.start);
    return Outcome::good;
  }
  Outcome outcome = put_value(column, child, cursor);
  if (outcome == Outcome::bad) put_null(child);
  return outcome;
}

/// Takes the value of a member whose name is like the key's. One that is more like it counts
/// before it; of two that are as much neither does.
[[gnu::noinline]] Outcome LineReader::put_like_member(
    uint32_t child, size_t row, uint64_t structure, int32_t likeness, Cursor &cursor) {
  LineColumn &column = columns_[child];
  bool is_filled = column.count > row;
  bool is_like = column.like_structure == structure;
  if (is_filled && (!is_like || column.likeness < likeness)) return pass(cursor, Outcome::good);
  bool is_contested = is_filled && column.likeness == likeness;
  Outcome outcome;
  if (is_contested) {
    truncate(child, row);
    put_null(child);
    outcome = pass(cursor, Outcome::partial);
  } else {
    outcome = put_member(child, row, cursor);
  }
  columns_[child].like_structure = structure;
  columns_[child].likeness = likeness;
  return outcome;
}

Outcome LineReader::put_structure(uint32_t index, Cursor &cursor) {
  KeyTable &keys = keys_[index];
  const std::vector<uint32_t> &children = columns_[index].children;
  size_t row = columns_[index].count;
  uint64_t structure = ++structures_;
  size_t filled = 0;
  Outcome outcome = Outcome::good;
  cursor.advance();
  if (cursor.byte() == '}') {
    cursor.advance();
  } else {
    for (size_t turn = 0;; turn++) {
      KeyTable::Found found;
      if (!take_key(keys, turn, cursor, found)) return Outcome::malformed;
      Outcome member;
      if (found.position < 0) {
        member = pass(cursor, Outcome::good);
      } else {
        uint32_t child = children[static_cast<size_t>(found.position)];
        filled += columns_[child].count == row;
        member = found.likeness == 0
            ? put_member(child, row, cursor)
            : put_like_member(child, row, structure, found.likeness, cursor);
      }
      if (member == Outcome::malformed) return member;
      if (member != Outcome::good) outcome = Outcome::partial;
      uint8_t byte = cursor.byte();
      cursor.token += byte == ',' || byte == '}';
      if (byte == '}') break;
      if (byte != ',') return Outcome::malformed;
    }
  }
  if (filled < children.size()) {
    for (uint32_t child : children) {
      if (columns_[child].count == row) put_null(child);
    }
  }
  columns_[index].mark(true);
  return outcome;
}

/// An element that does not suit spoils the array; a structure with a bad member does not.
Outcome LineReader::put_array(uint32_t index, Cursor &cursor) {
  uint32_t child = columns_[index].children[0];
  size_t first = columns_[child].count;
  Outcome outcome = Outcome::good;
  cursor.advance();
  if (cursor.byte() == ']') {
    cursor.advance();
  } else {
    while (true) {
      Outcome element = outcome == Outcome::bad
          ? pass(cursor, Outcome::bad) : put_value(columns_[child], child, cursor);
      if (element == Outcome::malformed) return element;
      if (element == Outcome::bad || outcome == Outcome::good) outcome = element;
      uint8_t byte = cursor.byte();
      cursor.token += byte == ',' || byte == ']';
      if (byte == ']') break;
      if (byte != ',') return Outcome::malformed;
    }
  }
  if (outcome == Outcome::bad) {
    truncate(child, first);
    return outcome;
  }
  columns_[index].offsets.push_back(static_cast<int32_t>(columns_[child].count));
  columns_[index].mark(true);
  return outcome;
}

Outcome LineReader::put_map(uint32_t index, Cursor &cursor) {
  uint32_t keys = columns_[index].children[0];
  uint32_t values = columns_[index].children[1];
  size_t first = columns_[keys].count;
  Outcome outcome = Outcome::good;
  cursor.advance();
  if (cursor.byte() == '}') {
    cursor.advance();
  } else {
    while (true) {
      if (cursor.byte() != '"') return Outcome::malformed;
      Outcome key = put_string(columns_[keys], cursor);
      if (key == Outcome::malformed || cursor.byte() != ':') return Outcome::malformed;
      cursor.advance();
      Outcome value = outcome == Outcome::bad || key == Outcome::bad
          ? pass(cursor, Outcome::bad) : put_value(columns_[values], values, cursor);
      if (value == Outcome::malformed) return value;
      if (value == Outcome::bad || outcome == Outcome::good) outcome = value;
      uint8_t byte = cursor.byte();
      cursor.token += byte == ',' || byte == '}';
      if (byte == '}') break;
      if (byte != ',') return Outcome::malformed;
    }
  }
  if (outcome == Outcome::bad) {
    truncate(keys, first);
    truncate(values, first);
    return outcome;
  }
  columns_[index].offsets.push_back(static_cast<int32_t>(columns_[keys].count));
  columns_[index].mark(true);
  return outcome;
}

}  // namespace medallion
