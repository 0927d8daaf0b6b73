// The C face of the line reader.
#include <algorithm>
#include <cstring>
#include <new>

#include "CSimdjson.h"
#include "LineReader.hpp"

size_t medallion_count_line_breaks(const uint8_t *bytes, size_t count) {
  typedef uint8_t Lanes __attribute__((vector_size(16)));
  size_t found = 0;
  size_t at = 0;
  while (at + sizeof(Lanes) <= count) {
    // A lane counts to 255.
    size_t stop = std::min(at + 255 * sizeof(Lanes), count - sizeof(Lanes) + 1);
    Lanes sums = {};
    for (; at < stop; at += sizeof(Lanes)) {
      Lanes some;
      std::memcpy(&some, bytes + at, sizeof(Lanes));
      sums -= reinterpret_cast<Lanes>(some == '\n');  // True is all ones: minus one.
    }
    for (size_t lane = 0; lane < sizeof(Lanes); lane++) found += sums[lane];
  }
  for (; at < count; at++) found += bytes[at] == '\n';
  return found;
}

struct medallion_json_lines {
  medallion::LineReader reader;
};

medallion_json_lines *medallion_json_lines_create(
    const medallion_json_lines_options *options) try {
  return new medallion_json_lines{medallion::LineReader(*options)};
} catch (const std::bad_alloc &) {
  return nullptr;
}

void medallion_json_lines_destroy(medallion_json_lines *lines) { delete lines; }

int32_t medallion_json_lines_add(
    medallion_json_lines *lines, int32_t parent, medallion_json_column_kind kind,
    const uint8_t *name, size_t name_count) try {
  return lines->reader.add(
      parent, kind, std::string(reinterpret_cast<const char *>(name), name_count));
} catch (const std::bad_alloc &) {
  return -1;
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
} catch (const std::bad_alloc &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

medallion_json_status medallion_json_lines_continue(
    medallion_json_lines *lines, const uint8_t *bytes, size_t maximum_rows, bool *is_done) try {
  return lines->reader.proceed(bytes, maximum_rows, *is_done);
} catch (const std::bad_alloc &) {
  return MEDALLION_JSON_OUT_OF_MEMORY;
}

medallion_json_status medallion_json_lines_refuse(
    medallion_json_lines *lines, const uint8_t *bytes, size_t count, int64_t line_number) try {
  return lines->reader.refuse(bytes, count, line_number);
} catch (const std::bad_alloc &) {
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
