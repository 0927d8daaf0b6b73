#include "Seed.hpp"

#include <random>

namespace medallion {

static uint64_t random_word() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

const uint64_t hash_seed = random_word();
const uint64_t hash_salt = random_word() | 1;

}  // namespace medallion
