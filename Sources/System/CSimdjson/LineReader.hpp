// Lines of JSON to columns, by Spark's rules for JSON files with a declared schema.
//
// simdjson lists the tokens of a window of lines at once, small enough for the cache. A line cannot
// spoil the next: a string that is still open at a line's end has a line break in it, which the
// first stage refuses; such a window is listed again line by line. Values go straight into columns:
// no tree is built.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "CSimdjson.h"
#include "KeyTable.hpp"
#include "LineColumn.hpp"
#include "Tokens.hpp"

namespace medallion {

/// What became of a value.
enum class Outcome {
  good,
  /// Appended, though a member of it is NULL for being bad.
  partial,
  /// Passed and not appended: it does not suit the column.
  bad,
  /// Not JSON: the line is lost.
  malformed,
};

class LineReader {
 public:
  explicit LineReader(const medallion_json_lines_options &options);

  int32_t add(int32_t parent, medallion_json_column_kind kind, std::string name);
  /// Tells of a field at the top that is no column.
  void know(std::string name) { known_.push_back(std::move(name)); }
  LineColumn &column(int32_t index) { return columns_[static_cast<size_t>(index)]; }
  const LineColumn &column(int32_t index) const;

  medallion_json_status begin(const uint8_t *bytes, size_t count, int64_t line_number);
  medallion_json_status proceed(const uint8_t *bytes, size_t maximum_rows, bool &is_done);
  medallion_json_status refuse(const uint8_t *bytes, size_t count, int64_t line_number);
  medallion_json_lines_counts counts() const;
  /// For each row where its text begins and ends in the chunk, behind a zero.
  const std::vector<int32_t> &text_bounds() const { return text_bounds_; }
  void clear();

 private:
  medallion_json_status open_window();
  bool pass_lines();
  medallion_json_status read_line(uint32_t start, uint32_t end);
  bool read_plain_line(const Slice &line);
  void drop_rows(size_t count);
  Outcome put_rows(Cursor &cursor, const Slice &line);
  Outcome put_row(Cursor &cursor, const Slice *line);
  Outcome put_value(LineColumn &column, uint32_t index, Cursor &cursor);
  Outcome put_structure(uint32_t index, Cursor &cursor);
  Outcome put_member(uint32_t child, size_t row, Cursor &cursor);
  Outcome put_like_member(
      uint32_t child, size_t row, uint64_t structure, int32_t likeness, Cursor &cursor);
  bool take_key(KeyTable &keys, size_t turn, Cursor &cursor, KeyTable::Found &found);
  bool take_new_key(KeyTable &keys, size_t turn, Cursor &cursor, KeyTable::Found &found);
  Outcome put_array(uint32_t index, Cursor &cursor);
  Outcome put_map(uint32_t index, Cursor &cursor);
  Outcome put_string(LineColumn &column, Cursor &cursor);
  Outcome put_number(LineColumn &column, Cursor &cursor);
  Outcome put_word(LineColumn &column, Cursor &cursor);
  bool put_text_as(LineColumn &column, const uint8_t *bytes, size_t count);
  bool put_decimal(LineColumn &column, const uint8_t *bytes, size_t count);
  bool put_whole(LineColumn &column, const uint8_t *bytes, size_t count);
  bool put_binary(LineColumn &column, const uint8_t *bytes, size_t count);
  Outcome pass(Cursor &cursor, Outcome outcome);
  void put_null(uint32_t index);
  void truncate(uint32_t index, size_t count);
  void note_row(const uint8_t *bytes, size_t count, bool is_bad);

  medallion_json_lines_options options_;
  std::string required_;
  std::vector<LineColumn> columns_;
  std::vector<KeyTable> keys_;
  std::vector<std::string> known_;
  /// How many structures were read.
  uint64_t structures_ = 0;
  bool is_built_ = false;
  std::vector<int32_t> text_bounds_{0};
  LineColumn line_numbers_{MEDALLION_JSON_COLUMN_INT64};
  LineColumn corrupt_text_{MEDALLION_JSON_COLUMN_STRING};
  medallion_json_lines_counts counts_{};

  /// The chunk, and how far it is read.
  const uint8_t *chunk_ = nullptr;
  uint32_t chunk_count_ = 0;
  uint32_t window_end_ = 0;
  /// The window within the chunk, and how far it is read.
  uint32_t window_start_ = 0;
  const uint8_t *bytes_ = nullptr;
  uint32_t count_ = 0;
  uint32_t at_ = 0;
  Structure structure_;
  /// Whether the whole window could be listed; else each line is.
  bool is_listed_ = false;
  /// Whether lines without the required text are passed over.
  bool is_searched_ = false;
  bool may_have_escapes_ = true;
  const uint32_t *token_ = nullptr;
  int64_t line_number_ = 0;
  std::vector<uint8_t> scratch_;
};

}  // namespace medallion
