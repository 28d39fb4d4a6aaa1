// Bodies made small for the store: BodyCodec::zstd, level 1 (crawler/model/packed_body.h undoes
// it).
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ZSTD_CCtx_s;

namespace crawld::parsers {

// Keeps its compression context between bodies: setting one up costs more than a small page.
// Threads: one at a time.
class Packer {
 public:
  Packer();
  // Replaces `out` by the frame. An empty body gives a frame as well.
  void pack(std::string_view body, std::string& out);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

}  // namespace crawld::parsers
