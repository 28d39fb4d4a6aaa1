// Names of months, days and time zones in dates; any case.
#pragma once

#include <optional>
#include <string_view>

namespace crawld::parsers {

// 1 to 12: English by its first three letters, other languages in whole words.
std::optional<int> month_named(std::string_view word);

// The month that the whole `word` names in one of the languages of most pages, else in those
// where it can be no other (month_names.h).
std::optional<int> month_in_any_language(std::string_view word);

// English by its first three letters, and Greek.
bool is_weekday(std::string_view word);

// Minutes east of Greenwich.
std::optional<int> zone_named(std::string_view word);

}  // namespace crawld::parsers
