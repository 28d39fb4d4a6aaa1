#include "parsers/pack.h"

#include <zstd.h>

#include <new>

namespace crawld::parsers {

void Packer::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

Packer::Packer() : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, 1);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

void Packer::pack(std::string_view body, std::string& out) {
  out.resize(ZSTD_compressBound(body.size()));
  const std::size_t size =
      ZSTD_compress2(context_.get(), out.data(), out.size(), body.data(), body.size());
  // With room for the worst case only memory can run out.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  out.resize(size);
}

std::optional<std::string> unpack(std::string_view packed, std::size_t max_size) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > max_size) {
    return std::nullopt;
  }
  std::string body(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(body.data(), body.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != body.size()) return std::nullopt;
  return body;
}

}  // namespace crawld::parsers
