// Lines of JSON checked whole, kept as they are: the door to bronze.
//
// A line is kept when it is a JSON object with a value for every required field, a time where one
// is demanded, and values of the shapes that are declared. Nothing is built of it: the walk over
// its tokens proves the grammar, and lines side by side are kept in one run. Of some lines that are
// kept it is noted who sent them and when.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "CSimdjson.h"
#include "Interner.hpp"
#include "KeyTable.hpp"
#include "Tokens.hpp"

namespace medallion {

class LineCheck {
 public:
  explicit LineCheck(uint32_t maximum_depth) : maximum_depth_(maximum_depth), shapes_(1) {
    shapes_[0].kind = MEDALLION_JSON_SHAPE_OBJECT;
  }

  void require(std::string name);
  void demand_time(std::string name, medallion_json_time_reader reader);
  void add_sender(std::string name);
  void set_number(std::string name);
  int32_t declare(
      int32_t parent, medallion_json_shape kind, std::string name,
      medallion_json_likeness likeness);
  void forget_senders() { senders_.clear(); }

  /// Moves the lines to keep to the front of `bytes`, each with a line break behind it; there is
  /// room for one byte more than `count`.
  medallion_json_check_result run(
      uint8_t *bytes, size_t count, medallion_json_watch watch, const size_t *misfits,
      size_t misfit_count);

 private:
  /// What a line comes to, beside the number of the first field that it lacks. Reasons of the C
  /// face are told to callers; that a line is good is not, and lies apart from any reason to come.
  enum : int32_t {
    good = INT32_MIN,
    malformed = MEDALLION_JSON_NO_OBJECT,
    no_time = MEDALLION_JSON_NO_TIME,
    misfit = MEDALLION_JSON_MISFIT,
  };

  /// The value of a known field in the line in hand; the bytes of a text, without its quotes, or
  /// of a number.
  struct Value {
    enum Kind : uint8_t { absent, text, escaped_text, whole_number, other };
    const uint8_t *start = nullptr;
    uint32_t count = 0;
    Kind kind = absent;

    bool is_text() const { return kind == text || kind == escaped_text; }
    bool is_present() const { return kind != absent && !(is_text() && count == 0); }
  };

  /// That there is no such field.
  static constexpr size_t none = SIZE_MAX;

  /// What a field may hold, with those below it.
  struct Shape {
    medallion_json_shape kind = MEDALLION_JSON_SHAPE_ANY;
    std::string name;
    std::vector<uint32_t> children;
    KeyTable keys;
    /// Whether it is a field of the table: two of its very name are a misfit.
    bool is_declared = false;
    /// Whether one of the children is no scalar.
    bool has_deep_children = false;
    /// Its number among the fields at the top that are looked at.
    size_t field = none;
    /// The last line that had it by its very name, and that had it by a name like it.
    uint64_t line = 0;
    uint64_t like_line = 0;
    int32_t likeness = 0;
  };

  /// Of each field of a sender at most so many bytes are told.
  static constexpr size_t sender_byte_count = 200;

  void check_part(const uint8_t *bytes, size_t count);
  template <bool has_escapes>
  void check_listed(const uint8_t *bytes, uint32_t count);
  int32_t check_alone(const uint8_t *line, size_t count, bool &is_blank);
  template <bool has_escapes>
  int32_t check(Cursor &cursor);
  template <bool has_escapes>
  bool take_key(Cursor &cursor, size_t turn, KeyTable::Found &found);
  template <bool has_escapes>
  bool pass_top_member(Cursor &cursor, KeyTable::Found found);
  bool is_closest(Shape &shape, int32_t likeness);
  template <bool has_escapes>
  bool pass_known(Cursor &cursor, uint32_t shape);
  template <bool has_escapes>
  bool pass_shaped(Cursor &cursor, uint32_t index);
  template <bool has_escapes>
  bool pass_members(Cursor &cursor, uint32_t index);
  template <bool has_escapes>
  bool pass_elements(Cursor &cursor, uint32_t index);
  template <bool has_escapes>
  bool pass_entries(Cursor &cursor, uint32_t index);
  KeyTable::Found found_child(Shape &shape, const Cursor &cursor, const uint32_t *key);
  uint32_t shape_at_top(const std::string &name);
  size_t add_field(const std::string &name);
  void build_keys();
  Value unescaped(Value value);
  bool read_time();
  int64_t number();
  int32_t sender();
  void note();
  void sort(const uint8_t *line, size_t count, size_t whole, bool is_blank, int32_t reason);
  void end_run(const uint8_t *end);

  uint32_t maximum_depth_;
  /// The fields that are looked for, by number; the first is the object of those at the top. Those
  /// that are required come first.
  std::vector<Shape> shapes_;
  medallion_json_likeness likeness_ = nullptr;
  bool is_built_ = false;
  size_t required_count_ = 0;
  size_t time_field_ = none;
  size_t number_field_ = none;
  std::vector<size_t> sender_fields_;
  medallion_json_time_reader time_reader_ = nullptr;
  /// What the line in hand has for each field.
  std::vector<Value> values_;
  int64_t time_ = 0;
  /// How many lines were walked, and whether the one in hand has a value of another shape.
  uint64_t walked_ = 0;
  bool is_misfit_ = false;
  Structure structure_;
  std::vector<uint8_t> scratch_;
  /// Where lines begin that are kept, lie side by side and have not been moved yet.
  const uint8_t *run_ = nullptr;
  /// Where the lines that came begin.
  const uint8_t *input_ = nullptr;
  /// Where the lines moved so far end.
  uint8_t *output_ = nullptr;
  size_t line_ = 0;
  /// The lines that the caller found not to suit, from the next on.
  const size_t *misfits_ = nullptr;
  const size_t *misfits_end_ = nullptr;
  size_t kept_lines_ = 0;
  std::vector<medallion_json_rejected_line> rejected_;
  std::vector<uint8_t> rejected_bytes_;
  medallion_json_watch watch_{};
  std::vector<medallion_json_noted_line> noted_;
  std::vector<uint8_t> sender_text_;
  Interner senders_;
};

}  // namespace medallion
