// What hashes of strangers' texts begin with: another in every process, so that nobody can send
// texts that all fall into one slot. What is numbered is numbered in the order of its coming.
#pragma once
#include <cstdint>

namespace medallion {

extern const uint64_t hash_seed;
/// What every second word is mixed with, odd: a text that cancels it would cancel the rest too.
extern const uint64_t hash_salt;

}  // namespace medallion
