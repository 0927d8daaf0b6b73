// The walk over the tokens of lines that are kept as they are, and the sorting of the lines.
#include "LineCheck.hpp"

#include "Instant.hpp"
#include "Walk.hpp"

#include <algorithm>
#include <new>

namespace medallion {

/// Tokens are listed for about this many bytes at a time, so that they stay in the cache.
static constexpr size_t part_byte_count = 128 << 10;

// Fields ---------------------------------------------------------------------------------------

/// The shape of the field called `name` at the top.
uint32_t LineCheck::shape_at_top(const std::string &name) {
  for (uint32_t child : shapes_[0].children) {
    if (shapes_[child].name == name) return child;
  }
  uint32_t index = static_cast<uint32_t>(shapes_.size());
  shapes_.emplace_back();
  shapes_.back().name = name;
  shapes_[0].children.push_back(index);
  return index;
}

/// The number of the field called `name`, whose value is looked at from now on.
size_t LineCheck::add_field(const std::string &name) {
  Shape &shape = shapes_[shape_at_top(name)];
  if (shape.field == none) {
    shape.field = values_.size();
    values_.emplace_back();
  }
  is_built_ = false;
  return shape.field;
}

void LineCheck::require(std::string name) {
  add_field(name);
  required_count_ = values_.size();
}

void LineCheck::demand_time(std::string name, medallion_json_time_reader reader) {
  time_field_ = add_field(name);
  time_reader_ = reader;
}

void LineCheck::add_sender(std::string name) { sender_fields_.push_back(add_field(name)); }

void LineCheck::set_number(std::string name) { number_field_ = add_field(name); }

int32_t LineCheck::declare(
    int32_t parent, medallion_json_shape kind, std::string name,
    medallion_json_likeness likeness) {
  likeness_ = likeness;
  is_built_ = false;
  uint32_t index;
  if (parent == 0) {
    index = shape_at_top(name);
  } else {
    index = static_cast<uint32_t>(shapes_.size());
    shapes_.emplace_back();
    shapes_.back().name = std::move(name);
    shapes_[static_cast<size_t>(parent)].children.push_back(index);
  }
  shapes_[index].kind = kind;
  shapes_[index].is_declared = true;
  bool is_deep = kind != MEDALLION_JSON_SHAPE_SCALAR && kind != MEDALLION_JSON_SHAPE_ANY;
  if (is_deep) shapes_[static_cast<size_t>(parent)].has_deep_children = true;
  return static_cast<int32_t>(index);
}

void LineCheck::build_keys() {
  for (Shape &shape : shapes_) {
    std::vector<std::string> names;
    for (uint32_t child : shape.children) names.push_back(shapes_[child].name);
    size_t count = names.size();
    shape.keys.build(std::move(names), count, likeness_);
  }
  is_built_ = true;
}

/// Passes the string in hand, which has no escape, and gives its text.
static inline Slice pass_plain_string(Cursor &cursor) {
  uint32_t start = cursor.position() + 1;
  cursor.advance();
  uint32_t end = cursor.position() - 1;
  while (end > start && cursor.bytes[end] != '"') end--;
  return {start, end};
}

// Values ---------------------------------------------------------------------------------------

/// Takes the key in hand with its colon, and finds the field at the top that it is; false when the
/// key is malformed.
template <bool has_escapes>
inline bool LineCheck::take_key(Cursor &cursor, size_t turn, KeyTable::Found &found) {
  KeyTable &keys = shapes_[0].keys;
  if (turn < keys.expected.size() && cursor.key(keys.expected[turn].name)) {
    found = keys.expected[turn].found;
    return true;
  }
  if (cursor.byte() != '"') return false;
  Slice key;
  bool is_escaped = false;
  if (has_escapes) {
    if (!cursor.string(key, is_escaped)) return false;
  } else {
    key = pass_plain_string(cursor);
  }
  if (cursor.byte() != ':') return false;
  cursor.advance();
  const uint8_t *bytes = cursor.bytes + key.start;
  size_t count = key.end - key.start;
  if (has_escapes && is_escaped) {
    scratch_.resize(count);
    count = unescape(bytes, count, scratch_.data());
    found = keys.find(scratch_.data(), count);
    return true;
  }
  found = keys.find(bytes, count);
  keys.expect(turn, bytes, count, found);
  return true;
}

/// Whether a name as like as that counts for a field in the line in hand. Two that are as much
/// alike are a misfit.
bool LineCheck::is_closest(Shape &shape, int32_t likeness) {
  if (shape.line == walked_) return false;
  if (shape.like_line == walked_ && shape.likeness <= likeness) {
    is_misfit_ |= shape.likeness == likeness;
    return false;
  }
  shape.like_line = walked_;
  shape.likeness = likeness;
  return true;
}

/// Passes the value of a field at the top.
template <bool has_escapes>
inline bool LineCheck::pass_top_member(Cursor &cursor, KeyTable::Found found) {
  if (found.position < 0) return pass_value<has_escapes>(cursor, maximum_depth_);
  uint32_t index = shapes_[0].children[static_cast<size_t>(found.position)];
  Shape &shape = shapes_[index];
  if (found.likeness == 0) {
    is_misfit_ |= shape.is_declared && shape.line == walked_;
    shape.line = walked_;
  } else if (!is_closest(shape, found.likeness)) {
    return pass_value<has_escapes>(cursor, maximum_depth_);
  }
  return shape.field == none ? pass_shaped<has_escapes>(cursor, index)
                             : pass_known<has_escapes>(cursor, index);
}

/// Passes the value of a field that is looked at; the last of several with one name counts.
template <bool has_escapes>
inline bool LineCheck::pass_known(Cursor &cursor, uint32_t index) {
  uint8_t byte = cursor.byte();
  const Shape &shape = shapes_[index];
  Value &value = values_[shape.field];
  Slice text{0, 0};
  if (byte == '"') {
    bool is_escaped = false;
    if (has_escapes) {
      if (!cursor.string(text, is_escaped)) return false;
    } else {
      text = pass_plain_string(cursor);
    }
    value.kind = is_escaped ? Value::escaped_text : Value::text;
    is_misfit_ |= shape.kind > MEDALLION_JSON_SHAPE_SCALAR;
  } else if (byte == '-' || is_digit(byte)) {
    bool is_whole;
    if (!cursor.number(text, is_whole)) return false;
    value.kind = is_whole ? Value::whole_number : Value::other;
    is_misfit_ |= shape.kind > MEDALLION_JSON_SHAPE_SCALAR;
  } else {
    value.kind = byte == 'n' ? Value::absent : Value::other;
    if (!pass_shaped<has_escapes>(cursor, index)) return false;
  }
  value.start = cursor.bytes + text.start;
  value.count = text.end - text.start;
  return true;
}

/// Passes a value that should be of the shape, and notes whether it is.
template <bool has_escapes>
bool LineCheck::pass_shaped(Cursor &cursor, uint32_t index) {
  uint8_t byte = cursor.byte();
  switch (shapes_[index].kind) {
    case MEDALLION_JSON_SHAPE_ANY: break;
    case MEDALLION_JSON_SHAPE_SCALAR: is_misfit_ |= byte == '{' || byte == '['; break;
    case MEDALLION_JSON_SHAPE_ARRAY:
      if (byte == '[') return pass_elements<has_escapes>(cursor, index);
      is_misfit_ |= byte != 'n';
      break;
    case MEDALLION_JSON_SHAPE_OBJECT:
      if (byte == '{') return pass_members<has_escapes>(cursor, index);
      is_misfit_ |= byte != 'n';
      break;
    case MEDALLION_JSON_SHAPE_MAP:
      if (byte == '{') return pass_entries<has_escapes>(cursor, index);
      is_misfit_ |= byte != 'n';
      break;
  }
  return pass_value<has_escapes>(cursor, maximum_depth_);
}

/// Passes the commas and the end of an array or object; false when neither follows.
static inline bool pass_end(Cursor &cursor, uint8_t end, bool &is_done) {
  uint8_t byte = cursor.byte();
  is_done = byte == end;
  if (byte != ',' && byte != end) return false;
  cursor.advance();
  return true;
}

template <bool has_escapes>
bool LineCheck::pass_elements(Cursor &cursor, uint32_t index) {
  uint32_t element = shapes_[index].children[0];
  cursor.advance();
  bool is_done = cursor.byte() == ']';
  if (is_done) cursor.advance();
  while (!is_done) {
    if (!pass_shaped<has_escapes>(cursor, element) || !pass_end(cursor, ']', is_done)) {
      return false;
    }
  }
  return true;
}

template <bool has_escapes>
bool LineCheck::pass_entries(Cursor &cursor, uint32_t index) {
  uint32_t value = shapes_[index].children[0];
  cursor.advance();
  bool is_done = cursor.byte() == '}';
  if (is_done) cursor.advance();
  while (!is_done) {
    if (!pass_key<has_escapes>(cursor) || !pass_shaped<has_escapes>(cursor, value)
        || !pass_end(cursor, '}', is_done)) {
      return false;
    }
  }
  return true;
}

/// Most members below the top are scalars, as they should be: then nobody asks for their names.
template <bool has_escapes>
bool LineCheck::pass_members(Cursor &cursor, uint32_t index) {
  bool has_deep_children = shapes_[index].has_deep_children;
  cursor.advance();
  bool is_done = cursor.byte() == '}';
  if (is_done) cursor.advance();
  while (!is_done) {
    const uint32_t *key = cursor.token;
    if (!pass_key<has_escapes>(cursor)) return false;
    uint8_t byte = cursor.byte();
    bool is_passed;
    if (has_deep_children || byte == '{' || byte == '[') {
      Shape &shape = shapes_[index];
      KeyTable::Found found = found_child(shape, cursor, key);
      is_passed = found.position < 0
          ? pass_value<has_escapes>(cursor, maximum_depth_)
          : pass_shaped<has_escapes>(
              cursor, shape.children[static_cast<size_t>(found.position)]);
    } else {
      is_passed = pass_scalar<has_escapes>(cursor, byte);
    }
    if (!is_passed || !pass_end(cursor, '}', is_done)) return false;
  }
  return true;
}

/// The child that the key is which begins at the token `key` and was passed.
KeyTable::Found LineCheck::found_child(
    Shape &shape, const Cursor &cursor, const uint32_t *key) {
  uint32_t start = key[0] + 1;
  uint32_t end = key[1];
  while (end > start && cursor.bytes[end] != '"') end--;
  const uint8_t *bytes = cursor.bytes + start;
  size_t count = end - start;
  if (std::memchr(bytes, '\\', count)) {
    scratch_.resize(count);
    count = unescape(bytes, count, scratch_.data());
    bytes = scratch_.data();
  }
  return shape.keys.find(bytes, count);
}

// Lines ----------------------------------------------------------------------------------------

/// What is wrong with the line of which `cursor` has the first token; it stands behind the object
/// when that is one.
template <bool has_escapes>
int32_t LineCheck::check(Cursor &cursor) {
  for (Value &value : values_) value.kind = Value::absent;
  is_misfit_ = false;
  walked_++;
  if (cursor.byte() != '{') return malformed;
  cursor.advance();
  bool is_done = cursor.byte() == '}';
  if (is_done) cursor.advance();
  for (size_t turn = 0; !is_done; turn++) {
    KeyTable::Found found;
    if (!take_key<has_escapes>(cursor, turn, found)
        || !pass_top_member<has_escapes>(cursor, found) || !pass_end(cursor, '}', is_done)) {
      return malformed;
    }
  }
  for (size_t field = 0; field < required_count_; field++) {
    if (!values_[field].is_present()) return static_cast<int32_t>(field);
  }
  if (time_field_ != none && !read_time()) return no_time;
  return is_misfit_ ? misfit : good;
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
  Cursor cursor{line, structure_.begin(), static_cast<uint32_t>(count)};
  int32_t reason = check<true>(cursor);
  return reason != malformed && !cursor.at_end() ? malformed : reason;
}

/// Checks lines whose tokens are listed together.
template <bool has_escapes>
void LineCheck::check_listed(const uint8_t *bytes, uint32_t count) {
  Cursor cursor{bytes, structure_.begin(), count};
  uint32_t at = 0;
  while (at < count) {
    const void *found = std::memchr(bytes + at, '\n', count - at);
    uint32_t next = found
        ? static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes) + 1 : count;
    uint32_t end = found ? next - 1 : next;
    if (end > at && bytes[end - 1] == '\r') end--;
    int32_t reason = good;
    cursor.limit = end;
    bool is_blank = cursor.at_end();
    if (!is_blank) {
      reason = check<has_escapes>(cursor);
      // The object must be all that is on the line.
      if (!cursor.at_end()) {
        reason = malformed;
        cursor.token = std::lower_bound(cursor.token, structure_.end(), end);
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
  if (misfits_ != misfits_end_ && *misfits_ == line_) {
    if (reason == good && !is_blank) reason = misfit;
    misfits_++;
  }
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
    if (whole != count + 1 || line[count] != '\n') {
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
    uint8_t *bytes, size_t count, medallion_json_watch watch, const size_t *misfits,
    size_t misfit_count) {
  if (!is_built_) build_keys();
  watch_ = watch;
  misfits_ = misfits;
  misfits_end_ = misfits + misfit_count;
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
