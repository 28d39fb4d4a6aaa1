// Trap guards: URLs that a site makes without end.
//
// Judged on the URL alone, as a scope rule; budgets (frontier) catch the rest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crawler/model/url.h"

namespace crawld::policy {

struct TrapLimits {
  std::uint32_t max_url_length = 8'192;     // bytes of the href
  std::uint32_t max_segments = 64;          // of the path
  std::uint32_t max_repeated_segments = 4;  // how often one segment may stand in a path
  int calendar_years = 30;                  // how far from `this_year` a date in the path may lie
};

// The name of the guard that refuses `url`, or empty. `this_year` makes it pure.
std::string_view trap(const model::Url& url, const TrapLimits& limits, int this_year);

}  // namespace crawld::policy
