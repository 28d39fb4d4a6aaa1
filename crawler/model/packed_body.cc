#include "crawler/model/packed_body.h"

#include <zstd.h>

#include <charconv>
#include <new>

#include "crawler/base/gunzip.h"

namespace crawld::model {
namespace {

constexpr std::string_view kGzip = "gzip";
constexpr std::string_view kZstd = "zstd";
constexpr char kWithDictionary = ':';

std::optional<std::string> unpack_frame(std::string_view packed, const BodyDictionary* dictionary,
                                        std::size_t max_size) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > max_size) {
    return std::nullopt;
  }
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  if (!context) throw std::bad_alloc();
  const std::string_view with = dictionary == nullptr ? std::string_view() : dictionary->bytes;
  std::string body(static_cast<std::size_t>(size), '\0');
  const std::size_t got =
      ZSTD_decompress_usingDict(context.get(), body.data(), body.size(), packed.data(),
                                packed.size(), with.data(), with.size());
  if (ZSTD_isError(got) != 0 || got != body.size()) return std::nullopt;
  return body;
}

}  // namespace

BodyPacking BodyPacking::of(const PackedBody& packed) {
  return {packed.codec, packed.dictionary == nullptr ? 0 : packed.dictionary->id};
}

std::optional<BodyPacking> BodyPacking::from(std::string_view name) {
  if (name == kGzip) return BodyPacking{BodyCodec::gzip};
  if (!name.starts_with(kZstd)) return std::nullopt;
  name.remove_prefix(kZstd.size());
  BodyPacking packing;
  if (name.empty()) return packing;
  if (name.front() != kWithDictionary) return std::nullopt;
  const char* const end = name.data() + name.size();
  const auto [after, error] = std::from_chars(name.data() + 1, end, packing.dictionary);
  if (error != std::errc() || after != end || packing.dictionary == 0) return std::nullopt;
  return packing;
}

std::string BodyPacking::name() const {
  if (codec == BodyCodec::gzip) return std::string(kGzip);
  std::string name(kZstd);
  if (dictionary != 0) name += kWithDictionary + std::to_string(dictionary);
  return name;
}

std::optional<std::string> unpack(const PackedBody& packed, std::size_t max_size) {
  switch (packed.codec) {
    case BodyCodec::zstd:
      return unpack_frame(packed.bytes, packed.dictionary.get(), max_size);
    case BodyCodec::gzip:
      return base::gunzip_whole(packed.bytes, max_size);
  }
  return std::nullopt;
}

}  // namespace crawld::model
