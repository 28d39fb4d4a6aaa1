#include "parsers/text/date_names.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "crawler/base/ascii.h"
#include "parsers/text/month_names.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::is_ascii_alpha;

struct Name {
  std::string_view text;  // lower case
  int value;
};

// English by its first three letters; others whole. Greek and Hungarian with the
// spellings that their feeds are known for.
constexpr Name kMonths[] = {
    {"jan", 1},        {"feb", 2},     {"mar", 3},      {"apr", 4},     {"may", 5},
    {"jun", 6},        {"jul", 7},     {"aug", 8},      {"sep", 9},     {"oct", 10},
    {"nov", 11},       {"dec", 12},    {"Ιαν", 1},      {"Φεβ", 2},     {"Μάώ", 3},
    {"Μαώ", 3},        {"Μάρ", 3},     {"Μαρ", 3},      {"Απρ", 4},     {"Μάι", 5},
    {"Μαϊ", 5},        {"Μαι", 5},     {"Ιούν", 6},     {"Ιον", 6},     {"Ιουν", 6},
    {"Ιούλ", 7},       {"Ιολ", 7},     {"Ιουλ", 7},     {"Αύγ", 8},     {"Αυγ", 8},
    {"Σεπ", 9},        {"Οκτ", 10},    {"Νοέ", 11},     {"Νοε", 11},    {"Δεκ", 12},
    {"január", 1},     {"február", 2}, {"februári", 2}, {"március", 3}, {"április", 4},
    {"máujus", 5},     {"május", 5},   {"június", 6},   {"július", 7},  {"augusztus", 8},
    {"szeptember", 9}, {"október", 10}};

// In the languages of most pages, as dates use them (genitives too).
constexpr std::string_view kMonthsOfLanguages[12] = {
    // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text a month
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń "
    "ledna leden января январь січня ocak ianuarie tammikuuta",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari lutego luty "
    "února únor февраля февраль лютого şubat februarie helmikuuta",
    "march mar märz mär mrz mars marzo março maart mrt marts marca marzec března březen марта "
    "март березня mart martie maaliskuuta",
    "april apr avril avr abril abr aprile kwietnia kwiecień dubna duben апреля апрель квітня "
    "nisan aprilie huhtikuuta",
    "may mai mayo maggio mag maio mei maj maja května květen мая май травня mayıs toukokuuta",
    "june jun juni juin junio giugno giu junho czerwca czerwiec června červen июня июнь червня "
    "haziran iunie kesäkuuta",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec července červenec июля июль "
    "липня temmuz iulie heinäkuuta",
    "august aug août aout agosto ago augustus augusti sierpnia sierpień srpna srpen августа "
    "август серпня ağustos elokuuta",
    "september sep sept septembre septiembre setiembre settembre set setembro września wrzesień "
    "září сентября сентябрь вересня eylül septembrie syyskuuta",
    "october oct oktober okt octobre octubre ottobre ott outubro out października październik "
    "října říjen октября октябрь жовтня ekim octombrie lokakuuta",
    "november nov novembre noviembre novembro listopada listopad листопада listopadu ноября "
    "ноябрь kasım noiembrie marraskuuta",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember grudnia "
    "grudzień prosince prosinec декабря декабрь грудня aralık decembrie joulukuuta"};

constexpr std::string_view kWeekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun",
                                          "Κυρ", "Δευ", "Τρι", "Τετ", "Πεμ", "Παρ", "Σαβ"};

// Minutes east of Greenwich. RFC 822 section 5, and what feeds use besides.
constexpr Name kZones[] = {
    {"z", 0},      {"ut", 0},     {"utc", 0},     {"gmt", 0},     {"wet", 0},    {"at", -240},
    {"ast", -240}, {"adt", -180}, {"et", -300},   {"est", -300},  {"edt", -240}, {"ct", -360},
    {"cst", -360}, {"cdt", -300}, {"mt", -420},   {"mst", -420},  {"mdt", -360}, {"pt", -480},
    {"pst", -480}, {"pdt", -420}, {"akst", -540}, {"akdt", -480}, {"hst", -600}, {"bst", 60},
    {"ist", 330},  {"west", 60},  {"met", 60},    {"cet", 60},    {"mest", 120}, {"cest", 120},
    {"eet", 120},  {"eest", 180}, {"msk", 180},   {"msd", 240},   {"sgt", 480},  {"hkt", 480},
    {"jst", 540},  {"kst", 540},  {"aest", 600},  {"aedt", 660},  {"nzst", 720}, {"nzdt", 780},
    {"a", -60},    {"n", 60},     {"m", -720},    {"y", 720}};

}  // namespace

std::optional<int> month_named(std::string_view word) {
  const std::string lower = ascii_lower(word);
  for (const auto& [name, month] : kMonths) {
    if (lower == name) return month;
  }
  // "June", "Sept." and misspelt endings: three letters decide.
  const bool plain = std::all_of(lower.begin(), lower.end(), is_ascii_alpha);
  for (const auto& [name, month] : kMonths) {
    if (plain && lower.size() >= 3 && lower.substr(0, 3) == name) return month;
  }
  return month_in_any_language(word);
}

std::optional<int> month_in_any_language(std::string_view name_as_written) {
  const std::string word = lower_case(name_as_written);
  if (word.empty()) return std::nullopt;
  for (int month = 0; month < 12; ++month) {
    const std::string_view names = kMonthsOfLanguages[month];
    for (std::size_t at = names.find(word); at != names.npos; at = names.find(word, at + 1)) {
      const bool starts = at == 0 || names[at - 1] == ' ';
      const std::size_t end = at + word.size();
      if (starts && (end == names.size() || names[end] == ' ')) return month + 1;
    }
  }
  const int clear = month_in_language(word, "");
  return clear != 0 ? std::optional(clear) : std::nullopt;
}

bool is_weekday(std::string_view word) {
  const std::string lower = ascii_lower(word);
  return std::any_of(std::begin(kWeekdays), std::end(kWeekdays),
                     [&](std::string_view name) { return lower.starts_with(name); });
}

std::optional<int> zone_named(std::string_view word) {
  const std::string lower = ascii_lower(word);
  for (const auto& [name, minutes] : kZones) {
    if (lower == name) return minutes;
  }
  return std::nullopt;
}

}  // namespace crawld::parsers
