// One record of a WARC file: named fields, then a block (WARC 1.1 section 4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"

namespace crawld::storage {

// "<urn:uuid:...>", always the same for the same `name`, so that an export repeated
// names its records alike.
std::string warc_id(std::string_view name);

class WarcRecord {
 public:
  WarcRecord(std::string_view type, std::string_view id, Millis date);
  // `value` holds no line ends.
  void field(std::string_view name, std::string_view value);
  // The whole record, Content-Length included.
  std::string with_block(std::string_view block) const;

 private:
  std::string head_;
};

}  // namespace crawld::storage
