#include "Tokens.hpp"

namespace medallion {

bool Cursor::has_good_escapes(const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    if (*at != '\\') {
      at = static_cast<const uint8_t *>(std::memchr(at, '\\', end - at));
      if (!at) return true;
    }
    if (end - at < 2) return false;
    switch (at[1]) {
      case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        at += 2;
        break;
      case 'u':
        if (end - at < 6) return false;
        for (int digit = 2; digit < 6; digit++) {
          if (!is_hex(at[digit])) return false;
        }
        at += 6;
        break;
      default:
        return false;
    }
  }
  return true;
}

static uint32_t hex4(const uint8_t *at) {
  uint32_t value = 0;
  for (int digit = 0; digit < 4; digit++) {
    uint8_t byte = at[digit];
    value = value << 4 | (is_digit(byte) ? byte - '0' : (byte | 0x20) - 'a' + 10);
  }
  return value;
}

static uint8_t *put_scalar(uint32_t code, uint8_t *output) {
  if (code < 0x80) {
    *output++ = static_cast<uint8_t>(code);
  } else if (code < 0x800) {
    *output++ = static_cast<uint8_t>(0xC0 | code >> 6);
    *output++ = static_cast<uint8_t>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *output++ = static_cast<uint8_t>(0xE0 | code >> 12);
    *output++ = static_cast<uint8_t>(0x80 | (code >> 6 & 0x3F));
    *output++ = static_cast<uint8_t>(0x80 | (code & 0x3F));
  } else {
    *output++ = static_cast<uint8_t>(0xF0 | code >> 18);
    *output++ = static_cast<uint8_t>(0x80 | (code >> 12 & 0x3F));
    *output++ = static_cast<uint8_t>(0x80 | (code >> 6 & 0x3F));
    *output++ = static_cast<uint8_t>(0x80 | (code & 0x3F));
  }
  return output;
}

/// Whether the backslash at `at` has behind it what it escapes.
static bool has_escape(const uint8_t *at, const uint8_t *end) {
  return end - at >= 2 && (at[1] != 'u' || end - at >= 6);
}

size_t unescape(const uint8_t *bytes, size_t count, uint8_t *output) {
  const uint8_t *at = bytes;
  const uint8_t *end = bytes + count;
  uint8_t *start = output;
  while (at < end) {
    if (*at != '\\' || !has_escape(at, end)) {
      // A backslash that escapes nothing stands for itself.
      const void *escape = std::memchr(at + 1, '\\', end - at - 1);
      size_t plain = (escape ? static_cast<const uint8_t *>(escape) : end) - at;
      std::memcpy(output, at, plain);
      output += plain;
      at += plain;
      continue;
    }
    uint8_t letter = at[1];
    at += 2;
    switch (letter) {
      case 'b': *output++ = '\b'; break;
      case 'f': *output++ = '\f'; break;
      case 'n': *output++ = '\n'; break;
      case 'r': *output++ = '\r'; break;
      case 't': *output++ = '\t'; break;
      case 'u': {
        uint32_t code = hex4(at);
        at += 4;
        if (code >= 0xD800 && code < 0xE000) {
          bool is_pair = code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u';
          uint32_t low = is_pair ? hex4(at + 2) : 0;
          if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
          } else {
            code = 0xFFFD;
          }
        }
        output = put_scalar(code, output);
        break;
      }
      default: *output++ = letter;
    }
  }
  return output - start;
}

}  // namespace medallion
