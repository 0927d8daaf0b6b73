// The different texts of a column, numbered in the order of their first appearance.
#pragma once
#include <cstdint>
#include <vector>

#include "Bytes.hpp"
#include "Seed.hpp"

namespace medallion {

/// Gives each different text the next code; open addressing over fingerprints and codes.
class Interner {
 public:
  Interner() { clear(); }

  int32_t code(const uint8_t *text, size_t count) {
    if (count > 8) return code_of_long(text, count);
    uint64_t word = short_word(text, count);
    size_t mask = slots_.size() - 1;
    for (size_t at = mix(word ^ hash_seed, count ^ hash_salt) & mask;; at = (at + 1) & mask) {
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

 private:
  struct Slot {
    /// The text itself when it has at most 8 bytes, else a hash of it.
    uint64_t print = 0;
    uint32_t count = 0;
    int32_t code = -1;
  };

  static uint64_t mix(uint64_t left, uint64_t right) {
    unsigned __int128 product = static_cast<unsigned __int128>(left) * right;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  /// The bytes of a text of at most 8 as a number; texts of one length have different ones.
  static uint64_t short_word(const uint8_t *text, size_t count) {
    if (count == 8) return load8(text);
    if (count >= 4) return static_cast<uint64_t>(load4(text + count - 4)) << 32 | load4(text);
    if (count == 0) return 0;
    return text[0] | static_cast<uint64_t>(text[count / 2]) << 8
        | static_cast<uint64_t>(text[count - 1]) << 16;
  }

  static uint64_t hash(const uint8_t *text, size_t count) {
    uint64_t state = count ^ hash_seed;
    for (size_t at = 0; at + 16 < count; at += 16) {
      state = mix(load8(text + at) ^ state, load8(text + at + 8) ^ hash_salt);
    }
    const uint8_t *last = count >= 16 ? text + count - 16 : text;
    return mix(load8(last) ^ state, load8(text + count - 8) ^ hash_salt);
  }

  int32_t code_of_long(const uint8_t *text, size_t count) {
    uint64_t wanted = hash(text, count);
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
      uint64_t hash =
          slot.count > 8 ? slot.print : mix(slot.print ^ hash_seed, slot.count ^ hash_salt);
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
