// Lines of JSON to columns, by Spark's rules for JSON files with a declared schema.
//
// simdjson lists the tokens of a whole chunk of lines at once. A line cannot spoil the next: a
// string that is still open at a line's end has a line break in it, which the first stage refuses;
// such a chunk is listed again line by line. Values go straight into columns: no tree is built.
#pragma once
#include <cstdint>
#include <vector>

#include "CSimdjson.h"
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

/// Finds the column of a key among the members of a structure.
class KeyTable {
 public:
  void build(const std::vector<LineColumn> &columns, const std::vector<uint32_t> &children);
  /// The position among the members, or -1.
  int32_t find(const uint8_t *key, size_t count) const;

 private:
  struct Entry {
    const char *name = nullptr;
    uint32_t count = 0;
    int32_t position = -1;
  };
  static uint64_t hash(const uint8_t *key, size_t count);

  std::vector<Entry> entries_;
  /// The members in order: the next key is most often the next member.
  std::vector<Entry> members_;
  mutable size_t expected_ = 0;
};

class LineReader {
 public:
  explicit LineReader(const medallion_json_lines_options &options);

  int32_t add(int32_t parent, medallion_json_column_kind kind, std::string name);
  LineColumn &column(int32_t index) { return columns_[static_cast<size_t>(index)]; }
  const LineColumn &column(int32_t index) const;

  medallion_json_status begin(const uint8_t *bytes, size_t count, int64_t line_number);
  medallion_json_status proceed(const uint8_t *bytes, size_t maximum_rows, bool &is_done);
  medallion_json_status refuse(const uint8_t *bytes, size_t count, int64_t line_number);
  medallion_json_lines_counts counts() const;
  void clear();

 private:
  medallion_json_status read_line(uint32_t start, uint32_t end);
  Outcome put_rows(Cursor &cursor, const Slice &line);
  Outcome put_row(Cursor &cursor, const Slice *line);
  Outcome put_value(LineColumn &column, uint32_t index, Cursor &cursor);
  Outcome put_structure(uint32_t index, Cursor &cursor);
  Outcome put_member(uint32_t index, const Slice &key, bool is_escaped, size_t row, Cursor &cursor);
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
  std::vector<LineColumn> columns_;
  std::vector<KeyTable> keys_;
  bool is_built_ = false;
  LineColumn text_{MEDALLION_JSON_COLUMN_STRING};
  LineColumn line_numbers_{MEDALLION_JSON_COLUMN_INT64};
  LineColumn corrupt_text_{MEDALLION_JSON_COLUMN_STRING};
  medallion_json_lines_counts counts_{};

  Structure structure_;
  /// Whether the whole chunk could be listed; else each line is.
  bool is_listed_ = false;
  const uint8_t *bytes_ = nullptr;
  uint32_t count_ = 0;
  uint32_t at_ = 0;
  const uint32_t *token_ = nullptr;
  const uint32_t *tokens_end_ = nullptr;
  int64_t line_number_ = 0;
  std::vector<uint8_t> scratch_;
};

}  // namespace medallion
