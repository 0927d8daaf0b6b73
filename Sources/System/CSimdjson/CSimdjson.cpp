// The C face: what `CSimdjson.h` declares, in its order. No exception leaves it: what is thrown
// here tells that there is no memory, or none that is so large.
#include "CSimdjson.h"

#include <exception>
#include <string>

#include "Document.hpp"
#include "LineCheck.hpp"
#include "LineReader.hpp"

static std::string text(const uint8_t *bytes, size_t count) {
  return std::string(reinterpret_cast<const char *>(bytes), count);
}

// Documents ------------------------------------------------------------------------------------

struct medallion_json_document {
  medallion::Document document;
};

medallion_json_document *medallion_json_document_create(void) try {
  return new medallion_json_document();
} catch (const std::exception &) {
  return nullptr;
}

void medallion_json_document_destroy(medallion_json_document *document) { delete document; }

medallion_json_status medallion_json_document_read(
    medallion_json_document *document, const uint8_t *bytes, size_t count,
    uint32_t maximum_depth, size_t *offset) try {
  return document->document.read(bytes, count, maximum_depth, *offset);
} catch (const std::exception &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

const medallion_json_token *medallion_json_document_tokens(
    const medallion_json_document *document, size_t *count) {
  *count = document->document.tokens().size();
  return document->document.tokens().data();
}

size_t medallion_json_unescape(const uint8_t *bytes, size_t count, uint8_t *output) {
  return medallion::unescape(bytes, count, output);
}

bool medallion_json_is_utf8(const uint8_t *bytes, size_t count) {
  return count == 0 || simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count);
}

size_t medallion_count_line_breaks(const uint8_t *bytes, size_t count) {
  return medallion::count_line_breaks(bytes, count);
}

// Lines to columns -----------------------------------------------------------------------------

struct medallion_json_lines {
  medallion::LineReader reader;
};

medallion_json_lines *medallion_json_lines_create(
    const medallion_json_lines_options *options) try {
  return new medallion_json_lines{medallion::LineReader(*options)};
} catch (const std::exception &) {
  return nullptr;
}

void medallion_json_lines_destroy(medallion_json_lines *lines) { delete lines; }

int32_t medallion_json_lines_add(
    medallion_json_lines *lines, int32_t parent, medallion_json_column_kind kind,
    const uint8_t *name, size_t name_count) try {
  return lines->reader.add(parent, kind, text(name, name_count));
} catch (const std::exception &) {
  return -1;
}

bool medallion_json_lines_know(
    medallion_json_lines *lines, const uint8_t *name, size_t name_count) try {
  lines->reader.know(text(name, name_count));
  return true;
} catch (const std::exception &) {
  return false;
}

void medallion_json_lines_set_range(
    medallion_json_lines *lines, int32_t column, int64_t low, int64_t high) {
  lines->reader.column(column).low = low;
  lines->reader.column(column).high = high;
}

void medallion_json_lines_set_decimal(
    medallion_json_lines *lines, int32_t column, int32_t precision, int32_t scale) {
  lines->reader.column(column).precision = precision;
  lines->reader.column(column).scale = scale;
}

medallion_json_status medallion_json_lines_begin(
    medallion_json_lines *lines, const uint8_t *bytes, size_t count, int64_t line_number) try {
  return lines->reader.begin(bytes, count, line_number);
} catch (const std::exception &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

medallion_json_status medallion_json_lines_continue(
    medallion_json_lines *lines, const uint8_t *bytes, size_t maximum_rows, bool *is_done) try {
  return lines->reader.proceed(bytes, maximum_rows, *is_done);
} catch (const std::exception &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

medallion_json_status medallion_json_lines_refuse(
    medallion_json_lines *lines, const uint8_t *bytes, size_t count, int64_t line_number) try {
  return lines->reader.refuse(bytes, count, line_number);
} catch (const std::exception &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

medallion_json_lines_counts medallion_json_lines_count(const medallion_json_lines *lines) {
  return lines->reader.counts();
}

medallion_json_column medallion_json_lines_column(
    const medallion_json_lines *lines, int32_t index) {
  const medallion::LineColumn &column = lines->reader.column(index);
  const medallion::Interner &texts = column.texts;
  return {
      column.count, column.validity.zeros(), column.validity.data(), column.values.data(),
      column.values.size(), column.offsets.data(), column.is_coded, texts.count(),
      texts.offsets(), texts.bytes().data()};
}

const int32_t *medallion_json_lines_text_bounds(const medallion_json_lines *lines) {
  return lines->reader.text_bounds().data();
}

void medallion_json_lines_clear(medallion_json_lines *lines) { lines->reader.clear(); }

// Lines checked --------------------------------------------------------------------------------

struct medallion_json_check {
  medallion::LineCheck check;
};

medallion_json_check *medallion_json_check_create(uint32_t maximum_depth) try {
  return new medallion_json_check{medallion::LineCheck(maximum_depth)};
} catch (const std::exception &) {
  return nullptr;
}

void medallion_json_check_destroy(medallion_json_check *check) { delete check; }

bool medallion_json_check_require(
    medallion_json_check *check, const uint8_t *name, size_t name_count) try {
  check->check.require(text(name, name_count));
  return true;
} catch (const std::exception &) {
  return false;
}

bool medallion_json_check_time(
    medallion_json_check *check, const uint8_t *name, size_t name_count,
    medallion_json_time_reader reader) try {
  check->check.demand_time(text(name, name_count), reader);
  return true;
} catch (const std::exception &) {
  return false;
}

bool medallion_json_check_sender(
    medallion_json_check *check, const uint8_t *name, size_t name_count) try {
  check->check.add_sender(text(name, name_count));
  return true;
} catch (const std::exception &) {
  return false;
}

bool medallion_json_check_number(
    medallion_json_check *check, const uint8_t *name, size_t name_count) try {
  check->check.set_number(text(name, name_count));
  return true;
} catch (const std::exception &) {
  return false;
}

int32_t medallion_json_check_declare(
    medallion_json_check *check, int32_t parent, medallion_json_shape shape, const uint8_t *name,
    size_t name_count, medallion_json_likeness likeness) try {
  return check->check.declare(parent, shape, text(name, name_count), likeness);
} catch (const std::exception &) {
  return -1;
}

void medallion_json_check_forget_senders(medallion_json_check *check) {
  check->check.forget_senders();
}

medallion_json_status medallion_json_check_run(
    medallion_json_check *check, uint8_t *bytes, size_t count, medallion_json_watch watch,
    const size_t *misfits, size_t misfit_count, medallion_json_check_result *result) try {
  *result = check->check.run(bytes, count, watch, misfits, misfit_count);
  return MEDALLION_JSON_OK;
} catch (const std::exception &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}
