// Whole documents: a flat list of tokens, from which a tree is built in one go.
#pragma once
#include <vector>

#include "CSimdjson.h"
#include "Tokens.hpp"

namespace medallion {

class Document {
 public:
  /// Reads one JSON text. On failure `offset` is where it went wrong.
  medallion_json_status read(
      const uint8_t *bytes, size_t count, uint32_t maximum_depth, size_t &offset);

  /// The tokens of the last text that was read.
  const std::vector<medallion_json_token> &tokens() const { return tokens_; }

 private:
  medallion_json_status walk(Cursor &cursor, uint32_t maximum_depth);
  bool scalar(Cursor &cursor);
  bool key(Cursor &cursor);

  Structure structure_;
  std::vector<medallion_json_token> tokens_;
  /// Where in `tokens_` the open arrays and objects stand.
  std::vector<uint32_t> open_;
};

}  // namespace medallion
