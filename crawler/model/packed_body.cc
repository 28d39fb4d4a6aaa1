#include "crawler/model/packed_body.h"

#include <zstd.h>

#include "crawler/base/gunzip.h"

namespace crawld::model {
namespace {

std::optional<std::string> unpack_frame(std::string_view packed, std::size_t max_size) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > max_size) {
    return std::nullopt;
  }
  std::string body(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(body.data(), body.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != body.size()) return std::nullopt;
  return body;
}

}  // namespace

std::string_view to_string(BodyCodec codec) {
  switch (codec) {
    case BodyCodec::zstd:
      return "zstd";
    case BodyCodec::gzip:
      return "gzip";
  }
  return {};
}

std::optional<BodyCodec> body_codec_from(std::string_view name) {
  for (const BodyCodec codec : {BodyCodec::zstd, BodyCodec::gzip}) {
    if (name == to_string(codec)) return codec;
  }
  return std::nullopt;
}

std::optional<std::string> unpack(BodyCodec codec, std::string_view packed, std::size_t max_size) {
  switch (codec) {
    case BodyCodec::zstd:
      return unpack_frame(packed, max_size);
    case BodyCodec::gzip:
      return base::gunzip_whole(packed, max_size);
  }
  return std::nullopt;
}

}  // namespace crawld::model
