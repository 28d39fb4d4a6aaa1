#include "crawler/base/gunzip.h"

#include <libdeflate.h>

#include <cstddef>
#include <memory>

namespace crawld::base {
namespace {

constexpr std::size_t kSmallest = 18;   // header and trailer of a member
constexpr std::uint8_t kHeaderCrc = 2;  // FHCRC, RFC 1952 section 2.3.1: libdeflate passes it over
// 258 bytes for two bits is all that deflate can do (RFC 1951 section 3.2.5).
constexpr std::uint64_t kMostRatio = 1'032;

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// ISIZE: the size of the text modulo 2^32.
std::uint64_t told_size(std::string_view body) {
  std::uint64_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) size = size << 8 | byte_at(body, body.size() - i);
  return size;
}

struct Free {
  void operator()(libdeflate_decompressor* one) const { libdeflate_free_decompressor(one); }
};

}  // namespace

std::optional<std::string> gunzip_whole(std::string_view body, std::uint64_t max_size) {
  if (body.size() < kSmallest || (byte_at(body, 3) & kHeaderCrc) != 0) return std::nullopt;
  const std::uint64_t size = told_size(body);
  if (size > max_size || size > body.size() * kMostRatio) return std::nullopt;
  const std::unique_ptr<libdeflate_decompressor, Free> tool(libdeflate_alloc_decompressor());
  if (!tool) return std::nullopt;
  std::string text(size, '\0');
  std::size_t used = 0;
  std::size_t made = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(
      tool.get(), body.data(), body.size(), text.data(), text.size(), &used, &made);
  if (result != LIBDEFLATE_SUCCESS || used != body.size() || made != size) return std::nullopt;
  return text;
}

}  // namespace crawld::base
