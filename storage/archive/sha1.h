// SHA-1 (FIPS 180-4 section 6.1), for the digests that WARC readers compare.
// Not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawld::storage {

using Sha1 = std::array<std::uint8_t, 20>;

Sha1 sha1(std::string_view bytes);
// "sha1:" and 32 letters of base 32 (RFC 4648 section 6).
std::string sha1_label(const Sha1& digest);

}  // namespace crawld::storage
