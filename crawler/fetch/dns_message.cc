#include "crawler/fetch/dns_message.h"

#include <algorithm>
#include <cstddef>

namespace crawld::fetch {
namespace {

constexpr std::uint16_t kTypeSoa = 6;

// Reads forward only; once a read went past the end every later one fails too.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> message) : message_(message) {}

  bool good() const { return good_; }
  std::size_t at() const { return at_; }
  void skip(std::size_t count) {
    good_ = good_ && count <= message_.size() - at_;
    if (good_) at_ += count;
  }
  std::uint32_t number(std::size_t width) {
    const std::size_t from = at_;
    skip(width);
    std::uint32_t value = 0;
    for (std::size_t i = from; good_ && i < at_; ++i) value = value << 8 | message_[i];
    return value;
  }
  // RFC 1035 section 4.1.4: labels up to the root or to a pointer, which is not
  // followed: where the name ends is all that matters here.
  void skip_name() {
    while (good_) {
      const std::uint32_t length = number(1);
      if (length == 0) return;
      if (length >= 0xC0) return skip(1);
      skip(length);
    }
  }

 private:
  std::span<const std::uint8_t> message_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace

std::optional<std::chrono::seconds> negative_ttl(std::span<const std::uint8_t> message) {
  Reader reader(message);
  reader.skip(4);  // id, flags
  const std::uint32_t questions = reader.number(2);
  const std::uint32_t answers = reader.number(2);
  const std::uint32_t authorities = reader.number(2);
  reader.skip(2);
  for (std::uint32_t i = 0; i < questions && reader.good(); ++i) {
    reader.skip_name();
    reader.skip(4);
  }
  for (std::uint32_t i = 0; i < answers + authorities && reader.good(); ++i) {
    reader.skip_name();
    const std::uint32_t type = reader.number(2);
    reader.skip(2);  // class
    const std::uint32_t ttl = reader.number(4);
    const std::uint32_t length = reader.number(2);
    if (i >= answers && type == kTypeSoa && length >= 4) {
      reader.skip(length - 4);
      const std::uint32_t minimum = reader.number(4);
      if (!reader.good()) return std::nullopt;
      return std::chrono::seconds(std::min(ttl, minimum));
    }
    reader.skip(length);
  }
  return std::nullopt;
}

}  // namespace crawld::fetch
