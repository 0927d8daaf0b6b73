// The walk over the tokens of lines that are kept as they are, and the sorting of the lines.
#include "LineCheck.hpp"

#include <algorithm>
#include <new>

namespace medallion {

/// Tokens are listed for about this many bytes at a time, so that they stay in the cache.
static constexpr size_t part_byte_count = 128 << 10;

/// What a stack of containers has room for.
static constexpr uint32_t greatest_depth = 1024;

LineCheck::LineCheck(uint32_t maximum_depth)
    : maximum_depth_(std::min(maximum_depth, greatest_depth)) {}

void LineCheck::require(std::string name) {
  required_.push_back(std::move(name));
  present_.push_back(0);
}

// Values ---------------------------------------------------------------------------------------

/// Passes the string in hand. The first stage has seen that it is closed and that nothing but white
/// space stands before the next token; only escapes are left to check.
template <bool has_escapes>
static inline bool pass_string(Cursor &cursor) {
  if (has_escapes) {
    Slice text;
    bool is_escaped;
    return cursor.string(text, is_escaped);
  }
  cursor.advance();
  return true;
}

/// Passes the string in hand, which has no escape, and gives its text.
static inline Slice pass_plain_string(Cursor &cursor) {
  uint32_t start = cursor.position() + 1;
  cursor.advance();
  uint32_t end = cursor.position() - 1;
  while (end > start && cursor.bytes[end] != '"') end--;
  return {start, end};
}

/// Passes the key in hand and its colon.
template <bool has_escapes>
static inline bool pass_key(Cursor &cursor) {
  if (cursor.byte() != '"' || !pass_string<has_escapes>(cursor) || cursor.byte() != ':') {
    return false;
  }
  cursor.advance();
  return true;
}

/// Passes the string, number or word in hand.
template <bool has_escapes>
static inline bool pass_scalar(Cursor &cursor, uint8_t byte) {
  if (byte == '"') return pass_string<has_escapes>(cursor);
  if (byte == 't') return cursor.word("true", 4);
  if (byte == 'f') return cursor.word("false", 5);
  if (byte == 'n') return cursor.word("null", 4);
  Slice text;
  bool is_whole;
  return !cursor.at_end() && cursor.number(text, is_whole);
}

/// Passes the array or object in hand; the stack holds a bit for each container open, set for an
/// object.
template <bool has_escapes>
bool LineCheck::pass_container(Cursor &cursor) {
  uint64_t stack[greatest_depth / 64];
  uint32_t depth = 0;
  bool is_object = false;
  uint8_t byte = cursor.byte();
  while (true) {
    if (byte == '{' || byte == '[') {
      if (depth >= maximum_depth_) return false;
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

template <bool has_escapes>
inline bool LineCheck::pass_value(Cursor &cursor) {
  uint8_t byte = cursor.byte();
  if (byte == '{' || byte == '[') return pass_container<has_escapes>(cursor);
  return pass_scalar<has_escapes>(cursor, byte);
}

// Lines ----------------------------------------------------------------------------------------

/// The number of the required field called `key`, or how many there are.
size_t LineCheck::required_field(const uint8_t *key, size_t count) const {
  size_t field = 0;
  for (; field < required_.size(); field++) {
    const std::string &name = required_[field];
    if (name.size() != count || (count > 0 && name[0] != static_cast<char>(*key))) continue;
    if (std::memcmp(name.data(), key, count) == 0) break;
  }
  return field;
}

/// The number of the required field of the key in hand, which is passed with its colon; how many
/// there are for another key, -1 when the key is malformed.
template <bool has_escapes>
inline int64_t LineCheck::pass_member_key(Cursor &cursor) {
  if (cursor.byte() != '"') return -1;
  Slice key;
  bool is_escaped = false;
  if (has_escapes) {
    if (!cursor.string(key, is_escaped)) return -1;
  } else {
    key = pass_plain_string(cursor);
  }
  if (cursor.byte() != ':') return -1;
  cursor.advance();
  const uint8_t *bytes = cursor.bytes + key.start;
  size_t count = key.end - key.start;
  if (has_escapes && is_escaped) {
    scratch_.resize(count);
    count = unescape(bytes, count, scratch_.data());
    bytes = scratch_.data();
  }
  return static_cast<int64_t>(required_field(bytes, count));
}

/// Passes the value of a required field; the last of several with one name counts.
template <bool has_escapes>
inline bool LineCheck::pass_required(Cursor &cursor, uint64_t field) {
  uint8_t byte = cursor.byte();
  bool is_present = byte != 'n';
  if (byte == '"') {
    Slice text;
    bool is_escaped;
    if (!cursor.string(text, is_escaped)) return false;
    is_present = text.end > text.start;
  } else if (!pass_value<has_escapes>(cursor)) {
    return false;
  }
  present_[field] = is_present;
  return true;
}

/// What is wrong with the line of which `cursor` has the first token; it stands behind the object
/// when that is one.
template <bool has_escapes>
int32_t LineCheck::check(Cursor &cursor) {
  std::fill(present_.begin(), present_.end(), uint8_t{0});
  if (cursor.byte() != '{') return malformed;
  cursor.advance();
  if (cursor.byte() == '}') {
    cursor.advance();
  } else {
    while (true) {
      int64_t field = pass_member_key<has_escapes>(cursor);
      if (field < 0) return malformed;
      bool is_required = static_cast<size_t>(field) < required_.size();
      if (is_required ? !pass_required<has_escapes>(cursor, static_cast<size_t>(field))
                      : !pass_value<has_escapes>(cursor)) {
        return malformed;
      }
      uint8_t byte = cursor.byte();
      cursor.token += byte == ',' || byte == '}';
      if (byte == '}') break;
      if (byte != ',') return malformed;
    }
  }
  for (size_t field = 0; field < present_.size(); field++) {
    if (!present_[field]) return static_cast<int32_t>(field);
  }
  return good;
}

/// Checks a line by itself; `is_blank` when there is nothing in it.
int32_t LineCheck::check_alone(const uint8_t *line, size_t count, bool &is_blank) {
  switch (structure_.index(line, count)) {
    case simdjson::SUCCESS: break;
    case simdjson::EMPTY: is_blank = true; return good;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY: throw std::bad_alloc();
    default: return malformed;
  }
  Cursor cursor{line, structure_.begin(), structure_.end(), static_cast<uint32_t>(count)};
  int32_t reason = check<true>(cursor);
  return reason != malformed && !cursor.at_end() ? malformed : reason;
}

/// Checks lines whose tokens are listed together.
template <bool has_escapes>
void LineCheck::check_listed(const uint8_t *bytes, uint32_t count) {
  Cursor cursor{bytes, structure_.begin(), structure_.end(), count};
  uint32_t at = 0;
  while (at < count) {
    const void *found = std::memchr(bytes + at, '\n', count - at);
    uint32_t next = found
        ? static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes) + 1 : count;
    uint32_t end = found ? next - 1 : next;
    if (end > at && bytes[end - 1] == '\r') end--;
    int32_t reason = good;
    bool is_blank = cursor.position() >= end;
    if (!is_blank) {
      const uint32_t *first = cursor.token;
      reason = check<has_escapes>(cursor);
      // The object must end on the line that it began on, and be all that is on it.
      bool is_whole = reason != malformed && cursor.token[-1] < end && cursor.position() >= end;
      if (!is_whole) {
        reason = malformed;
        cursor.token = std::lower_bound(first, structure_.end(), end);
      }
    }
    sort(bytes + at, end - at, next - at, is_blank, reason);
    at = next;
  }
}

void LineCheck::check_part(const uint8_t *bytes, size_t count) {
  auto error = structure_.index(bytes, count);
  if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) throw std::bad_alloc();
  if (error == simdjson::SUCCESS) {
    if (std::memchr(bytes, '\\', count)) {
      check_listed<true>(bytes, static_cast<uint32_t>(count));
    } else {
      check_listed<false>(bytes, static_cast<uint32_t>(count));
    }
    return;
  }
  // Some line spoils the list of all: each is listed by itself.
  size_t at = 0;
  while (at < count) {
    const void *found = std::memchr(bytes + at, '\n', count - at);
    size_t next = found ? static_cast<const uint8_t *>(found) - bytes + 1 : count;
    size_t end = found ? next - 1 : next;
    if (end > at && bytes[end - 1] == '\r') end--;
    bool is_blank = false;
    int32_t reason = check_alone(bytes + at, end - at, is_blank);
    sort(bytes + at, end - at, next - at, is_blank, reason);
    at = next;
  }
}

// Sorting --------------------------------------------------------------------------------------

/// Keeps a line, sets it aside, or passes over it when it is blank.
void LineCheck::sort(
    const uint8_t *line, size_t count, size_t whole, bool is_blank, int32_t reason) {
  if (is_blank || reason != good) {
    end_run(line);
    if (!is_blank) {
      size_t position = static_cast<size_t>(line - input_);
      rejected_.push_back({line_, position, rejected_bytes_.size(), count, reason});
      rejected_bytes_.insert(rejected_bytes_.end(), line, line + count);
    }
    run_ = line + whole;
  } else {
    kept_lines_++;
    if (whole != count + 1) {
      // What ends the line is not a line break alone.
      end_run(line + count);
      *output_++ = '\n';
      run_ = line + whole;
    }
  }
  line_++;
}

/// Moves the lines kept since the run began to the others.
void LineCheck::end_run(const uint8_t *end) {
  size_t count = static_cast<size_t>(end - run_);
  if (output_ != run_) std::memmove(output_, run_, count);
  output_ += count;
}

medallion_json_check_result LineCheck::run(uint8_t *bytes, size_t count) {
  rejected_.clear();
  rejected_bytes_.clear();
  line_ = 0;
  kept_lines_ = 0;
  output_ = bytes;
  run_ = bytes;
  input_ = bytes;
  size_t at = 0;
  while (at < count) {
    size_t end = std::min(count, at + part_byte_count);
    if (end < count) {
      // Whole lines: those that fit, or the one that does not.
      const void *last = memrchr(bytes + at, '\n', end - at);
      if (!last) last = std::memchr(bytes + end, '\n', count - end);
      end = last ? static_cast<size_t>(static_cast<const uint8_t *>(last) - bytes) + 1 : count;
    }
    check_part(bytes + at, end - at);
    at = end;
  }
  end_run(bytes + count);
  return {
      static_cast<size_t>(output_ - bytes), kept_lines_, static_cast<size_t>(line_),
      rejected_.data(), rejected_.size(), rejected_bytes_.data()};
}

}  // namespace medallion

struct medallion_json_check {
  medallion::LineCheck check;
};

medallion_json_check *medallion_json_check_create(uint32_t maximum_depth) {
  return new (std::nothrow) medallion_json_check{medallion::LineCheck(maximum_depth)};
}

void medallion_json_check_destroy(medallion_json_check *check) { delete check; }

bool medallion_json_check_require(
    medallion_json_check *check, const uint8_t *name, size_t name_count) try {
  check->check.require(std::string(reinterpret_cast<const char *>(name), name_count));
  return true;
} catch (const std::bad_alloc &) {
  return false;
}

medallion_json_status medallion_json_check_run(
    medallion_json_check *check, uint8_t *bytes, size_t count,
    medallion_json_check_result *result) try {
  *result = check->check.run(bytes, count);
  return MEDALLION_JSON_OK;
} catch (const std::bad_alloc &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}
