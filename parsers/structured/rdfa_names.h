// The initial context of RDFa 1.1: prefixes and terms that need no declaration.
// https://www.w3.org/2011/rdfa-context/rdfa-1.1
#pragma once

#include <string_view>

namespace crawld::parsers {

// The IRI of a prefix in lower case, or empty.
std::string_view initial_prefix(std::string_view prefix);
// The IRI of a term ("license"), or empty.
std::string_view initial_term(std::string_view term);

}  // namespace crawld::parsers
