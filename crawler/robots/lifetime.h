// How long a fetched robots.txt holds (RFC 9309 section 2.4).
#pragma once

#include <chrono>
#include <string_view>

namespace crawld::robots {

// By the joined Cache-Control value of its response: max-age, at most the 24 hours of
// the RFC, at least an hour, because a file asked for before every page is a burden
// nobody meant. no-cache and no-store count as max-age=0. Nothing told: 24 hours.
std::chrono::seconds lifetime(std::string_view cache_control);

}  // namespace crawld::robots
