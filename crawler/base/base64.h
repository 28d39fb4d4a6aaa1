// Base64 with the standard alphabet (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crawld::base {

// `bytes` as base64, with padding and without line breaks.
std::string base64_encode(std::string_view bytes);

// The bytes that `text` stands for. White space is passed over and padding may be
// missing; nothing when a character is outside the alphabet, data follows the
// padding, or one lone character is left over.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace crawld::base
