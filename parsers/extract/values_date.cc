#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "crawler/base/ascii.h"
#include "parsers/extract/values.h"
#include "parsers/text/date_names.h"
#include "parsers/text/dates.h"
#include "parsers/text/month_names.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::Result;

int month_of(std::string_view word, std::string_view language) {
  const int known = month_in_language(word, language);
  return known != 0 ? known : month_in_any_language(word).value_or(0);
}

// A word, a number or one mark.
struct Piece {
  enum class Kind { word, number, mark } kind;
  std::string text;
  int value = 0;  // of a number of up to 8 digits
  std::size_t digits = 0;
};

constexpr UChar32 kLeftToRightMark = 0x200E;
constexpr UChar32 kRightToLeftMark = 0x200F;

std::vector<Piece> pieces_of(std::string_view text) {
  constexpr std::size_t kLongest = 2048;
  constexpr std::size_t kMostPieces = 300;
  text = text.substr(0, kLongest);
  std::vector<Piece> pieces;
  auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < length && pieces.size() < kMostPieces;) {
    std::int32_t start = at;
    UChar32 c;
    U8_NEXT(text.data(), at, length, c);
    if (c < 0 || c == ' ' || u_isUWhiteSpace(c)) continue;
    bool digit = c >= '0' && c <= '9';
    // Marks above and below letters are part of words (Hindi, Thai, Persian).
    bool letter = !digit && (u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0);
    if (c == kLeftToRightMark || c == kRightToLeftMark) continue;
    bool join = !pieces.empty() && start > 0 &&
                !base::is_ascii_space(text[static_cast<std::size_t>(start - 1)]);
    Piece::Kind kind = digit ? Piece::Kind::number : letter ? Piece::Kind::word : Piece::Kind::mark;
    bool cjk =
        c == 0x5E74 || c == 0x6708 || c == 0x65E5 || c == 0xB144 || c == 0xC6D4 || c == 0xC77C;
    if (cjk) kind = Piece::Kind::mark;
    bool same = join && kind != Piece::Kind::mark && pieces.back().kind == kind;
    if (!same) pieces.push_back({kind, "", 0, 0});
    Piece& piece = pieces.back();
    UChar32 lower = u_tolower(c);
    char bytes[4];
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, lower);
    piece.text.append(bytes, static_cast<std::size_t>(size));
    if (digit && ++piece.digits <= 8) piece.value = piece.value * 10 + (c - '0');
  }
  return pieces;
}

struct Found {
  int year = 0;
  int month = 0;
  int day = 0;  // 0: none told
  std::size_t after = 0;
};

int days_in(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

bool possible(const Found& date) {
  return date.year >= 1000 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
         date.day >= 0 && date.day <= days_in(date.year, date.month);
}

// Looks for a date from one piece on.
class Reader {
 public:
  Reader(const std::vector<Piece>& pieces, std::string_view language, bool month_first)
      : pieces_(pieces), language_(language), month_first_(month_first) {}

  std::optional<Found> from(std::size_t at) const {
    for (auto form :
         {&Reader::vietnamese, &Reader::year_first, &Reader::day_month_year,
          &Reader::month_day_year, &Reader::marked, &Reader::east_asian, &Reader::month_year}) {
      auto found = (this->*form)(at);
      if (found && possible(*found)) return found;
    }
    return std::nullopt;
  }

 private:
  bool number(std::size_t at, std::size_t most_digits) const {
    return at < pieces_.size() && pieces_[at].kind == Piece::Kind::number &&
           pieces_[at].digits <= most_digits;
  }
  bool text(std::size_t at, std::string_view wanted) const {
    return at < pieces_.size() && pieces_[at].text == wanted;
  }
  int month(std::size_t at) const {
    bool word = at < pieces_.size() && pieces_[at].kind == Piece::Kind::word;
    return word ? month_of(pieces_[at].text, language_) : 0;
  }
  // What may stand between day, month and year: "of", "de", ".", ",", endings.
  std::size_t past_filler(std::size_t at) const {
    constexpr std::string_view kFillers[] = {".",  ",",  "of", "de", "del",  "den", "st", "nd",
                                             "rd", "th", "er", "º",  "ª",    "the", "d",  "’",
                                             "'",  "׳",  "،",  "m",  "gada", "ค",   "ศ"};
    for (int i = 0; i < 5 && at < pieces_.size(); ++i, ++at) {
      if (std::find(std::begin(kFillers), std::end(kFillers), pieces_[at].text) ==
          std::end(kFillers)) {
        break;
      }
    }
    return at;
  }
  std::optional<int> year(std::size_t at, bool short_too) const {
    if (!number(at, 4)) return std::nullopt;
    const Piece& piece = pieces_[at];
    if (piece.digits == 4) return piece.value;
    if (!short_too || piece.digits != 2 || starts_time(at)) return std::nullopt;
    return piece.value + (piece.value < 70 ? 2000 : 1900);
  }

  // "10:30", "10h30", "10.30": no year.
  bool starts_time(std::size_t at) const {
    return (text(at + 1, ":") || text(at + 1, "h") || text(at + 1, ".")) && number(at + 2, 2);
  }

  // 2002. március 8., 2014 m. liepos 5 d., 1997. gada 11. janvāris.
  std::optional<Found> year_first(std::size_t at) const {
    auto told = year(at, false);
    std::size_t name = past_filler(at + 1);
    if (!told || name == at + 1) return std::nullopt;
    if (int found = month(name); found != 0) {
      std::size_t day = past_filler(name + 1);
      if (!number(day, 2) || text(day + 1, ":")) return std::nullopt;
      return Found{*told, found, pieces_[day].value, past_filler(day + 1)};
    }
    if (!number(name, 2) || !text(name + 1, ".")) return std::nullopt;
    int found = month(name + 2);
    if (found == 0) return std::nullopt;
    return Found{*told, found, pieces_[name].value, name + 3};
  }

  // 5 tháng 6, 2015; 5 tháng 6 năm 2015.
  std::optional<Found> vietnamese(std::size_t at) const {
    bool form =
        number(at, 2) && (text(at + 1, "tháng") || text(at + 1, "thg")) && number(at + 2, 2);
    std::size_t last = at + 3;
    if (text(last, ",") || text(last, "năm")) ++last;
    auto told = year(last, false);
    if (!form || !told) return std::nullopt;
    return Found{*told, pieces_[at + 2].value, pieces_[at].value, last + 1};
  }

  std::optional<Found> day_month_year(std::size_t at) const {
    if (!number(at, 2)) return std::nullopt;
    std::size_t name = past_filler(at + 1);
    if (name < pieces_.size() && text(name, "-")) ++name;
    int found = month(name);
    if (found == 0) return std::nullopt;
    std::size_t last = past_filler(name + 1);
    if (text(last, "-") || text(last, "'") || text(last, "’")) ++last;
    auto told = year(last, true);
    if (!told) return std::nullopt;
    return Found{*told, found, pieces_[at].value, last + 1};
  }

  std::optional<Found> month_day_year(std::size_t at) const {
    int found = month(at);
    std::size_t day = past_filler(at + 1);
    if (found == 0 || !number(day, 2)) return std::nullopt;
    std::size_t last = past_filler(day + 1);
    auto told = year(last, false);
    if (!told) return std::nullopt;
    return Found{*told, found, pieces_[day].value, last + 1};
  }

  std::optional<Found> month_year(std::size_t at) const {
    int found = month(at);
    std::size_t last = past_filler(at + 1);
    auto told = year(last, false);
    bool day_before = at > 0 && pieces_[at - 1].kind == Piece::Kind::number;
    if (found == 0 || !told || day_before) return std::nullopt;
    return Found{*told, found, 0, last + 1};
  }

  // 2024-03-03, 3.3.2024, 3/13/2024: numbers between two equal marks.
  std::optional<Found> marked(std::size_t at) const {
    bool form = number(at, 4) && number(at + 2, 2) && number(at + 4, 4) &&
                at + 4 < pieces_.size() && pieces_[at + 1].text == pieces_[at + 3].text;
    if (!form) return std::nullopt;
    const std::string& mark = pieces_[at + 1].text;
    if (mark != "." && mark != "/" && mark != "-") return std::nullopt;
    int first = pieces_[at].value;
    int second = pieces_[at + 2].value;
    if (pieces_[at].digits == 4) {
      if (pieces_[at + 4].digits > 2) return std::nullopt;
      return Found{first, second, pieces_[at + 4].value, at + 5};
    }
    auto told = year(at + 4, true);
    if (!told || pieces_[at].digits > 2) return std::nullopt;
    bool swap = mark != "." && (second > 12 || (month_first_ && first <= 12));
    return Found{*told, swap ? first : second, swap ? second : first, at + 5};
  }

  // 2024年3月3日, 2024년 3월 3일.
  std::optional<Found> east_asian(std::size_t at) const {
    bool form = number(at, 4) && (text(at + 1, "年") || text(at + 1, "년")) && number(at + 2, 2) &&
                (text(at + 3, "月") || text(at + 3, "월"));
    if (!form) return std::nullopt;
    Found found{pieces_[at].value, pieces_[at + 2].value, 0, at + 4};
    if (number(at + 4, 2) && (text(at + 5, "日") || text(at + 5, "일"))) {
      found.day = pieces_[at + 4].value;
      found.after = at + 6;
    }
    return found;
  }

  const std::vector<Piece>& pieces_;
  std::string_view language_;
  bool month_first_;
};

// "T10:30:00" of what follows a date, or "".
std::string time_of(const std::vector<Piece>& pieces, std::size_t at) {
  constexpr std::string_view kFillers[] = {"t",  ",", "at",  "um", "à",   "-", "|", "·", "alle",
                                           "kl", ".", "ore", "a",  "las", "в", "–", "—", "("};
  for (int i = 0; i < 3 && at < pieces.size(); ++i, ++at) {
    if (std::find(std::begin(kFillers), std::end(kFillers), pieces[at].text) ==
        std::end(kFillers)) {
      break;
    }
  }
  auto number = [&](std::size_t i) {
    return i < pieces.size() && pieces[i].kind == Piece::Kind::number && pieces[i].digits <= 2;
  };
  auto is = [&](std::size_t i, std::string_view text) {
    return i < pieces.size() && pieces[i].text == text;
  };
  if (!number(at) || !number(at + 2) || !(is(at + 1, ":") || is(at + 1, "h"))) return "";
  int hour = pieces[at].value;
  int minute = pieces[at + 2].value;
  int second = 0;
  at += 3;
  if (is(at, ":") && number(at + 1)) {
    second = pieces[at + 1].value;
    at += 2;
  }
  bool afternoon = is(at, "pm") || is(at, "م") || ((is(at, "p") || is(at, "μ")) && is(at + 1, "."));
  bool morning = is(at, "am") || is(at, "ص") || ((is(at, "a") || is(at, "π")) && is(at + 1, "."));
  if (afternoon && hour < 12) hour += 12;
  if (morning && hour == 12) hour = 0;
  if (hour > 23 || minute > 59 || second > 59) return "";
  char text[48];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", hour, minute, second);
  return text;
}

bool tells_zone(const std::vector<Piece>& pieces) {
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    if (pieces[i].text == "+" && pieces[i + 1].kind == Piece::Kind::number) return true;
  }
  return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return piece.text == "gmt" || piece.text == "utc" || piece.text == "z" || piece.text == "est" ||
           piece.text == "edt" || piece.text == "cet" || piece.text == "cest" ||
           piece.text == "pst" || piece.text == "pdt";
  });
}

bool writes_month_first(std::string_view locale) {
  if (locale.empty()) return true;
  std::string lower = base::ascii_lower(locale);
  std::replace(lower.begin(), lower.end(), '_', '-');
  return lower == "en" || lower == "en-us" || lower == "en-ph" || lower == "es-us";
}

std::string json_of(const Found& date, const std::string& time) {
  char text[48];
  if (date.day == 0) {
    std::snprintf(text, sizeof text, "\"%04d-%02d\"", date.year, date.month);
    return text;
  }
  std::snprintf(text, sizeof text, "\"%04d-%02d-%02d", date.year, date.month, date.day);
  return text + time + "\"";
}

}  // namespace

Result<std::string> read_date(std::string_view text, std::string_view locale,
                              std::string_view language) {
  auto pieces = pieces_of(text);
  const auto writer = locale.empty() ? language : locale;
  Reader reader(pieces, writer, writes_month_first(writer));
  std::optional<Found> found;
  for (std::size_t at = 0; at < pieces.size() && !found; ++at) found = reader.from(at);
  std::string time = found ? time_of(pieces, found->after) : "";
  // With a zone, or in a form of feeds, the moment itself is told.
  bool timed = !time.empty() && tells_zone(pieces);
  bool offset = !time.empty() && pieces.size() >= 4 && pieces[pieces.size() - 4].text == "-" &&
                pieces[pieces.size() - 2].text == ":";
  if (!found || timed || offset) {
    if (auto moment = parse_date(base::trim(text))) return "\"" + iso_date(*moment) + "\"";
  }
  if (found) return json_of(*found, time);
  return Error{Error::Code::invalid,
               "not a date: \"" +
                   std::string(text.substr(0, std::min<std::size_t>(60, text.size()))) + "\""};
}

}  // namespace crawld::parsers
