#include "LineReader.hpp"

#include <algorithm>

namespace medallion {

// Keys -----------------------------------------------------------------------------------------

uint64_t KeyTable::hash(const uint8_t *key, size_t count) {
  uint64_t first = 0;
  uint64_t last = 0;
  size_t taken = std::min<size_t>(count, 8);
  std::memcpy(&first, key, taken);
  std::memcpy(&last, key + count - taken, taken);
  uint64_t mixed = (first ^ count) * 0x9E3779B97F4A7C15ull ^ last * 0xC2B2AE3D27D4EB4Full;
  return mixed ^ mixed >> 29;
}

void KeyTable::build(
    const std::vector<LineColumn> &columns, const std::vector<uint32_t> &children) {
  members_.clear();
  size_t size = 4;
  while (size < children.size() * 2) size *= 2;
  entries_.assign(size, Entry());
  for (size_t position = 0; position < children.size(); position++) {
    const std::string &name = columns[children[position]].name;
    Entry entry{name.data(), static_cast<uint32_t>(name.size()), static_cast<int32_t>(position)};
    members_.push_back(entry);
    size_t slot = hash(reinterpret_cast<const uint8_t *>(name.data()), name.size());
    while (entries_[slot &= size - 1].name) slot++;
    entries_[slot] = entry;
  }
}

int32_t KeyTable::find(const uint8_t *key, size_t count) const {
  if (expected_ == members_.size()) expected_ = 0;
  if (expected_ < members_.size()) {
    const Entry &entry = members_[expected_];
    if (entry.count == count && std::memcmp(entry.name, key, count) == 0) {
      expected_++;
      return entry.position;
    }
  }
  size_t slot = hash(key, count);
  while (true) {
    const Entry &entry = entries_[slot &= entries_.size() - 1];
    if (!entry.name) return -1;
    if (entry.count == count && std::memcmp(entry.name, key, count) == 0) {
      expected_ = static_cast<size_t>(entry.position) + 1;
      return entry.position;
    }
    slot++;
  }
}

// Rows -----------------------------------------------------------------------------------------

LineReader::LineReader(const medallion_json_lines_options &options) : options_(options) {
  columns_.emplace_back(MEDALLION_JSON_COLUMN_STRUCTURE);
}

int32_t LineReader::add(int32_t parent, medallion_json_column_kind kind, std::string name) {
  uint32_t index = static_cast<uint32_t>(columns_.size());
  columns_.emplace_back(kind);
  columns_.back().name = std::move(name);
  columns_[static_cast<size_t>(parent)].children.push_back(index);
  return static_cast<int32_t>(index);
}

const LineColumn &LineReader::column(int32_t index) const {
  switch (index) {
    case MEDALLION_JSON_TEXT_COLUMN: return text_;
    case MEDALLION_JSON_LINE_NUMBER_COLUMN: return line_numbers_;
    case MEDALLION_JSON_CORRUPT_TEXT_COLUMN: return corrupt_text_;
    default: return columns_[static_cast<size_t>(index)];
  }
}

medallion_json_status LineReader::begin(const uint8_t *bytes, size_t count, int64_t line_number) {
  if (!is_built_) {
    keys_.resize(columns_.size());
    for (size_t index = 0; index < columns_.size(); index++) {
      keys_[index].build(columns_, columns_[index].children);
    }
    is_built_ = true;
  }
  bytes_ = bytes;
  count_ = static_cast<uint32_t>(count);
  at_ = 0;
  line_number_ = line_number;
  auto error = structure_.index(bytes, count);
  if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) {
    return MEDALLION_JSON_OUT_OF_MEMORY;
  }
  is_listed_ = error == simdjson::SUCCESS;
  if (is_listed_) {
    token_ = structure_.begin();
    tokens_end_ = structure_.end();
  }
  return MEDALLION_JSON_OK;
}

medallion_json_status LineReader::proceed(
    const uint8_t *bytes, size_t maximum_rows, bool &is_done) {
  bytes_ = bytes;
  while (at_ < count_ && columns_[0].count < maximum_rows) {
    const void *found = std::memchr(bytes_ + at_, '\n', count_ - at_);
    uint32_t next = found
        ? static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes_) + 1 : count_;
    uint32_t end = found ? next - 1 : next;
    if (end > at_ && bytes_[end - 1] == '\r') end--;
    counts_.byte_count += next - at_;
    auto status = read_line(at_, end);
    if (status != MEDALLION_JSON_OK) return status;
    at_ = next;
    line_number_++;
  }
  is_done = at_ == count_;
  return MEDALLION_JSON_OK;
}

medallion_json_status LineReader::read_line(uint32_t start, uint32_t end) {
  Cursor cursor{bytes_, nullptr, nullptr, end};
  Slice line{start, end};
  bool is_readable = true;
  if (is_listed_) {
    cursor.token = token_;
    while (token_ != tokens_end_ && *token_ < end) token_++;
    cursor.tokens_end = token_;
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
    cursor.tokens_end = structure_.end();
  }
  size_t row = columns_[0].count;
  if (!is_readable || put_rows(cursor, line) == Outcome::malformed) {
    truncate(0, row);
    text_.truncate(row);
    line_numbers_.truncate(row);
    corrupt_text_.truncate(row);
    put_null(0);
    note_row(bytes_ + start, end - start, true);
    counts_.malformed_lines++;
  }
  return MEDALLION_JSON_OK;
}

medallion_json_status LineReader::refuse(
    const uint8_t *bytes, size_t count, int64_t line_number) {
  line_number_ = line_number;
  counts_.byte_count += count;
  counts_.malformed_lines++;
  counts_.has_bad_text = true;  // It may have been cut within a character.
  put_null(0);
  note_row(bytes, count, true);
  return MEDALLION_JSON_OK;
}

void LineReader::note_row(const uint8_t *bytes, size_t count, bool is_bad) {
  if (options_.keeps_text) text_.put_text(bytes, count);
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
  auto clear = [](LineColumn &column) {
    column.count = 0;
    column.validity.clear();
    column.values.truncate(0);
    if (column.has_offsets()) column.offsets.resize(1);
  };
  for (LineColumn &column : columns_) clear(column);
  clear(text_);
  clear(line_numbers_);
  clear(corrupt_text_);
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
