#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "crawler/base/ascii.h"
#include "parsers/extract/values.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::Result;

// Languages that write 1,5 for one and a half (CLDR).
constexpr std::string_view kCommaLanguages[] = {
    "af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr",
    "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "lt", "lv", "mk", "nb", "nl", "nn",
    "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi"};
// Their regions that do not.
constexpr std::string_view kPointRegions[] = {"de-ch", "de-li", "it-ch", "es-mx", "es-us",
                                              "es-pr", "es-gt", "es-hn", "es-ni", "es-pa",
                                              "es-pe", "es-sv", "es-do", "es-419"};

enum class Mark { unknown, point, comma };

Mark decimal_mark(std::string_view locale) {
  if (locale.empty()) return Mark::unknown;
  std::string lower = base::ascii_lower(locale);
  std::replace(lower.begin(), lower.end(), '_', '-');
  auto has = [](const auto& names, std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  if (has(kPointRegions, lower)) return Mark::point;
  return has(kCommaLanguages, lower.substr(0, lower.find('-'))) ? Mark::comma : Mark::point;
}

// A number as written: digits in groups, and what stands before each group.
struct Token {
  bool negative = false;
  std::vector<std::string> groups;
  std::string marks;  // marks[i] between groups[i] and groups[i + 1]
};

// The marks that may stand inside a number, each by one letter.
char mark_of(UChar32 c) {
  switch (c) {
    case '.':
    case 0x066B:  // Arabic decimal separator
      return '.';
    case ',':
      return ',';
    case 0x066C:  // Arabic thousands separator
    case '\'':
    case 0x2019:
      return '\'';
    case ' ':
    case 0xA0:
    case 0x2009:
    case 0x202F:
      return ' ';
    default:
      return '\0';
  }
}

struct Character {
  UChar32 code;
  int digit;  // -1: none
};

std::vector<Character> characters_of(std::string_view text) {
  std::vector<Character> all;
  constexpr std::size_t kLongest = 4096;  // no number stands further in
  text = text.substr(0, kLongest);
  auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < length;) {
    UChar32 c;
    U8_NEXT(text.data(), at, length, c);
    int digit = c >= 0 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue(c) : -1;
    all.push_back({c, digit});
  }
  return all;
}

// Whether a minus stands before position `at`: "-5", "-$5", "- 5", but not "A-5".
bool minus_before(const std::vector<Character>& text, std::size_t at) {
  while (at > 0) {
    UChar32 c = text[at - 1].code;
    if (c == '-' || c == 0x2212) {
      return at < 2 || (!u_isalnum(text[at - 2].code) && text[at - 2].code != '-');
    }
    if (c != ' ' && c != 0xA0 && u_charType(c) != U_CURRENCY_SYMBOL) return false;
    --at;
  }
  return false;
}

std::optional<Token> first_number(std::string_view written) {
  auto text = characters_of(written);
  std::size_t at = 0;
  while (at < text.size() && text[at].digit < 0) ++at;
  if (at == text.size()) return std::nullopt;
  Token token;
  bool bare_fraction =
      at > 0 && text[at - 1].code == '.' && (at < 2 || !u_isalnum(text[at - 2].code));
  token.negative = minus_before(text, bare_fraction ? at - 1 : at);
  if (bare_fraction) {
    token.groups.emplace_back("0");
    token.marks += '.';
  }
  while (true) {
    std::string group;
    while (at < text.size() && text[at].digit >= 0) {
      group += static_cast<char>('0' + text[at++].digit);
    }
    token.groups.push_back(std::move(group));
    if (at + 1 >= text.size() || text[at + 1].digit < 0) break;
    char mark = mark_of(text[at].code);
    if (mark == '\0') break;
    if (mark == ' ' || mark == '\'') {
      // A gap groups thousands only where exactly three digits follow.
      std::size_t digits = 0;
      while (at + 1 + digits < text.size() && text[at + 1 + digits].digit >= 0) ++digits;
      if (digits != 3 || token.groups.back().size() > 3) break;
    }
    token.marks += mark;
    ++at;
  }
  return token;
}

struct Decimal {
  std::string whole;
  std::string fraction;
};

// Groups before `end` joined, or nothing where they are no thousands.
std::optional<std::string> joined(const Token& token, std::size_t end) {
  std::string whole = token.groups[0];
  if (end > 1 && (whole.empty() || whole.size() > 3)) return std::nullopt;
  for (std::size_t i = 1; i < end; ++i) {
    std::size_t size = token.groups[i].size();
    bool indian = size == 2 && i + 1 < end;  // 12,34,567
    if (size != 3 && !indian) return std::nullopt;
    whole += token.groups[i];
  }
  return whole;
}

// Which mark, if any, parts the fraction; "" means none. Nothing: cannot be told.
std::optional<std::size_t> fraction_at(const Token& token, Mark rule, bool is_price) {
  const std::string& marks = token.marks;
  std::size_t last = marks.size();
  if (last == 0) return 1;
  char mark = marks.back();
  if (mark == ' ' || mark == '\'') return last + 1;
  bool alone = std::count(marks.begin(), marks.end(), mark) == 1;
  if (!alone) return last + 1;
  bool other_marks = last > 1;
  bool like_thousands = token.groups.back().size() == 3 && token.groups[last - 1].size() <= 3 &&
                        token.groups[0] != "0";
  if (other_marks) {
    // "1 234,567" has a fraction; "1'234.567" too: the other mark groups already.
    return last;
  }
  if (!like_thousands) return last;
  if (rule != Mark::unknown) return (mark == '.') == (rule == Mark::point) ? last : last + 1;
  return mark == '.' && !is_price ? last : last + 1;
}

std::optional<Decimal> decimal_of(const Token& token, Mark locale, Mark language, bool is_price) {
  Mark rule = locale != Mark::unknown ? locale : language;
  auto at = fraction_at(token, rule, is_price);
  if (!at) return std::nullopt;
  bool fraction = *at < token.groups.size();
  if (fraction && locale != Mark::unknown) {
    bool agrees = (token.marks[*at - 1] == '.') == (locale == Mark::point);
    if (!agrees) return std::nullopt;
  }
  auto whole = joined(token, *at);
  // "1.2.3" is no number; its first part is as good as any and a version is none.
  if (!whole) return std::nullopt;
  return Decimal{*whole, fraction ? token.groups.back() : ""};
}

std::string json_of(const Decimal& decimal, bool negative) {
  std::size_t first = std::min(decimal.whole.find_first_not_of('0'), decimal.whole.size());
  std::string text = decimal.whole.substr(first);
  if (text.empty()) text = "0";
  std::size_t last = decimal.fraction.find_last_not_of('0');
  if (last != std::string::npos) text += "." + decimal.fraction.substr(0, last + 1);
  return negative && text != "0" ? "-" + text : text;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::size_t cut = std::min(text.size(), kShown);
  while (cut < text.size() && cut > 0 && (text[cut] & 0xC0) == 0x80) --cut;
  return "\"" + std::string(text.substr(0, cut)) + (cut < text.size() ? "…\"" : "\"");
}

Result<std::string> number(std::string_view text, std::string_view locale,
                           std::string_view language, bool is_price) {
  auto token = first_number(text);
  if (!token) return Error{Error::Code::invalid, "no number in " + quoted(text)};
  auto decimal = decimal_of(*token, decimal_mark(locale), decimal_mark(language), is_price);
  if (!decimal) {
    std::string where = locale.empty() ? "" : " as " + std::string(locale) + " writes them";
    return Error{Error::Code::invalid, "not a number" + where + ": " + quoted(text)};
  }
  return json_of(*decimal, token->negative);
}

struct Sign {
  std::string_view text;
  std::string_view code;
};

// Longer signs first: "US$" before "$". Letters must stand alone.
constexpr Sign kSigns[] = {
    {"US$", "USD"}, {"AU$", "AUD"}, {"CA$", "CAD"}, {"HK$", "HKD"}, {"NZ$", "NZD"}, {"MX$", "MXN"},
    {"NT$", "TWD"}, {"A$", "AUD"},  {"C$", "CAD"},  {"R$", "BRL"},  {"S$", "SGD"},  {"руб", "RUB"},
    {"грн", "UAH"}, {"Kč", "CZK"},  {"zł", "PLN"},  {"лв", "BGN"},  {"Ft", "HUF"},  {"lei", "RON"},
    {"Lei", "RON"}, {"Fr.", "CHF"}, {"RM", "MYR"},  {"Rp", "IDR"},  {"Rs", "INR"},  {"TL", "TRY"},
    {"円", "JPY"},  {"元", "CNY"},  {"원", "KRW"},  {"€", "EUR"},   {"£", "GBP"},   {"$", "USD"},
    {"₹", "INR"},   {"₽", "RUB"}, {"₩", "KRW"},   {"₺", "TRY"},   {"₴", "UAH"},   {"₪", "ILS"},
    {"฿", "THB"},   {"₫", "VND"},   {"₱", "PHP"},   {"₦", "NGN"},   {"₸", "KZT"},   {"₾", "GEL"},
    {"₼", "AZN"}, {"֏", "AMD"},   {"₡", "CRC"},   {"₲", "PYG"},   {"₵", "GHS"},   {"৳", "BDT"}};

constexpr std::string_view kCodes[] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL"};

bool is_letter(char c) {
  char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  bool before = at > 0 && is_letter(text[at - 1]) && is_letter(text[at]) &&
                static_cast<unsigned char>(text[at - 1]) < 0x80;
  std::size_t end = at + size;
  bool after = end < text.size() && is_letter(text[end]) && is_letter(text[end - 1]) &&
               static_cast<unsigned char>(text[end]) < 0x80;
  return !before && !after;
}

std::string_view currency_by_language(std::string_view sign, std::string_view language) {
  std::string_view two = language.substr(0, 2);
  if (sign == "kr") {
    if (two == "sv") return "SEK";
    if (two == "da") return "DKK";
    if (two == "is") return "ISK";
    return two == "nb" || two == "nn" || two == "no" ? "NOK" : "";
  }
  return two == "zh" ? "CNY" : "JPY";
}

// "$" is that of the region, where the language names one (CLDR).
std::string_view dollar_of(std::string_view language) {
  constexpr Sign kDollars[] = {{"AR", "ARS"}, {"AU", "AUD"}, {"CA", "CAD"}, {"CL", "CLP"},
                               {"CO", "COP"}, {"HK", "HKD"}, {"MX", "MXN"}, {"NZ", "NZD"},
                               {"SG", "SGD"}, {"TW", "TWD"}};
  if (language.size() < 5) return "USD";
  const std::string_view region = language.substr(language.size() - 2);
  for (const Sign& dollar : kDollars) {
    if (base::equals_ignoring_case(dollar.text, region)) return dollar.code;
  }
  return "USD";
}

std::string_view currency_of(std::string_view text, std::string_view language) {
  for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
    std::string_view word = text.substr(at, 3);
    bool upper = std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!upper || !stands_alone(text, at, 3)) continue;
    auto found = std::find(std::begin(kCodes), std::end(kCodes), word);
    if (found != std::end(kCodes)) return *found;
  }
  for (const Sign& sign : kSigns) {
    std::size_t at = text.find(sign.text);
    if (at == text.npos || !stands_alone(text, at, sign.text.size())) continue;
    return sign.text == "$" ? dollar_of(language) : sign.code;
  }
  for (std::string_view sign : {"kr", "\u00A5", "\uFFE5"}) {  // the yen, also in full width
    std::size_t at = text.find(sign);
    if (at == text.npos || !stands_alone(text, at, sign.size())) continue;
    return currency_by_language(sign, language);
  }
  return {};
}

bool is_listed(const char* const* names, std::string_view name) {
  while (*names != nullptr && !base::equals_ignoring_case(*names, name)) ++names;
  return *names != nullptr;
}

bool is_all(std::string_view text, std::size_t length, bool (*kind)(char)) {
  return text.size() == length && std::all_of(text.begin(), text.end(), kind);
}

}  // namespace

bool is_locale(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '-' || c == '_') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (!is_listed(uloc_getISOLanguages(), parts[0])) return false;
  std::size_t at = 1;
  if (at < parts.size() && is_all(parts[at], 4, base::is_ascii_alpha)) ++at;
  if (at < parts.size() && is_all(parts[at], 2, base::is_ascii_alpha)) {
    if (!is_listed(uloc_getISOCountries(), parts[at])) return false;
    ++at;
  } else if (at < parts.size() && is_all(parts[at], 3, base::is_ascii_digit)) {
    ++at;
  }
  return at == parts.size();
}

Result<std::string> read_number(std::string_view text, std::string_view locale,
                                std::string_view language) {
  return number(text, locale, language, false);
}

Result<std::string> read_integer(std::string_view text, std::string_view locale,
                                 std::string_view language) {
  // Where only whole numbers are meant, "1.234" can but be grouped.
  auto read = number(text, locale, language, true);
  if (read && read->find('.') != std::string::npos) {
    return Error{Error::Code::invalid, "not a whole number: " + quoted(text)};
  }
  return read;
}

Result<std::string> read_price(std::string_view text, std::string_view locale,
                               std::string_view language) {
  auto amount = number(text, locale, language, true);
  if (!amount) return amount;
  std::string_view currency = currency_of(text, locale.empty() ? language : locale);
  std::string code = currency.empty() ? "null" : "\"" + std::string(currency) + "\"";
  return "{\"amount\":" + *amount + ",\"currency\":" + code + "}";
}

Result<std::string> read_boolean(std::string_view text) {
  constexpr std::string_view kTrue[] = {"true", "yes", "y",   "1",   "on", "ja", "oui",
                                        "si",   "sí",  "sim", "tak", "да", "✓",  "✔"};
  constexpr std::string_view kFalse[] = {"false", "no",  "n",   "0",   "off", "nein", "non",
                                         "não",   "nie", "нет", "nee", "nej", "✗",    "✘"};
  std::string lower = base::ascii_lower(text);
  for (std::string_view word : kTrue) {
    if (lower == word) return std::string("true");
  }
  for (std::string_view word : kFalse) {
    if (lower == word) return std::string("false");
  }
  return Error{Error::Code::invalid, "neither yes nor no: " + quoted(text)};
}

}  // namespace crawld::parsers
