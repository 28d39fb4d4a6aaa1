// Texts of pages to typed values.
//
// Each reader gives the value as JSON (RFC 8259), ready to store, or the reason why
// there is none. Pure; linear in the text.
#pragma once

#include <string>
#include <string_view>

#include "crawler/base/result.h"

namespace crawld::parsers {

// A language (ISO 639) and, where told, a script (ISO 15924) and a region (ISO 3166 or UN M.49):
// "de", "de-CH", "zh_Hant_TW", "es-419". What else is written in its place means nothing.
bool is_locale(std::string_view text);

// The first number in `text`: "ab 1.234,56 EUR" gives 1234.56. Which mark is the
// decimal one follows from the text; where that can mean two things ("1.234"), from
// `locale` ("de", "en-GB"), else from `language` of the page. Given a locale, a text
// that contradicts it is refused.
base::Result<std::string> read_number(std::string_view text, std::string_view locale,
                                      std::string_view language);
base::Result<std::string> read_integer(std::string_view text, std::string_view locale,
                                       std::string_view language);
// {"amount":12.5,"currency":"EUR"}; the currency by ISO 4217 code or sign. "kr" and
// "¥" depend on the language; a lone "1.299" is taken as grouped.
base::Result<std::string> read_price(std::string_view text, std::string_view locale,
                                     std::string_view language);
base::Result<std::string> read_boolean(std::string_view text);
// "2024-03", "2024-03-03", "2024-03-03T10:00:00" or, where a zone is told, with
// "+00:00" in UTC. Beside what feeds write also "3 March 2024", "March 3, 2024",
// "3. März 2024", "3 de marzo de 2024" within other words, 03.03.2024 (day first) and
// 3/4/2024, where `locale` or `language` tells which comes first (month: en, en-US).
base::Result<std::string> read_date(std::string_view text, std::string_view locale,
                                    std::string_view language);

}  // namespace crawld::parsers
