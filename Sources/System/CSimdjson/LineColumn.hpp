// Columns in the making: plain growing arrays, laid out as the columns of a batch are.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "CSimdjson.h"

namespace medallion {

/// One bit a value.
class Bits {
 public:
  void push(bool value) {
    if ((count_ & 63) == 0) words_.push_back(0);
    words_[count_ >> 6] |= static_cast<uint64_t>(value) << (count_ & 63);
    set_count_ += value;
    count_++;
  }

  void truncate(size_t count) {
    while (count_ > count) {
      count_--;
      uint64_t bit = 1ull << (count_ & 63);
      set_count_ -= (words_[count_ >> 6] & bit) != 0;
      words_[count_ >> 6] &= ~bit;
    }
    words_.resize((count + 63) / 64);
  }

  void clear() {
    words_.clear();
    count_ = 0;
    set_count_ = 0;
  }

  const uint64_t *data() const { return words_.data(); }
  size_t zeros() const { return count_ - set_count_; }

 private:
  std::vector<uint64_t> words_;
  size_t count_ = 0;
  size_t set_count_ = 0;
};

/// Bytes end to end; room grows by doubling, so that appending is a copy and no call.
class Bytes {
 public:
  void append(const void *bytes, size_t count) {
    if (count == 0) return;
    if (room_.size() - count_ < count) grow(count);
    std::memcpy(room_.data() + count_, bytes, count);
    count_ += count;
  }

  void append_zeros(size_t count) {
    if (count == 0) return;
    if (room_.size() - count_ < count) grow(count);
    std::memset(room_.data() + count_, 0, count);
    count_ += count;
  }

  void truncate(size_t count) { count_ = count; }
  size_t size() const { return count_; }
  const uint8_t *data() const { return room_.data(); }

 private:
  void grow(size_t count) { room_.resize(std::max(room_.size() * 2, count_ + count + 256)); }

  std::vector<uint8_t> room_;
  size_t count_ = 0;
};

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
  Bits validity;
  /// Values of a fixed width, or the bytes of text.
  Bytes values;
  /// One more than there are values; for text and lists.
  std::vector<int32_t> offsets;

  explicit LineColumn(medallion_json_column_kind kind) : kind(kind) {
    if (has_offsets()) offsets.push_back(0);
  }

  bool is_text() const {
    return kind == MEDALLION_JSON_COLUMN_STRING || kind == MEDALLION_JSON_COLUMN_BINARY;
  }

  bool is_list() const {
    return kind == MEDALLION_JSON_COLUMN_ARRAY || kind == MEDALLION_JSON_COLUMN_MAP;
  }

  bool has_offsets() const { return is_text() || is_list(); }

  /// Bytes a value takes in `values`; 0 for text and what has columns below it.
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
      default: return 0;
    }
  }

  template <typename Value>
  void put(Value value) {
    values.append(&value, sizeof(Value));
    mark(true);
  }

  void put_text(const uint8_t *bytes, size_t byte_count) {
    values.append(bytes, byte_count);
    offsets.push_back(static_cast<int32_t>(values.size()));
    mark(true);
  }

  /// Drops the values from `new_count` on; columns below this one are the caller's.
  void truncate(size_t new_count) {
    if (count <= new_count) return;
    count = new_count;
    validity.truncate(count);
    if (has_offsets()) offsets.resize(count + 1);
    values.truncate(is_text() ? static_cast<size_t>(offsets[count]) : count * width());
  }

  void mark(bool is_valid) {
    validity.push(is_valid);
    count++;
  }
};

}  // namespace medallion
