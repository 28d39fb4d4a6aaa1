// Any bytes under any list of codings: never over the limit, and what is kept of a
// cut stream is what the whole one begins with. In one go or piece by piece: the same, where the
// latter is not stricter (gunzip.h says in what).
#include <cstdlib>

#include "crawler/base/gunzip.h"
#include "parsers/bytes/content_coding.h"

using crawld::model::ParseFailure;
using crawld::parsers::decode_content;
using crawld::parsers::Decoded;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::uint64_t kLimit = 1 << 18;
  constexpr const char* kCodings[] = {
      "gzip",    "deflate", "br", "zstd", "gzip, br", "zstd, gzip", "deflate, deflate, deflate",
      "identity"};
  const char* coding = kCodings[data[0] % std::size(kCodings)];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto strict = decode_content(body, coding, kLimit, false);
  const auto kept = decode_content(body, coding, kLimit, true);
  const auto* whole = std::get_if<Decoded>(&strict);
  const auto* part = std::get_if<Decoded>(&kept);
  if (whole != nullptr && (part == nullptr || whole->bytes != part->bytes)) std::abort();
  if (const auto at_once = crawld::base::gunzip_whole(body, kLimit)) {
    const auto pieces = crawld::parsers::decode_front(body, "gzip", kLimit);
    if (!at_once->starts_with(pieces.bytes)) std::abort();
    if (!pieces.failure && pieces.bytes.size() != at_once->size()) std::abort();
  }
  if (part != nullptr && part->bytes.size() > kLimit) std::abort();
  return 0;
}
