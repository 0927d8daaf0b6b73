// Times as tills write them, read without a call.
#pragma once
#include <cstddef>
#include <cstdint>

namespace medallion {

/// The number that the digits `text[at]…` spell, `count` of them; other bytes clear `is_good`.
inline int32_t digits(const uint8_t *text, size_t at, size_t count, bool &is_good) {
  int32_t value = 0;
  for (size_t index = at; index < at + count; index++) {
    uint8_t digit = static_cast<uint8_t>(text[index] - '0');
    is_good &= digit <= 9;
    value = value * 10 + digit;
  }
  return value;
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, years from 1.
inline int64_t day_number(int32_t year, int32_t month, int32_t day) {
  // Years begin in March, so that the day that comes every four years ends one.
  int32_t begun = month <= 2 ? year - 1 : year;
  int32_t era = begun / 400;
  int32_t year_of_era = begun - era * 400;
  int32_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<int64_t>(era) * 146'097 + day_of_era - 719'468;
}

inline int32_t days_of_month(int32_t year, int32_t month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Reads the form that nearly all times have, `yyyy-mm-ddThh:mm:ss[.f…](Z|±hh:mm)`, the fraction
/// of nine digits at most, as microseconds since 1970. False for any other text, which may still
/// be a time.
inline bool read_usual_time(const uint8_t *text, size_t count, int64_t &microseconds) {
  if (count < 20) return false;
  bool is_good = text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
      && text[16] == ':';
  int32_t year = digits(text, 0, 4, is_good);
  int32_t month = digits(text, 5, 2, is_good);
  int32_t day = digits(text, 8, 2, is_good);
  int32_t hour = digits(text, 11, 2, is_good);
  int32_t minute = digits(text, 14, 2, is_good);
  int32_t second = digits(text, 17, 2, is_good);
  if (!is_good || year < 1 || month < 1 || month > 12 || day < 1
      || day > days_of_month(year, month) || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  size_t at = 19;
  int64_t fraction = 0;
  if (text[at] == '.') {
    size_t first = ++at;
    int64_t weight = 100'000;
    for (; at < count && static_cast<uint8_t>(text[at] - '0') <= 9; at++, weight /= 10) {
      fraction += (text[at] - '0') * weight;
    }
    if (at == first || at - first > 9) return false;
  }
  int64_t offset = 0;
  if (count - at == 6 && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    int32_t hours = digits(text, at + 1, 2, is_good);
    int32_t minutes = digits(text, at + 4, 2, is_good);
    if (!is_good || hours > 18 || minutes > 59) return false;
    offset = (hours * 60 + minutes) * (text[at] == '-' ? -60 : 60);
  } else if (count - at != 1 || text[at] != 'Z') {
    return false;
  }
  int64_t seconds = day_number(year, month, day) * 86'400 + hour * 3'600 + minute * 60 + second;
  microseconds = (seconds - offset) * 1'000'000 + fraction;
  return true;
}

}  // namespace medallion
