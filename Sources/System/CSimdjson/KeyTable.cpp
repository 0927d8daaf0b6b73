#include "KeyTable.hpp"

#include <cstring>

#include "Hash.hpp"

namespace medallion {

uint64_t KeyTable::hash(const uint8_t *key, size_t count) {
  return count > 8 ? hash_of_long(key, count) : hash_of_short(short_word(key, count), count);
}

void KeyTable::build(
    std::vector<std::string> names, size_t member_count, medallion_json_likeness likeness) {
  names_ = std::move(names);
  member_count_ = member_count;
  likeness_ = likeness;
  remember_names();
}

void KeyTable::remember_names() {
  size_t size = 4;
  while (size < names_.size() * 2) size *= 2;
  entries_.assign(size, Entry());
  entry_count_ = 0;
  for (size_t at = 0; at < names_.size(); at++) {
    insert(names_[at], {at < member_count_ ? static_cast<int32_t>(at) : -1, 0});
  }
}

/// Adds what is not there yet; of two with one name the first counts.
void KeyTable::insert(std::string name, Found found) {
  if (++entry_count_ * 2 > entries_.size()) {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    entry_count_ = 1;
    for (Entry &entry : old) {
      if (entry.is_taken) insert(std::move(entry.name), entry.found);
    }
  }
  size_t slot = hash(reinterpret_cast<const uint8_t *>(name.data()), name.size());
  while (entries_[slot &= entries_.size() - 1].is_taken) {
    if (entries_[slot++].name != name) continue;
    entry_count_--;
    return;
  }
  entries_[slot] = {std::move(name), found, true};
}

KeyTable::Found KeyTable::find(const uint8_t *key, size_t count) {
  size_t slot = hash(key, count);
  while (true) {
    const Entry &entry = entries_[slot &= entries_.size() - 1];
    if (!entry.is_taken) break;
    if (entry.name.size() == count && std::memcmp(entry.name.data(), key, count) == 0) {
      return entry.found;
    }
    slot++;
  }
  if (!likeness_) return {};
  Found found = find_like(key, count);
  if (entry_count_ > names_.size() + greatest_memory) remember_names();
  insert(std::string(reinterpret_cast<const char *>(key), count), found);
  return found;
}

/// The member whose name is most like the key, if no other is as much.
KeyTable::Found KeyTable::find_like(const uint8_t *key, size_t count) const {
  int32_t closest = 0;
  size_t owner = 0;
  bool is_shared = false;
  for (size_t at = 0; at < names_.size(); at++) {
    const std::string &name = names_[at];
    int32_t likeness =
        likeness_(key, count, reinterpret_cast<const uint8_t *>(name.data()), name.size());
    if (likeness == 0 || (closest != 0 && likeness > closest)) continue;
    is_shared = likeness == closest;
    closest = likeness;
    owner = at;
  }
  if (closest == 0 || is_shared || owner >= member_count_) return {};
  return {static_cast<int32_t>(owner), closest};
}

void KeyTable::expect(size_t turn, const uint8_t *key, size_t count, Found found) {
  static constexpr size_t greatest_turn = 256;
  if (turn > expected.size() || turn >= greatest_turn) return;
  if (turn == expected.size()) expected.emplace_back();
  std::string &written = expected[turn].name;
  written.assign("\"").append(reinterpret_cast<const char *>(key), count).append("\":");
  expected[turn].found = found;
}

}  // namespace medallion
