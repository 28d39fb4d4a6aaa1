// Bytes of any encoding of the web to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace crawld::parsers {

// `bytes` read in `encoding`, a name that encoding_for_label() gave (anything else is
// read as UTF-8), as the decoders of https://encoding.spec.whatwg.org/ do it, with
// replacement characters. The answer is valid UTF-8. A byte order mark is not looked
// for: skip CharsetAnswer::bom_size first. Linear; output at most three times the input.
std::string to_utf8(std::string_view bytes, std::string_view encoding);

}  // namespace crawld::parsers
