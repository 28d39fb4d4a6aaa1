// Escapes in JSON strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crawld::parsers {

// `text[at]` is a backslash: appends what the escape means and returns the place behind
// it. Surrogate pairs become one character, lone surrogates U+FFFD; an unknown escape
// stands for its letter.
std::size_t append_unescaped(std::string_view text, std::size_t at, std::string& out);

}  // namespace crawld::parsers
