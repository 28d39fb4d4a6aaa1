// Keys by which an index of an archive is sorted and searched (CDXJ).
#pragma once

#include <string>
#include <string_view>

namespace crawld::storage {

// The sort-friendly form of a URL: "org,example)/path?query".
std::string surt_of(std::string_view href);

}  // namespace crawld::storage
