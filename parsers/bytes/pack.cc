#include "parsers/bytes/pack.h"

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

}  // namespace crawld::parsers
