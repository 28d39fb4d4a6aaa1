// What zlib makes of a text, in each of deflate's wraps.
#pragma once

#include <zlib.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

namespace crawld::tests {

enum class Wrap : int { raw = -MAX_WBITS, zlib = MAX_WBITS, gzip = MAX_WBITS + 16 };

// `header`: of a gzip member; null: the shortest.
inline std::string deflated(std::string_view text, Wrap wrap, gz_header* header = nullptr) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, static_cast<int>(wrap), 8, Z_DEFAULT_STRATEGY) ==
          Z_OK);
  if (header != nullptr) REQUIRE(deflateSetHeader(&stream, header) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace crawld::tests
