// Lines of JSON checked whole, kept as they are: the door to bronze.
//
// A line is kept when it is a JSON object with a value for every required field. Nothing is built
// of it: the walk over its tokens proves the grammar, and lines side by side are kept in one run.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "CSimdjson.h"
#include "Tokens.hpp"

namespace medallion {

class LineCheck {
 public:
  explicit LineCheck(uint32_t maximum_depth);

  void require(std::string name);

  /// Moves the lines to keep to the front of `bytes`, each with a line break behind it; there is
  /// room for one byte more than `count`.
  medallion_json_check_result run(uint8_t *bytes, size_t count);

 private:
  /// What can be wrong with a line, beside the number of the first field that it lacks.
  enum : int32_t { good = -2, malformed = MEDALLION_JSON_NO_OBJECT };

  void check_part(const uint8_t *bytes, size_t count);
  template <bool has_escapes>
  void check_listed(const uint8_t *bytes, uint32_t count);
  int32_t check_alone(const uint8_t *line, size_t count, bool &is_blank);
  template <bool has_escapes>
  int32_t check(Cursor &cursor);
  template <bool has_escapes>
  int64_t pass_member_key(Cursor &cursor);
  template <bool has_escapes>
  bool pass_required(Cursor &cursor, uint64_t field);
  template <bool has_escapes>
  bool pass_value(Cursor &cursor);
  template <bool has_escapes>
  bool pass_container(Cursor &cursor);
  size_t required_field(const uint8_t *key, size_t count) const;
  void sort(const uint8_t *line, size_t count, size_t whole, bool is_blank, int32_t reason);
  void end_run(const uint8_t *end);

  uint32_t maximum_depth_;
  std::vector<std::string> required_;
  /// Whether the line in hand has a value for each required field.
  std::vector<uint8_t> present_;
  Structure structure_;
  std::vector<uint8_t> scratch_;
  /// Where lines begin that are kept, lie side by side and have not been moved yet.
  const uint8_t *run_ = nullptr;
  /// Where the lines that came begin.
  const uint8_t *input_ = nullptr;
  /// Where the lines moved so far end.
  uint8_t *output_ = nullptr;
  size_t line_ = 0;
  size_t kept_lines_ = 0;
  std::vector<medallion_json_rejected_line> rejected_;
  std::vector<uint8_t> rejected_bytes_;
};

}  // namespace medallion
