// A body made small: as the store keeps it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::model {

// The text form (to_string) is bodies.codec.
enum class BodyCodec : std::uint8_t {
  zstd,  // one frame (RFC 8878) with content size and checksum, made by a parse worker
  gzip   // one whole member (RFC 1952), as the server sent it
};
std::string_view to_string(BodyCodec codec);
std::optional<BodyCodec> body_codec_from(std::string_view name);

struct PackedBody {
  BodyCodec codec = BodyCodec::zstd;
  std::string bytes;  // empty: nothing is kept

  bool empty() const { return bytes.empty(); }
};

// What `packed` holds; nothing when it is damaged or larger than `max_size` bytes. Threads: a pure
// function.
std::optional<std::string> unpack(BodyCodec codec, std::string_view packed, std::size_t max_size);

}  // namespace crawld::model
