// A body made small: as the store keeps it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::model {

enum class BodyCodec : std::uint8_t {
  zstd,  // one frame (RFC 8878) with content size and checksum, made by a parse worker
  gzip   // one whole member (RFC 1952), as the server sent it
};

// What the pages of a host have in common, for zstd to point into: a raw content dictionary
// (RFC 8878 section 5; a file for `zstd -D`). Shared between threads, never changed.
struct BodyDictionary {
  std::uint64_t id = 0;  // row in `dictionaries`
  std::string bytes;
};

struct PackedBody {
  BodyCodec codec = BodyCodec::zstd;
  std::string bytes;  // empty: nothing is kept
  // That a frame of zstd points into; null: none.
  std::shared_ptr<const BodyDictionary> dictionary = {};

  bool empty() const { return bytes.empty(); }
};

// How a body is packed, as bodies.codec tells it: "gzip", "zstd", "zstd:7" with dictionary 7.
struct BodyPacking {
  BodyCodec codec = BodyCodec::zstd;
  std::uint64_t dictionary = 0;  // 0: none

  static BodyPacking of(const PackedBody& packed);
  // Nothing for what a newer crawld may have written.
  static std::optional<BodyPacking> from(std::string_view name);
  std::string name() const;
  bool operator==(const BodyPacking&) const = default;
};

// What `packed` holds; nothing when it is damaged or larger than `max_size` bytes. Threads: a pure
// function.
std::optional<std::string> unpack(const PackedBody& packed, std::size_t max_size);

}  // namespace crawld::model
