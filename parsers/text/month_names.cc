#include "parsers/text/month_names.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <span>
#include <string>

#include "crawler/base/ascii.h"

namespace crawld::parsers {

std::string lower_case(std::string_view word) {
  std::string lower;
  const auto length = static_cast<std::int32_t>(word.size());
  for (std::int32_t at = 0; at < length;) {
    UChar32 c = 0;
    U8_NEXT(word.data(), at, length, c);
    if (c < 0) continue;
    char bytes[4];
    std::int32_t size = 0;
    const UChar32 small = u_tolower(c);
    U8_APPEND_UNSAFE(bytes, size, small);
    lower.append(bytes, static_cast<std::size_t>(size));
  }
  return lower;
}

int month_in_language(std::string_view name_as_written, std::string_view language) {
  const std::span names(kMonthNames, kMonthNameCount);
  const std::string word = lower_case(name_as_written);
  const auto at = std::lower_bound(
      names.begin(), names.end(), word,
      [](const MonthName& name, const std::string& wanted) { return name.word < wanted; });
  if (at == names.end() || at->word != word) return 0;
  std::string own = base::ascii_lower(language.substr(0, language.find_first_of("-_")));
  if (own == "no" || own == "nn") own = "nb";
  for (auto name = at; name != names.end() && name->word == word; ++name) {
    if (name->language.empty() || name->language == own) return name->month;
  }
  return 0;
}

}  // namespace crawld::parsers
