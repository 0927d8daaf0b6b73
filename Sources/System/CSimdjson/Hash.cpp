#include "Hash.hpp"

#include <sys/random.h>

namespace medallion {

/// Without a random number the tables still work; they are only easier to slow down.
static uint64_t drawn(uint64_t otherwise) {
  uint64_t word = 0;
  if (getrandom(&word, sizeof word, GRND_NONBLOCK) != sizeof word) word = 0;
  return word ^ otherwise;
}

const uint64_t hash_seed = drawn(0xA0761D6478BD642Full);
const uint64_t hash_salt = drawn(0xE7037ED1A0B428DAull) | 1;

}  // namespace medallion
