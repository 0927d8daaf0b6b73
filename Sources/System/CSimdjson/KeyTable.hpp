// Which member of a structure a key is.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "CSimdjson.h"

namespace medallion {

/// Finds the member of a structure that a key is: the one of that very name, else the only one
/// whose name is most like it.
class KeyTable {
 public:
  /// The position among the members, -1 for none, and how like the names are: 0 is the same.
  struct Found {
    int32_t position = -1;
    int32_t likeness = 0;
  };
  struct Entry {
    std::string name;
    Found found;
    bool is_taken = false;
  };
  /// The keys of the last object in their order, as they are written with quotes and colon: the
  /// next object most likely has them so too.
  std::vector<Entry> expected;

  /// The first `member_count` of `names` are the members; the others are told from them, and are
  /// none.
  void build(
      std::vector<std::string> names, size_t member_count, medallion_json_likeness likeness);
  Found find(const uint8_t *key, size_t count);
  /// Expects the key at its turn from now on.
  void expect(size_t turn, const uint8_t *key, size_t count, Found found);

 private:
  /// More keys than this besides the names are not remembered at once.
  static constexpr size_t greatest_memory = 2048;

  static uint64_t hash(const uint8_t *key, size_t count);
  void remember_names();
  void insert(std::string name, Found found);
  Found find_like(const uint8_t *key, size_t count) const;

  std::vector<std::string> names_;
  size_t member_count_ = 0;
  medallion_json_likeness likeness_ = nullptr;
  /// Names, and keys that were met, to what they are.
  std::vector<Entry> entries_;
  size_t entry_count_ = 0;
};

}  // namespace medallion
