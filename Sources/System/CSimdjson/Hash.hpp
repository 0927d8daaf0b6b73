// Hashes of texts, for tables in memory.
#pragma once
#include <cstdint>

#include "Bytes.hpp"

namespace medallion {

/// Drawn anew for each process, so that nobody can write texts that all have one hash.
extern const uint64_t hash_seed;
/// What every second word is mixed with, odd: a text that cancels it would cancel the rest too.
extern const uint64_t hash_salt;

inline uint64_t mix(uint64_t left, uint64_t right) {
  unsigned __int128 product = static_cast<unsigned __int128>(left) * right;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// The bytes of a text of at most 8 as a number; texts of one length have different ones.
inline uint64_t short_word(const uint8_t *text, size_t count) {
  if (count == 8) return load8(text);
  if (count >= 4) return static_cast<uint64_t>(load4(text + count - 4)) << 32 | load4(text);
  if (count == 0) return 0;
  return text[0] | static_cast<uint64_t>(text[count / 2]) << 8
      | static_cast<uint64_t>(text[count - 1]) << 16;
}

/// The hash of a text of at most 8 bytes, which are `word`.
inline uint64_t hash_of_short(uint64_t word, size_t count) {
  return mix(word ^ hash_seed, count ^ hash_salt);
}

/// The hash of a text of more than 8 bytes.
inline uint64_t hash_of_long(const uint8_t *text, size_t count) {
  uint64_t salt = hash_salt;
  uint64_t state = count ^ hash_seed;
  for (size_t at = 0; at + 16 < count; at += 16) {
    state = mix(load8(text + at) ^ state, load8(text + at + 8) ^ salt);
  }
  const uint8_t *last = count >= 16 ? text + count - 16 : text;
  return mix(load8(last) ^ state, load8(text + count - 8) ^ salt);
}

}  // namespace medallion
