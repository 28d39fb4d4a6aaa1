// Header names compare without regard to ASCII case (RFC 9110 section 5.1).
#pragma once

#include <strings.h>

#include <string_view>

namespace crawld::fetch {

inline bool same_header_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace crawld::fetch
