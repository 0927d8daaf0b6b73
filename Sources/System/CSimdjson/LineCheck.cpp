// The walk over the tokens of lines that are kept as they are, and the sorting of the lines.
#include "LineCheck.hpp"

#include "Instant.hpp"
#include "Walk.hpp"

#include <algorithm>
#include <new>

namespace medallion {

/// Tokens are listed for about this many bytes at a time, so that they stay in the cache.
static constexpr size_t part_byte_count = 128 << 10;

/// The number of the field called `name`, which is looked for from now on.
size_t LineCheck::add_field(std::string name) {
  size_t field = known_field(reinterpret_cast<const uint8_t *>(name.data()), name.size());
  if (field < fields_.size()) return field;
  name_lengths_ |= uint64_t{1} << std::min<size_t>(name.size(), 63);
  fields_.push_back(std::move(name));
  values_.emplace_back();
  return field;
}

void LineCheck::require(std::string name) {
  add_field(std::move(name));
  required_count_ = fields_.size();
}

void LineCheck::demand_time(std::string name, medallion_json_time_reader reader) {
  time_field_ = add_field(std::move(name));
  time_reader_ = reader;
}

void LineCheck::add_sender(std::string name) {
  sender_fields_.push_back(add_field(std::move(name)));
}

void LineCheck::set_number(std::string name) { number_field_ = add_field(std::move(name)); }

/// Passes the string in hand, which has no escape, and gives its text.
static inline Slice pass_plain_string(Cursor &cursor) {
  uint32_t start = cursor.position() + 1;
  cursor.advance();
  uint32_t end = cursor.position() - 1;
  while (end > start && cursor.bytes[end] != '"') end--;
  return {start, end};
}

// Lines ----------------------------------------------------------------------------------------

/// The number of the field called `key`, or how many there are.
inline size_t LineCheck::known_field(const uint8_t *key, size_t count) const {
  if ((name_lengths_ >> std::min<size_t>(count, 63) & 1) == 0) return fields_.size();
  size_t field = 0;
  for (; field < fields_.size(); field++) {
    const std::string &name = fields_[field];
    if (name.size() != count) continue;
    if (are_equal(reinterpret_cast<const uint8_t *>(name.data()), key, count)) break;
  }
  return field;
}

/// The number of the known field of the key in hand, which is passed with its colon; how many
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
  return static_cast<int64_t>(known_field(bytes, count));
}

/// Passes the value of a known field; the last of several with one name counts.
template <bool has_escapes>
inline bool LineCheck::pass_known(Cursor &cursor, size_t field) {
  uint8_t byte = cursor.byte();
  Value &value = values_[field];
  Slice text{0, 0};
  if (byte == '"') {
    bool is_escaped = false;
    if (has_escapes) {
      if (!cursor.string(text, is_escaped)) return false;
    } else {
      text = pass_plain_string(cursor);
    }
    value.kind = is_escaped ? Value::escaped_text : Value::text;
  } else if (byte == '-' || is_digit(byte)) {
    bool is_whole;
    if (!cursor.number(text, is_whole)) return false;
    value.kind = is_whole ? Value::whole_number : Value::other;
  } else {
    value.kind = byte == 'n' ? Value::absent : Value::other;
    if (!pass_value<has_escapes>(cursor, maximum_depth_)) return false;
  }
  value.start = cursor.bytes + text.start;
  value.count = text.end - text.start;
  return true;
}

/// What is wrong with the line of which `cursor` has the first token; it stands behind the object
/// when that is one.
template <bool has_escapes>
int32_t LineCheck::check(Cursor &cursor) {
  for (Value &value : values_) value.kind = Value::absent;
  if (cursor.byte() != '{') return malformed;
  cursor.advance();
  if (cursor.byte() == '}') {
    cursor.advance();
  } else {
    while (true) {
      int64_t field = pass_member_key<has_escapes>(cursor);
      if (field < 0) return malformed;
      bool is_known = static_cast<size_t>(field) < fields_.size();
      if (is_known ? !pass_known<has_escapes>(cursor, static_cast<size_t>(field))
                   : !pass_value<has_escapes>(cursor, maximum_depth_)) {
        return malformed;
      }
      uint8_t byte = cursor.byte();
      cursor.token += byte == ',' || byte == '}';
      if (byte == '}') break;
      if (byte != ',') return malformed;
    }
  }
  for (size_t field = 0; field < required_count_; field++) {
    if (!values_[field].is_present()) return static_cast<int32_t>(field);
  }
  return time_field_ == none || read_time() ? good : no_time;
}

/// Reads the time of the line in hand; false when it has none.
inline bool LineCheck::read_time() {
  Value value = values_[time_field_];
  if (!value.is_text()) return false;
  if (value.kind == Value::escaped_text) value = unescaped(value);
  if (read_usual_time(value.start, value.count, time_)) return true;
  return time_reader_ && time_reader_(value.start, value.count, &time_);
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
      medallion_json_rejected_line rejected{};
      rejected.line = line_;
      rejected.position = static_cast<size_t>(line - input_);
      rejected.start = rejected_bytes_.size();
      rejected.count = count;
      rejected.reason = reason;
      if (reason == no_time && values_[time_field_].count > 0) {
        rejected.value_start = static_cast<size_t>(values_[time_field_].start - line);
        rejected.value_count = values_[time_field_].count;
      }
      rejected_.push_back(rejected);
      rejected_bytes_.insert(rejected_bytes_.end(), line, line + count);
    }
    run_ = line + whole;
  } else {
    kept_lines_++;
    if (watch_.notes_all || (time_field_ != none && time_ > watch_.latest_time)) note();
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

medallion_json_check_result LineCheck::run(
    uint8_t *bytes, size_t count, medallion_json_watch watch) {
  watch_ = watch;
  noted_.clear();
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
      rejected_.data(), rejected_.size(), rejected_bytes_.data(), noted_.data(), noted_.size(),
      senders_.count(), senders_.offsets(), senders_.bytes().data()};
}

}  // namespace medallion
