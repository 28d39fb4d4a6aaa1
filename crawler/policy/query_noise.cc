#include "crawler/policy/query_noise.h"

#include <algorithm>
#include <array>
#include <string>

#include "crawler/base/ascii.h"

namespace crawld::policy {
namespace {

// Sorted. What advertising and mailing systems append to links.
constexpr std::array<std::string_view, 43> kTracking = {
    "__hsfp",
    "__hssc",
    "__hstc",
    "__s",
    "_branch_match_id",
    "_bta_c",
    "_bta_tid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_kx",
    "_openstat",
    "dclid",
    "epik",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fbclid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "hsctatracking",
    "igsh",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "ml_subscriber",
    "ml_subscriber_hash",
    "msclkid",
    "oly_anon_id",
    "oly_enc_id",
    "rb_clickid",
    "srsltid",
    "ttclid",
    "twclid",
    "vero_id",
    "wbraid",
    "yclid",
    "ysclid",
};
constexpr std::array<std::string_view, 5> kTrackingPrefixes = {"hsa_", "mtm_", "piwik_", "pk_",
                                                               "utm_"};

// Names that nobody uses for anything but sessions. Sorted.
constexpr std::array<std::string_view, 9> kSessions = {
    "cfid",   "cftoken",   "jsessionid",   "jservsessionid", "osadminid",
    "oscsid", "phpsessid", "phpsessionid", "zenid",
};
// Names that count with a value of a session's looks. Sorted.
constexpr std::array<std::string_view, 8> kPerhapsSessions = {
    "sess", "sessid", "session", "session_id", "sessionid", "sid", "sessidt", "xtsid",
};

constexpr std::size_t kMinSessionValue = 16;

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& table, std::string_view name) {
  return std::find(table.begin(), table.end(), name) != table.end();
}

// Long, without spaces or words: hexadecimal, or letters and digits mixed.
bool looks_like_session(std::string_view value) {
  if (value.size() < kMinSessionValue) return false;
  if (std::all_of(value.begin(), value.end(), base::is_ascii_hex_digit)) return true;
  return std::all_of(value.begin(), value.end(), base::is_ascii_alphanumeric) &&
         std::count_if(value.begin(), value.end(), base::is_ascii_digit) >= 4;
}

}  // namespace

bool is_tracking_parameter(std::string_view name) {
  // Everything in the tables starts with one of these; most parameters do not.
  if (name.size() < 3 ||
      std::string_view("_defghilmoprstuvwy").find(name[0]) == std::string_view::npos) {
    return false;
  }
  for (const std::string_view prefix : kTrackingPrefixes) {
    if (name.starts_with(prefix)) return true;
  }
  return std::binary_search(kTracking.begin(), kTracking.end(), name);
}

bool is_session_parameter(std::string_view name, std::string_view value) {
  if (name.empty() || std::string_view("acjopsxz").find(name[0]) == std::string_view::npos) {
    return false;
  }
  if (name.starts_with("aspsessionid") || contains(kSessions, name)) return true;
  if (contains(kPerhapsSessions, name)) return looks_like_session(value);
  // "?s=" is the search of every other weblog, and the session of old forums.
  return name == "s" && value.size() == 32 &&
         std::all_of(value.begin(), value.end(), base::is_ascii_hex_digit);
}

bool is_session_path_parameter(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  return is_session_parameter(base::ascii_lower(text.substr(0, equals)), text.substr(equals + 1));
}

bool is_session_segment(std::string_view segment) {
  if (segment.size() < 12 || !segment.starts_with('(') || !segment.ends_with("))")) return false;
  segment = segment.substr(1, segment.size() - 2);
  while (!segment.empty()) {
    if (!base::is_ascii_alphanumeric(segment[0]) || segment.size() < 3 || segment[1] != '(')
      return false;
    const std::size_t close = segment.find(')');
    if (close == std::string_view::npos || close < 2 + 8) return false;
    const std::string_view id = segment.substr(2, close - 2);
    const auto in_id = [](char c) {
      return base::is_ascii_alphanumeric(c) || c == '-' || c == '_';
    };
    if (!std::all_of(id.begin(), id.end(), in_id)) return false;
    segment.remove_prefix(close + 1);
  }
  return true;
}

bool is_index_page(std::string_view segment) {
  if (segment.size() < 9 || segment.size() > 13) return false;
  const std::string lower = base::ascii_lower(segment);
  const std::string_view name = lower;
  const std::size_t dot = name.find('.');
  const std::string_view stem = name.substr(0, dot);
  if (dot == std::string_view::npos || (stem != "index" && stem != "default")) return false;
  constexpr std::array<std::string_view, 12> kExtensions = {
      "html", "htm", "php", "asp", "aspx", "jsp", "shtml", "xhtml", "cgi", "pl", "cfm", "php5"};
  return contains(kExtensions, name.substr(dot + 1));
}

}  // namespace crawld::policy
