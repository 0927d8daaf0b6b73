// Runs of bytes, and growing ones of bytes and bits.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace medallion {

inline uint64_t load8(const uint8_t *at) {
  uint64_t word;
  std::memcpy(&word, at, 8);
  return word;
}

inline uint32_t load4(const uint8_t *at) {
  uint32_t word;
  std::memcpy(&word, at, 4);
  return word;
}

/// Whether two runs of bytes are equal; no call for short ones.
inline bool are_equal(const uint8_t *left, const uint8_t *right, size_t count) {
  if (count >= 8) {
    size_t at = 0;
    for (; at + 8 < count; at += 8) {
      if (load8(left + at) != load8(right + at)) return false;
    }
    return load8(left + count - 8) == load8(right + count - 8);
  }
  if (count >= 4) {
    return load4(left) == load4(right) && load4(left + count - 4) == load4(right + count - 4);
  }
  for (size_t at = 0; at < count; at++) {
    if (left[at] != right[at]) return false;
  }
  return true;
}

/// How many line breaks (`\n`) there are.
inline size_t count_line_breaks(const uint8_t *bytes, size_t count) {
  typedef uint8_t Lanes __attribute__((vector_size(16)));
  size_t found = 0;
  size_t at = 0;
  while (at + sizeof(Lanes) <= count) {
    // A lane counts to 255.
    size_t stop = std::min(at + 255 * sizeof(Lanes), count - sizeof(Lanes) + 1);
    Lanes sums = {};
    for (; at < stop; at += sizeof(Lanes)) {
      Lanes some;
      std::memcpy(&some, bytes + at, sizeof(Lanes));
      sums -= reinterpret_cast<Lanes>(some == '\n');  // True is all ones: minus one.
    }
    for (size_t lane = 0; lane < sizeof(Lanes); lane++) found += sums[lane];
  }
  for (; at < count; at++) found += bytes[at] == '\n';
  return found;
}

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

/// One bit a value, set where there is one; nothing is kept before the first NULL.
class Validity {
 public:
  /// Marks the value behind `count` others.
  void push(size_t count, bool is_valid) {
    if (is_valid && words_.empty()) return;
    push_bit(count, is_valid);
  }

  /// Drops the values from `kept` on of `count`. It costs what it drops: a member that comes again
  /// and again drops one value each time, of a column that may be long.
  void truncate(size_t count, size_t kept) {
    if (words_.empty()) return;
    size_t set = 0;
    size_t word_count = (kept + 63) / 64;
    for (size_t word = word_count; word < words_.size(); word++) set += bits(words_[word]);
    words_.resize(word_count);
    if (kept & 63) {
      uint64_t mask = (1ull << (kept & 63)) - 1;
      set += bits(words_.back() & ~mask);
      words_.back() &= mask;
    }
    zeros_ -= count - kept - set;
  }

  /// Null when there are no zeros.
  const uint64_t *data() const { return zeros_ > 0 ? words_.data() : nullptr; }
  size_t zeros() const { return zeros_; }

 private:
  static size_t bits(uint64_t word) { return static_cast<size_t>(__builtin_popcountll(word)); }

  void push_bit(size_t count, bool is_valid) {
    if (words_.empty()) {
      words_.assign((count + 63) / 64, ~0ull);
      if (count & 63) words_.back() = (1ull << (count & 63)) - 1;
    }
    if ((count & 63) == 0) words_.push_back(0);
    words_[count >> 6] |= static_cast<uint64_t>(is_valid) << (count & 63);
    zeros_ += !is_valid;
  }

  std::vector<uint64_t> words_;
  size_t zeros_ = 0;
};

}  // namespace medallion
