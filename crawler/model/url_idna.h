// Domain to ASCII (URL standard 3.3, UTS 46 non-transitional) through ICU.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crawld::model {

// `domain` (percent-decoded octets, read as UTF-8) with every label in ASCII, lower
// case, or nothing when UTS 46 or the forbidden domain code points refuse it. Never empty.
// Threads: any. Bounded: a name over 2 KiB, eight times what DNS can carry, is refused,
// because Punycode takes quadratic time.
std::optional<std::string> domain_to_ascii(std::string_view domain);

}  // namespace crawld::model
