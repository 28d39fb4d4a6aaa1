// What a user may do about a URL that was not fetched.
#pragma once

#include <string_view>

namespace crawld::cli {

// One line on a reason of the books (`tls`, `robots.txt line 3, version 1`, ...); empty where
// nothing is to be done, or the reason says it all.
std::string_view advice_on(std::string_view reason);

}  // namespace crawld::cli
