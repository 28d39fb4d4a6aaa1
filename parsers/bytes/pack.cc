#include "parsers/bytes/pack.h"

#include <zstd.h>

#include <new>

namespace crawld::parsers {
namespace {

constexpr int kLevel = 1;

}  // namespace

void Packer::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }
void Packer::Free::operator()(ZSTD_CDict_s* dictionary) const { ZSTD_freeCDict(dictionary); }

Packer::Packer() : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

void Packer::learn(std::size_t slot, const model::BodyDictionary& dictionary) {
  ready_.at(slot) = {};
  Ready ready{.id = dictionary.id,
              .dictionary = std::unique_ptr<ZSTD_CDict_s, Free>(
                  ZSTD_createCDict(dictionary.bytes.data(), dictionary.bytes.size(), kLevel))};
  if (!ready.dictionary) throw std::bad_alloc();
  ready_.at(slot) = std::move(ready);
}

const ZSTD_CDict_s* Packer::find(std::uint64_t dictionary) const {
  for (const Ready& ready : ready_) {
    if (dictionary != 0 && ready.id == dictionary) return ready.dictionary.get();
  }
  return nullptr;
}

void Packer::pack(std::string_view body, std::uint64_t dictionary, std::string& out) {
  out.resize(ZSTD_compressBound(body.size()));
  ZSTD_CCtx_refCDict(context_.get(), find(dictionary));
  const std::size_t size =
      ZSTD_compress2(context_.get(), out.data(), out.size(), body.data(), body.size());
  // With room for the worst case only memory can run out.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  out.resize(size);
}

}  // namespace crawld::parsers
