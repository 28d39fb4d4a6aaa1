// Dates as feeds, sitemaps and pages write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawld::parsers {

// Milliseconds since the epoch (negative before 1970), or nothing when `text` is no
// date. Read are ISO 8601 and W3C dates with all the liberties that are met (ordinal
// days, weeks, two-digit years, a blank for the T, one-digit months, slashes and dots), RFC 822,
// 1123, 850 and asctime with named zones and the names of many languages, and the marks
// of Korean feeds. No zone means UTC, but Korean forms mean Korea's; a mail date's zone
// whose name nobody knows means UTC, too (RFC 5322 section 4.3).
// A date without a time is midnight, a month or a year is its first day. Nothing is a date that
// lies, in UTC, outside of the years 1 to 9999.
std::optional<std::int64_t> parse_date(std::string_view text);

// "2004-12-23T18:00:15+00:00"; milliseconds only where there are any.
std::string iso_date(std::int64_t milliseconds);

}  // namespace crawld::parsers
