// Bodies made small for the store: BodyCodec::zstd, level 1 (crawler/model/packed_body.h undoes
// it).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawler/model/packed_body.h"

struct ZSTD_CCtx_s;
struct ZSTD_CDict_s;

namespace crawld::parsers {

// Keeps its compression context between bodies: setting one up costs more than a small page. A
// dictionary is made ready once, too: 45 KiB beside its own bytes.
// Threads: one at a time.
class Packer {
 public:
  // How many dictionaries are ready at a time.
  static constexpr std::size_t kMostDictionaries = 64;

  Packer();
  // Makes a dictionary ready, in the place of the one that had this `slot`.
  void learn(std::size_t slot, const model::BodyDictionary& dictionary);
  // Whether a dictionary of that number is ready.
  bool knows(std::uint64_t dictionary) const { return find(dictionary) != nullptr; }
  // Replaces `out` by the frame; `dictionary` is to be one that is known, or 0: none. An empty
  // body gives a frame as well.
  void pack(std::string_view body, std::uint64_t dictionary, std::string& out);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
    void operator()(ZSTD_CDict_s* dictionary) const;
  };
  struct Ready {
    std::uint64_t id = 0;
    std::unique_ptr<ZSTD_CDict_s, Free> dictionary;
  };
  const ZSTD_CDict_s* find(std::uint64_t dictionary) const;

  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::array<Ready, kMostDictionaries> ready_;
};

}  // namespace crawld::parsers
