#include "Hash.hpp"

#include <sys/random.h>

namespace medallion {

/// Without a random number the tables still work; they are only easier to slow down.
static uint64_t drawn_seed() {
  uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) seed = 0;
  return seed ^ 0xA0761D6478BD642Full;
}

const uint64_t hash_seed = drawn_seed();

}  // namespace medallion
