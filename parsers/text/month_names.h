// The names of months in the languages of the web, as CLDR has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawld::parsers {

// 1 to 12, or 0 for no month; in any case. In `language` ("hr", "pt-BR", or
// empty) short forms count too, and where a name is one month here and another there
// ("listopada") it decides; else the name must be clear in all languages.
int month_in_language(std::string_view word, std::string_view language);

// Of any script; what is not UTF-8 is left out.
std::string lower_case(std::string_view word);

// Sorted by word; a language of "" stands for any.
struct MonthName {
  std::string_view word;
  std::string_view language;
  std::uint8_t month;
};
extern const MonthName kMonthNames[];
extern const std::size_t kMonthNameCount;

}  // namespace crawld::parsers
