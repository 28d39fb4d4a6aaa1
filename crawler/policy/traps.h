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
  int calendar_years_ahead = 10;            // years a date may lie after `this_year` ...
  int calendar_years_back = 100;            // ... and before it: newspapers keep archives
};

// The name of the guard that refuses `url`, or empty. `this_year` makes it pure; 0 means
// that a date may be of any year.
std::string_view trap(const model::Url& url, const TrapLimits& limits, int this_year);

}  // namespace crawld::policy
