// The different texts of a column, numbered in the order of their first appearance.
#pragma once
#include <cstdint>
#include <vector>

#include "Bytes.hpp"
#include "Hash.hpp"

namespace medallion {

/// Gives each different text the next code; open addressing over fingerprints and codes.
class Interner {
 public:
  Interner() { clear(); }

  int32_t code(const uint8_t *text, size_t count) {
    if (count > 8) return code_of_long(text, count);
    uint64_t word = short_word(text, count);
    size_t mask = slots_.size() - 1;
    for (size_t at = hash_of_short(word, count) & mask;; at = (at + 1) & mask) {
      const Slot &slot = slots_[at];
      if (slot.print == word && slot.count == count && slot.code >= 0) return slot.code;
      if (slot.code < 0) return add(text, count, word, at);
    }
  }

  size_t count() const { return offsets_.size() - 1; }
  /// One more than there are texts.
  const int32_t *offsets() const { return offsets_.data(); }
  const Bytes &bytes() const { return bytes_; }

  void clear() {
    slots_.assign(64, Slot());
    offsets_.assign(1, 0);
    bytes_.truncate(0);
  }

  /// Gives the memory back. No text can be added any more.
  void release() {
    std::vector<Slot>().swap(slots_);
    offsets_.resize(1);
    bytes_ = Bytes();
  }

 private:
  struct Slot {
    /// The text itself when it has at most 8 bytes, else a hash of it.
    uint64_t print = 0;
    uint32_t count = 0;
    int32_t code = -1;
  };

  int32_t code_of_long(const uint8_t *text, size_t count) {
    uint64_t wanted = hash_of_long(text, count);
    size_t mask = slots_.size() - 1;
    for (size_t at = wanted & mask;; at = (at + 1) & mask) {
      const Slot &slot = slots_[at];
      if (slot.code < 0) return add(text, count, wanted, at);
      if (slot.print != wanted || slot.count != count) continue;
      auto start = static_cast<size_t>(offsets_[static_cast<size_t>(slot.code)]);
      if (are_equal(bytes_.data() + start, text, count)) return slot.code;
    }
  }

  int32_t add(const uint8_t *text, size_t count, uint64_t print, size_t at) {
    int32_t code = static_cast<int32_t>(this->count());
    bytes_.append(text, count);
    offsets_.push_back(static_cast<int32_t>(bytes_.size()));
    slots_[at] = {print, static_cast<uint32_t>(count), code};
    if (this->count() * 2 > slots_.size()) grow();
    return code;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 4);
    old.swap(slots_);
    size_t mask = slots_.size() - 1;
    for (const Slot &slot : old) {
      if (slot.code < 0) continue;
      uint64_t hash = slot.count > 8 ? slot.print : hash_of_short(slot.print, slot.count);
      size_t at = hash & mask;
      while (slots_[at].code >= 0) at = (at + 1) & mask;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::vector<int32_t> offsets_;
  Bytes bytes_;
};

}  // namespace medallion
