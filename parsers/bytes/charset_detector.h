// A guess at the encoding of a document that declares none.
#pragma once

#include <string_view>

namespace crawld::parsers {

// The name of an encoding, or empty when the bytes say too little: pure ASCII, or a
// few bytes above it that no statistics can tell apart. UTF-8 is only ever guessed
// of valid UTF-8. Looks at a bounded part of `bytes`.
std::string_view guess_encoding(std::string_view bytes);

}  // namespace crawld::parsers
