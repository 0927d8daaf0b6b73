// The C face of the JSON scanner: simdjson finds the structure, this bridge walks it.
// Byte counts are below 4 GiB, those of lines for columns below 2 GiB; more is refused as is what
// memory cannot hold. No call throws; a handle serves one thread at a time.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a call came to.
typedef enum medallion_json_status {
  MEDALLION_JSON_OK = 0,
  /// Nothing but white space.
  MEDALLION_JSON_EMPTY = 1,
  /// Not JSON; the offset says where.
  MEDALLION_JSON_MALFORMED = 2,
  /// Bytes that are not UTF-8.
  MEDALLION_JSON_BAD_TEXT = 3,
  /// Nested deeper than allowed.
  MEDALLION_JSON_TOO_DEEP = 4,
  MEDALLION_JSON_OUT_OF_MEMORY = 5,
} medallion_json_status;

// Documents ------------------------------------------------------------------------------------

typedef enum medallion_json_kind {
  MEDALLION_JSON_NULL = 0,
  MEDALLION_JSON_FALSE = 1,
  MEDALLION_JSON_TRUE = 2,
  MEDALLION_JSON_NUMBER = 3,
  /// Between the quotes; a string that is a key stands before its value.
  MEDALLION_JSON_STRING = 4,
  /// A string with escapes: see `medallion_json_unescape`.
  MEDALLION_JSON_ESCAPED_STRING = 5,
  /// `end` is the number of elements, which follow.
  MEDALLION_JSON_ARRAY = 6,
  /// `end` is the number of members, which follow as key and value.
  MEDALLION_JSON_OBJECT = 7,
} medallion_json_kind;

/// One value or key, in document order. `start..<end` are the bytes of a scalar.
typedef struct medallion_json_token {
  uint32_t kind;
  uint32_t start;
  uint32_t end;
} medallion_json_token;

typedef struct medallion_json_document medallion_json_document;

/// A reusable parser of whole documents; null when memory is out.
medallion_json_document *medallion_json_document_create(void);
void medallion_json_document_destroy(medallion_json_document *document);

/// Reads one JSON text of RFC 8259. On failure `offset` is where it went wrong.
medallion_json_status medallion_json_document_read(
    medallion_json_document *document, const uint8_t *bytes, size_t count,
    uint32_t maximum_depth, size_t *offset);

/// The tokens of the last text that was read, valid until the next read.
const medallion_json_token *medallion_json_document_tokens(
    const medallion_json_document *document, size_t *count);

/// Writes the text of an escaped string's bytes to `output`, which has room for `count`; returns
/// how many bytes it took. Half a surrogate pair becomes U+FFFD; a backslash that escapes nothing
/// stays.
size_t medallion_json_unescape(const uint8_t *bytes, size_t count, uint8_t *output);

/// Whether bytes are UTF-8.
bool medallion_json_is_utf8(const uint8_t *bytes, size_t count);

/// How many line breaks (`\n`) there are.
size_t medallion_count_line_breaks(const uint8_t *bytes, size_t count);

// Lines to columns -----------------------------------------------------------------------------

typedef enum medallion_json_column_kind {
  MEDALLION_JSON_COLUMN_BOOLEAN = 0,
  /// Whole numbers in 32 or 64 bits, within `low...high`.
  MEDALLION_JSON_COLUMN_INT32 = 1,
  MEDALLION_JSON_COLUMN_INT64 = 2,
  MEDALLION_JSON_COLUMN_FLOAT = 3,
  MEDALLION_JSON_COLUMN_DOUBLE = 4,
  /// Decimals of at most 18 digits, and of more.
  MEDALLION_JSON_COLUMN_DECIMAL64 = 5,
  MEDALLION_JSON_COLUMN_DECIMAL128 = 6,
  MEDALLION_JSON_COLUMN_DATE = 7,
  MEDALLION_JSON_COLUMN_TIMESTAMP = 8,
  MEDALLION_JSON_COLUMN_STRING = 9,
  /// Base64 text.
  MEDALLION_JSON_COLUMN_BINARY = 10,
  /// Its first child is the element.
  MEDALLION_JSON_COLUMN_ARRAY = 11,
  MEDALLION_JSON_COLUMN_STRUCTURE = 12,
  /// Its children are key (a string) and value.
  MEDALLION_JSON_COLUMN_MAP = 13,
  /// NULL whatever stands there.
  MEDALLION_JSON_COLUMN_VOID = 14,
} medallion_json_column_kind;

/// How like a key is to a field's name that is another: 0 when it is not, else the less the liker.
typedef int32_t (*medallion_json_likeness)(
    const uint8_t *key, size_t key_count, const uint8_t *name, size_t name_count);

/// How text becomes a value; each returns false when it does not.
typedef struct medallion_json_conversions {
  bool (*date)(const uint8_t *bytes, size_t count, int32_t *day);
  bool (*timestamp)(const uint8_t *bytes, size_t count, int64_t *microseconds);
  /// `value` is a 128-bit integer in the machine's order.
  bool (*decimal)(
      const uint8_t *bytes, size_t count, int32_t precision, int32_t scale, void *value);
  bool (*number)(const uint8_t *bytes, size_t count, double *value);
  medallion_json_likeness likeness;
} medallion_json_conversions;

typedef struct medallion_json_lines medallion_json_lines;

typedef struct medallion_json_lines_options {
  /// Whether to keep each row's line: its text, and its number.
  bool keeps_text;
  bool keeps_line_number;
  /// Whether to keep the text of lines that are malformed or have a bad field.
  bool keeps_corrupt_text;
  /// Whether STRING columns are kept as codes while their values come again.
  bool codes_texts;
  /// Whether a line that is an array is as many rows as it has elements; else it is malformed.
  bool spreads_arrays;
  uint32_t maximum_depth;
  /// When not empty: lines that cannot hold a string with this text, which needs no escapes, may be
  /// passed over. It must outlive the reader's making only.
  const uint8_t *required_text;
  size_t required_count;
  medallion_json_conversions conversions;
} medallion_json_lines_options;

/// A reader of lines; column 0 is the structure of all top-level columns. Null when memory is out.
medallion_json_lines *medallion_json_lines_create(const medallion_json_lines_options *options);
void medallion_json_lines_destroy(medallion_json_lines *lines);

/// Adds a column below `parent`, after its sisters; returns its number, or -1 when memory is out.
int32_t medallion_json_lines_add(
    medallion_json_lines *lines, int32_t parent, medallion_json_column_kind kind,
    const uint8_t *name, size_t name_count);
/// Tells the name of a field that is no column: what is called so, or most like it, is none.
bool medallion_json_lines_know(
    medallion_json_lines *lines, const uint8_t *name, size_t name_count);
/// The range of a column of whole numbers.
void medallion_json_lines_set_range(
    medallion_json_lines *lines, int32_t column, int64_t low, int64_t high);
/// The digits of a column of decimals.
void medallion_json_lines_set_decimal(
    medallion_json_lines *lines, int32_t column, int32_t precision, int32_t scale);

/// Takes up a chunk of whole lines (the last one may lack its end), the first of them having
/// number `line_number`.
medallion_json_status medallion_json_lines_begin(
    medallion_json_lines *lines, const uint8_t *bytes, size_t count, int64_t line_number);
/// Appends rows until there are `maximum_rows` or the chunk is used up, which `is_done` tells.
/// `bytes` is the same chunk, wherever it lies now.
medallion_json_status medallion_json_lines_continue(
    medallion_json_lines *lines, const uint8_t *bytes, size_t maximum_rows, bool *is_done);
/// Appends the row of a line too long to be read, of which `bytes` are the beginning.
medallion_json_status medallion_json_lines_refuse(
    medallion_json_lines *lines, const uint8_t *bytes, size_t count, int64_t line_number);

/// What has been read since the last `clear`.
typedef struct medallion_json_lines_counts {
  size_t rows;
  /// Lines that are not JSON, not an object, or too long.
  size_t malformed_lines;
  /// Whether a kept text may be other than UTF-8.
  bool has_bad_text;
} medallion_json_lines_counts;
medallion_json_lines_counts medallion_json_lines_count(const medallion_json_lines *lines);

/// Numbers of the columns that hold the lines' number and corrupt text.
enum {
  MEDALLION_JSON_LINE_NUMBER_COLUMN = -2,
  MEDALLION_JSON_CORRUPT_TEXT_COLUMN = -3,
};

/// A column as it lies in memory, valid until the next call but this one.
typedef struct medallion_json_column {
  size_t count;
  size_t null_count;
  /// A bit a value, 64 to a word, set where there is a value; null when nothing is NULL.
  const uint64_t *validity;
  /// Values of the column's width; for text the bytes, or 32-bit codes.
  const void *values;
  size_t value_byte_count;
  /// For plain text and arrays: one more than there are values.
  const int32_t *offsets;
  /// Whether the values are codes: text `i` of the column's texts is
  /// `text_bytes[text_offsets[i]..<text_offsets[i + 1]]`. Texts keep their codes as more come.
  bool is_coded;
  size_t text_count;
  const int32_t *text_offsets;
  const uint8_t *text_bytes;
} medallion_json_column;
medallion_json_column medallion_json_lines_column(
    const medallion_json_lines *lines, int32_t column);

/// A zero, then for each row where its text begins and ends in the chunk; when texts are kept.
const int32_t *medallion_json_lines_text_bounds(const medallion_json_lines *lines);

/// Forgets all rows; columns and the rest of a chunk remain.
void medallion_json_lines_clear(medallion_json_lines *lines);

// Lines checked --------------------------------------------------------------------------------

/// Why a line is set aside, if not for a required field that it lacks, has as null, or has as an
/// empty string: then the reason is the number of the first such field, from 0.
enum {
  /// It is not JSON, or not an object; this is told first.
  MEDALLION_JSON_NO_OBJECT = -1,
  /// It has all required fields, but its time is none.
  MEDALLION_JSON_NO_TIME = -2,
  /// A field has a value of another shape than declared, or is among the lines that the caller
  /// says do not suit.
  MEDALLION_JSON_MISFIT = -3,
};

/// What a value is made of.
typedef enum medallion_json_shape {
  MEDALLION_JSON_SHAPE_ANY = 0,
  /// A string, number or word.
  MEDALLION_JSON_SHAPE_SCALAR = 1,
  /// Its first child is the element.
  MEDALLION_JSON_SHAPE_ARRAY = 2,
  MEDALLION_JSON_SHAPE_OBJECT = 3,
  /// An object of any keys; its first child is the value.
  MEDALLION_JSON_SHAPE_MAP = 4,
} medallion_json_shape;

/// A line that was set aside, its text being `count` bytes from `start` of the rejected bytes.
typedef struct medallion_json_rejected_line {
  /// How many lines came before it, and how many bytes.
  size_t line;
  size_t position;
  size_t start;
  size_t count;
  int32_t reason;
  /// For a wrong time: where in the line the text or number stands; no bytes for other values.
  size_t value_start;
  size_t value_count;
} medallion_json_rejected_line;

/// A line that was kept and noted.
typedef struct medallion_json_noted_line {
  /// How many lines came before it.
  size_t line;
  /// Its time in microseconds since 1970, UTC; 0 without a field of time.
  int64_t time;
  /// Its number; -1 where it has none.
  int64_t number;
  /// The number of the text that says who sent it.
  int32_t sender;
} medallion_json_noted_line;

/// Which of the lines that are kept are noted.
typedef struct medallion_json_watch {
  bool notes_all;
  /// Otherwise those whose time is later than this.
  int64_t latest_time;
} medallion_json_watch;

/// What became of some lines; valid until the next check.
typedef struct medallion_json_check_result {
  /// How many bytes, and how many lines, are kept.
  size_t kept_byte_count;
  size_t kept_lines;
  /// All lines, blank ones counted, which are neither kept nor rejected.
  size_t lines;
  const medallion_json_rejected_line *rejected;
  size_t rejected_lines;
  const uint8_t *rejected_bytes;
  const medallion_json_noted_line *noted;
  size_t noted_lines;
  /// Who sent the lines noted so far: sender `i` is
  /// `sender_bytes[sender_offsets[i]..<sender_offsets[i + 1]]`. For each field of the sender one
  /// byte, 1 where it has a text or number and 0 where not; then the count of its bytes, one byte
  /// more; then these, of longer ones the beginning.
  size_t sender_count;
  const int32_t *sender_offsets;
  const uint8_t *sender_bytes;
} medallion_json_check_result;

typedef struct medallion_json_check medallion_json_check;

/// A check of lines; null when memory is out.
medallion_json_check *medallion_json_check_create(uint32_t maximum_depth);
void medallion_json_check_destroy(medallion_json_check *check);

/// Demands a field at the top of each line; false when memory is out.
bool medallion_json_check_require(
    medallion_json_check *check, const uint8_t *name, size_t name_count);

/// Reads a time into microseconds since 1970, UTC; false when the text is none.
typedef bool (*medallion_json_time_reader)(
    const uint8_t *text, size_t count, int64_t *microseconds);

/// Demands that a required field is a time: of the usual form, or else one that `reader` can read.
bool medallion_json_check_time(
    medallion_json_check *check, const uint8_t *name, size_t name_count,
    medallion_json_time_reader reader);
/// Adds a field to those that together say who sent a line.
bool medallion_json_check_sender(
    medallion_json_check *check, const uint8_t *name, size_t name_count);
/// Names the field of a line's number: an integer, from 0 and of at most 18 digits, as a JSON
/// number or a text of digits.
bool medallion_json_check_number(
    medallion_json_check *check, const uint8_t *name, size_t name_count);
/// Declares the shape of a field below `parent`, 0 for the top; a null suits any. Returns its
/// number, or -1 when memory is out. Fields are found by names most like theirs too, once one is
/// declared.
int32_t medallion_json_check_declare(
    medallion_json_check *check, int32_t parent, medallion_json_shape shape, const uint8_t *name,
    size_t name_count, medallion_json_likeness likeness);
/// Forgets who sent lines; their numbers begin anew.
void medallion_json_check_forget_senders(medallion_json_check *check);

/// Checks whole lines, the last of which may lack its end. Those that are objects with all
/// required fields are moved to the front of `bytes`, each with one line break behind it; `bytes`
/// has room for one byte more than `count`. `misfits` are the numbers, in order, of lines that the
/// caller found not to suit.
medallion_json_status medallion_json_check_run(
    medallion_json_check *check, uint8_t *bytes, size_t count, medallion_json_watch watch,
    const size_t *misfits, size_t misfit_count, medallion_json_check_result *result);

#ifdef __cplusplus
}
#endif
