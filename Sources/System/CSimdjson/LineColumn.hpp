// Columns in the making: plain growing arrays, laid out as the columns of a batch are.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "Bytes.hpp"
#include "CSimdjson.h"
#include "Interner.hpp"

namespace medallion {

/// The values of one column, and of those below it.
struct LineColumn {
  medallion_json_column_kind kind;
  std::string name;
  int64_t low = 0;
  int64_t high = 0;
  int32_t precision = 0;
  int32_t scale = 0;
  std::vector<uint32_t> children;

  size_t count = 0;
  Validity validity;
  /// Values of a fixed width, the codes of text, or its bytes.
  Bytes values;
  /// One more than there are values; for plain text and lists.
  std::vector<int32_t> offsets;
  /// Whether text is kept as codes into `texts`, which live as long as that pays.
  bool is_coded = false;
  Interner texts;
  /// The last structure whose member had a name like the column's, and how like that was.
  uint64_t like_structure = 0;
  int32_t likeness = 0;

  explicit LineColumn(medallion_json_column_kind kind) : kind(kind) {
    if (has_offsets()) offsets.push_back(0);
  }

  bool is_text() const {
    return kind == MEDALLION_JSON_COLUMN_STRING || kind == MEDALLION_JSON_COLUMN_BINARY;
  }

  bool is_list() const {
    return kind == MEDALLION_JSON_COLUMN_ARRAY || kind == MEDALLION_JSON_COLUMN_MAP;
  }

  bool has_offsets() const { return (is_text() && !is_coded) || is_list(); }

  /// Bytes a value takes in `values`; 0 for plain text and what has columns below it.
  size_t width() const {
    switch (kind) {
      case MEDALLION_JSON_COLUMN_BOOLEAN:
      case MEDALLION_JSON_COLUMN_VOID: return 1;
      case MEDALLION_JSON_COLUMN_INT32:
      case MEDALLION_JSON_COLUMN_DATE: return 4;
      case MEDALLION_JSON_COLUMN_INT64:
      case MEDALLION_JSON_COLUMN_FLOAT:
      case MEDALLION_JSON_COLUMN_DOUBLE:
      case MEDALLION_JSON_COLUMN_DECIMAL64:
      case MEDALLION_JSON_COLUMN_TIMESTAMP: return 8;
      case MEDALLION_JSON_COLUMN_DECIMAL128: return 16;
      case MEDALLION_JSON_COLUMN_STRING: return is_coded ? sizeof(int32_t) : 0;
      default: return 0;
    }
  }

  template <typename Value>
  void put(Value value) {
    values.append(&value, sizeof(Value));
    mark(true);
  }

  void put_text(const uint8_t *bytes, size_t byte_count) {
    if (is_coded) {
      put(texts.code(bytes, byte_count));
      return;
    }
    values.append(bytes, byte_count);
    offsets.push_back(static_cast<int32_t>(values.size()));
    mark(true);
  }

  /// Drops the values from `new_count` on; columns below this one are the caller's.
  void truncate(size_t new_count) {
    if (count <= new_count) return;
    validity.truncate(count, new_count);
    count = new_count;
    if (has_offsets()) offsets.resize(count + 1);
    bool is_plain_text = is_text() && !is_coded;
    values.truncate(is_plain_text ? static_cast<size_t>(offsets[count]) : count * width());
  }

  void mark(bool is_valid) {
    validity.push(count, is_valid);
    count++;
  }

  /// Keeps text as codes from now on.
  void start_coding() {
    is_coded = true;
    offsets.clear();
  }

  /// Forgets all values, for which no memory is needed. Text stays coded while values come again:
  /// a dictionary is passed on whole whenever it has grown.
  void clear() {
    values_seen_ += count - validity.zeros();
    truncate(0);
    if (!is_coded) return;
    bool is_large = texts.count() > 1 << 15 || texts.bytes().size() > 1 << 20;
    bool is_varied = values_seen_ >= 1024 && texts.count() > values_seen_ / 8 * 7;
    if (!is_large && !is_varied) return;
    is_coded = false;
    offsets.assign(1, 0);
    texts.release();
  }

 private:
  size_t values_seen_ = 0;
};

}  // namespace medallion
