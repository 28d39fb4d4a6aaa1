// The Strict-Transport-Security header, read as RFC 6797 section 6.1 says.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace crawld::fetch {

struct HstsHeader {
  std::chrono::seconds max_age{0};  // 0: the host is to be forgotten; at most 100 years
  bool with_subdomains = false;
};

// Nothing for one that breaks the grammar, lacks max-age or names a directive of ours twice.
// Directives that nobody knows are passed over.
std::optional<HstsHeader> parse_hsts_header(std::string_view value);

}  // namespace crawld::fetch
