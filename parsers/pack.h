// Bodies made small for the store: one zstd frame, level 1, with content size and checksum.
#pragma once

#include <memory>
#include <optional>
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

// The body of one such frame; nothing when it is damaged or larger than `max_size` bytes.
std::optional<std::string> unpack(std::string_view packed, std::size_t max_size);

}  // namespace crawld::parsers
