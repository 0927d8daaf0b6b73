// What is noted of some lines that are kept: who sent them, and the number that they bear.
#include "LineCheck.hpp"

namespace medallion {

/// `value` with its escapes resolved, which lasts until the next is.
LineCheck::Value LineCheck::unescaped(Value value) {
  if (value.kind != Value::escaped_text) return value;
  scratch_.resize(value.count);
  size_t count = unescape(value.start, value.count, scratch_.data());
  return {scratch_.data(), static_cast<uint32_t>(count), Value::text};
}

/// The number of the line in hand, or -1.
int64_t LineCheck::number() {
  if (number_field_ == none) return -1;
  Value value = unescaped(values_[number_field_]);
  bool is_number = value.kind == Value::text || value.kind == Value::whole_number;
  if (!is_number || value.count == 0 || value.count > 18) return -1;
  int64_t number = 0;
  for (uint32_t at = 0; at < value.count; at++) {
    if (!is_digit(value.start[at])) return -1;
    number = number * 10 + (value.start[at] - '0');
  }
  return number;
}

/// The number of the text that says who sent the line in hand.
int32_t LineCheck::sender() {
  sender_text_.clear();
  for (size_t field : sender_fields_) {
    Value value = unescaped(values_[field]);
    bool is_told = value.is_present() && (value.is_text() || value.kind == Value::whole_number);
    size_t count = is_told ? std::min<size_t>(value.count, sender_byte_count) : 0;
    sender_text_.push_back(is_told);
    sender_text_.push_back(static_cast<uint8_t>(count));
    sender_text_.insert(sender_text_.end(), value.start, value.start + count);
  }
  return senders_.code(sender_text_.data(), sender_text_.size());
}

void LineCheck::note() { noted_.push_back({line_, time_, number(), sender()}); }

}  // namespace medallion
