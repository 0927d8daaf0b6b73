#include "LineReader.hpp"

#include <algorithm>
#include <string_view>

namespace medallion {

/// How many bytes of lines are listed at once: they and their tokens fit the cache.
static constexpr uint32_t window_byte_count = 128 << 10;

// Rows -----------------------------------------------------------------------------------------

LineReader::LineReader(const medallion_json_lines_options &options)
    : options_(options),
      required_(reinterpret_cast<const char *>(options.required_text), options.required_count) {
  columns_.emplace_back(MEDALLION_JSON_COLUMN_STRUCTURE);
}

int32_t LineReader::add(int32_t parent, medallion_json_column_kind kind, std::string name) {
  uint32_t index = static_cast<uint32_t>(columns_.size());
  columns_.emplace_back(kind);
  columns_.back().name = std::move(name);
  if (options_.codes_texts && kind == MEDALLION_JSON_COLUMN_STRING) columns_.back().start_coding();
  columns_[static_cast<size_t>(parent)].children.push_back(index);
  return static_cast<int32_t>(index);
}

const LineColumn &LineReader::column(int32_t index) const {
  switch (index) {
    case MEDALLION_JSON_LINE_NUMBER_COLUMN: return line_numbers_;
    case MEDALLION_JSON_CORRUPT_TEXT_COLUMN: return corrupt_text_;
    default: return columns_[static_cast<size_t>(index)];
  }
}

medallion_json_status LineReader::begin(const uint8_t *bytes, size_t count, int64_t line_number) {
  if (!is_built_) {
    keys_.resize(columns_.size());
    for (size_t index = 0; index < columns_.size(); index++) {
      std::vector<std::string> names;
      for (uint32_t child : columns_[index].children) names.push_back(columns_[child].name);
      size_t member_count = names.size();
      if (index == 0) names.insert(names.end(), known_.begin(), known_.end());
      keys_[index].build(std::move(names), member_count, options_.conversions.likeness);
    }
    is_built_ = true;
  }
  // Columns count what they hold in 31 bits.
  if (count > INT32_MAX) return MEDALLION_JSON_OUT_OF_MEMORY;
  chunk_ = bytes;
  chunk_count_ = static_cast<uint32_t>(count);
  window_end_ = 0;
  at_ = count_ = 0;
  line_number_ = line_number;
  return MEDALLION_JSON_OK;
}

/// Lists the tokens of the next lines.
medallion_json_status LineReader::open_window() {
  window_start_ = window_end_;
  uint32_t rest = chunk_count_ - window_start_;
  bytes_ = chunk_ + window_start_;
  count_ = rest;
  if (rest > window_byte_count) {
    uint32_t end = window_byte_count;
    while (end > 0 && bytes_[end - 1] != '\n') end--;
    const void *found = end > 0 ? nullptr : std::memchr(bytes_, '\n', rest);
    if (found) end = static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes_) + 1;
    if (end > 0) count_ = end;
  }
  window_end_ = window_start_ + count_;
  at_ = 0;
  may_have_escapes_ = std::memchr(bytes_, '\\', count_) != nullptr;
  // With escapes a text may be written otherwise.
  is_searched_ = !required_.empty() && !may_have_escapes_;
  is_listed_ = false;
  if (is_searched_) return MEDALLION_JSON_OK;
  auto error = structure_.index(bytes_, count_);
  if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) {
    return MEDALLION_JSON_OUT_OF_MEMORY;
  }
  is_listed_ = error == simdjson::SUCCESS;
  if (is_listed_) token_ = structure_.begin();
  return MEDALLION_JSON_OK;
}

medallion_json_status LineReader::proceed(
    const uint8_t *bytes, size_t maximum_rows, bool &is_done) {
  chunk_ = bytes;
  bytes_ = chunk_ + window_start_;
  while (columns_[0].count < maximum_rows) {
    if (at_ == count_) {
      if (window_end_ == chunk_count_) break;
      auto status = open_window();
      if (status != MEDALLION_JSON_OK) return status;
    }
    if (is_searched_ && pass_lines()) continue;
    const void *found = std::memchr(bytes_ + at_, '\n', count_ - at_);
    uint32_t next = found
        ? static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes_) + 1 : count_;
    uint32_t end = found ? next - 1 : next;
    if (end > at_ && bytes_[end - 1] == '\r') end--;
    auto status = read_line(at_, end);
    if (status != MEDALLION_JSON_OK) return status;
    at_ = next;
    line_number_++;
  }
  is_done = at_ == count_ && window_end_ == chunk_count_;
  return MEDALLION_JSON_OK;
}

/// Passes over lines without the required text; true when none is left in the window.
bool LineReader::pass_lines() {
  std::string_view rest(reinterpret_cast<const char *>(bytes_) + at_, count_ - at_);
  size_t found = rest.find(required_);
  size_t passed = found == std::string_view::npos ? rest.size() : found;
  while (found != std::string_view::npos && passed > 0 && rest[passed - 1] != '\n') passed--;
  line_number_ += static_cast<int64_t>(count_line_breaks(bytes_ + at_, passed));
  at_ += static_cast<uint32_t>(passed);
  return at_ == count_;
}

/// Reads a line that is an object and nothing more, as most are; false, with nothing done, when it
/// must be looked at closely.
bool LineReader::read_plain_line(const Slice &line) {
  Cursor cursor{bytes_, token_, line.end, may_have_escapes_};
  size_t row = columns_[0].count;
  if (cursor.byte() != '{') return false;
  Outcome outcome = put_structure(0, cursor);
  if (outcome == Outcome::malformed || !cursor.at_end()) {
    drop_rows(row);
    return false;
  }
  token_ = cursor.token;
  note_row(bytes_ + line.start, line.end - line.start, outcome != Outcome::good);
  return true;
}

medallion_json_status LineReader::read_line(uint32_t start, uint32_t end) {
  Slice line{start, end};
  if (is_listed_ && read_plain_line(line)) return MEDALLION_JSON_OK;
  Cursor cursor{bytes_, token_, end};
  bool is_readable = true;
  if (is_listed_) {
    while (*token_ < end) token_++;
    if (cursor.at_end()) return MEDALLION_JSON_OK;
  } else {
    switch (structure_.index(bytes_ + start, end - start)) {
      case simdjson::SUCCESS: break;
      case simdjson::EMPTY: return MEDALLION_JSON_OK;
      case simdjson::MEMALLOC:
      case simdjson::CAPACITY: return MEDALLION_JSON_OUT_OF_MEMORY;
      case simdjson::UTF8_ERROR:
        counts_.has_bad_text = true;
        [[fallthrough]];
      default: is_readable = false;
    }
    cursor.bytes += start;
    cursor.limit = end - start;
    line = {0, end - start};
    cursor.token = structure_.begin();
  }
  size_t row = columns_[0].count;
  if (!is_readable || put_rows(cursor, line) == Outcome::malformed) {
    drop_rows(row);
    put_null(0);
    note_row(bytes_ + start, end - start, true);
    counts_.malformed_lines++;
  }
  return MEDALLION_JSON_OK;
}

/// Drops the rows from `count` on.
void LineReader::drop_rows(size_t count) {
  truncate(0, count);
  if (options_.keeps_text) text_bounds_.resize(1 + 2 * count);
  line_numbers_.truncate(count);
  corrupt_text_.truncate(count);
}

medallion_json_status LineReader::refuse(
    const uint8_t *bytes, size_t count, int64_t line_number) {
  if (count > INT32_MAX) return MEDALLION_JSON_OUT_OF_MEMORY;
  chunk_ = bytes;
  line_number_ = line_number;
  counts_.malformed_lines++;
  counts_.has_bad_text = true;  // It may have been cut within a character.
  put_null(0);
  note_row(bytes, count, true);
  return MEDALLION_JSON_OK;
}

void LineReader::note_row(const uint8_t *bytes, size_t count, bool is_bad) {
  if (options_.keeps_text) {
    int32_t start = static_cast<int32_t>(bytes - chunk_);
    text_bounds_.push_back(start);
    text_bounds_.push_back(start + static_cast<int32_t>(count));
  }
  if (options_.keeps_line_number) line_numbers_.put(line_number_);
  if (!options_.keeps_corrupt_text) return;
  if (is_bad) {
    corrupt_text_.put_text(bytes, count);
  } else {
    corrupt_text_.offsets.push_back(corrupt_text_.offsets.back());
    corrupt_text_.mark(false);
  }
}

medallion_json_lines_counts LineReader::counts() const {
  medallion_json_lines_counts counts = counts_;
  counts.rows = columns_[0].count;
  return counts;
}

void LineReader::clear() {
  for (LineColumn &column : columns_) column.clear();
  text_bounds_.resize(1);
  line_numbers_.clear();
  corrupt_text_.clear();
  counts_ = {};
}

/// A line is a row, or an array of them.
Outcome LineReader::put_rows(Cursor &cursor, const Slice &line) {
  if (cursor.byte() == '[' && options_.spreads_arrays) {
    cursor.advance();
    if (cursor.byte() != ']') {
      while (true) {
        if (put_row(cursor, nullptr) == Outcome::malformed) return Outcome::malformed;
        if (cursor.byte() != ',') break;
        cursor.advance();
      }
    }
    if (cursor.byte() != ']') return Outcome::malformed;
    cursor.advance();
  } else if (put_row(cursor, &line) == Outcome::malformed) {
    return Outcome::malformed;
  }
  return cursor.at_end() ? Outcome::good : Outcome::malformed;
}

/// Takes an object as a row; its text is the line's if it has a line of its own.
Outcome LineReader::put_row(Cursor &cursor, const Slice *line) {
  if (cursor.byte() != '{') return Outcome::malformed;
  Slice text{cursor.position(), 0};
  Outcome outcome = put_structure(0, cursor);
  if (outcome == Outcome::malformed) return outcome;
  // The token just passed is the closing brace.
  text.end = cursor.token[-1] + 1;
  if (line) text = *line;
  note_row(cursor.bytes + text.start, text.end - text.start, outcome != Outcome::good);
  return outcome;
}

}  // namespace medallion
