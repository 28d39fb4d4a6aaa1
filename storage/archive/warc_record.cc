#include "storage/archive/warc_record.h"

#include "crawler/base/clock.h"
#include "storage/archive/sha1.h"
#include "storage/archive/warc.h"
#include "storage/database.h"

namespace crawld::storage {

// RFC 4122 version 5: the first 16 bytes of a SHA-1, with version and variant set.
std::string warc_id(std::string_view name) {
  Sha1 digest = sha1(name);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0F) | 0x50);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3F) | 0x80);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id = "<urn:uuid:";
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += kHex[digest[i] >> 4];
    id += kHex[digest[i] & 15];
  }
  return id + ">";
}

WarcRecord::WarcRecord(std::string_view type, std::string_view id, Millis date) {
  head_ = "WARC/1.1\r\n";
  field("WARC-Type", type);
  field("WARC-Record-ID", id);
  field("WARC-Date", base::to_iso8601(base::from_millis(date)));
}

void WarcRecord::field(std::string_view name, std::string_view value) {
  head_ += name;
  head_ += ": ";
  head_ += value;
  head_ += "\r\n";
}

std::string WarcRecord::with_block(std::string_view block) const {
  std::string record = head_;
  record += "WARC-Block-Digest: " + sha1_label(sha1(block)) + "\r\n";
  record += "Content-Length: " + std::to_string(block.size()) + "\r\n\r\n";
  record += block;
  return record += "\r\n\r\n";
}

}  // namespace crawld::storage
