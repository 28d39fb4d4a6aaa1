#include "parsers/robots_directives.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "crawler/base/ascii.h"
#include "crawler/model/content_signal.h"
#include "parsers/text/dates.h"

namespace crawld::parsers {
namespace {

using base::ascii_lower;
using base::equals_ignoring_case;
using base::trim;

// A page asks for a handful; more is noise.
constexpr std::size_t kMaxDirectives = 64;
constexpr std::size_t kMaxLength = 128;

constexpr std::string_view kValued[] = {"max-snippet", "max-image-preview", "max-video-preview",
                                        "unavailable_after"};

bool is_valued(std::string_view name) {
  return std::any_of(std::begin(kValued), std::end(kValued),
                     [&](std::string_view known) { return equals_ignoring_case(known, name); });
}

// The piece of `list` before its first comma; `list` moves behind it.
std::string_view take_piece(std::string_view& list) {
  const std::size_t end = std::min(list.find(','), list.size());
  const std::string_view piece = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return piece;
}

}  // namespace

RobotsDirectives::RobotsDirectives(std::string_view agent) : agent_(ascii_lower(agent)) {}

void RobotsDirectives::add_meta(std::string_view name, std::string_view content) {
  name = trim(name);
  if (equals_ignoring_case(name, "tdm-reservation")) return add_tdm_reservation(content);
  const bool ours = !agent_.empty() && equals_ignoring_case(name, agent_);
  if (ours || equals_ignoring_case(name, "robots")) add_list(content, Agents::unnamed);
}

void RobotsDirectives::add_header(std::string_view value) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find_first_of("\r\n"), value.size());
    add_list(value.substr(0, end), Agents::named);
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

void RobotsDirectives::add_tdm_reservation(std::string_view value) {
  if (trim(value) == "1") add("tdm-reservation");
}

void RobotsDirectives::add_content_signal(std::string_view value) {
  for (const std::string& signal : model::content_signals(value)) add("content-signal:" + signal);
}

void RobotsDirectives::add_list(std::string_view list, Agents agents) {
  bool for_us = true;
  while (!list.empty()) {
    std::string_view ahead = list;
    std::string_view piece = take_piece(ahead);
    std::size_t colon = piece.find(':');
    std::string_view name = trim(piece.substr(0, colon));
    // Of agents in a row the last is spoken to.
    while (agents == Agents::named && colon != std::string_view::npos && !is_valued(name)) {
      for_us = equals_ignoring_case(name, agent_) || name == "*";
      piece.remove_prefix(colon + 1);
      colon = piece.find(':');
      name = trim(piece.substr(0, colon));
    }
    if (colon != std::string_view::npos && is_valued(name)) {
      RobotsDirectives others("");
      RobotsDirectives& target = for_us ? *this : others;
      list.remove_prefix(static_cast<std::size_t>(piece.data() - list.data()) + colon + 1);
      list = target.add_valued(name, list);
      continue;
    }
    list = ahead;
    // "noindex nofollow" and "noindex;nofollow" are met too.
    for (std::string_view words = piece; for_us && !words.empty();) {
      const std::size_t end = std::min(words.find_first_of(" \t\r\n\f;"), words.size());
      add(words.substr(0, end));
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }
}

std::string_view RobotsDirectives::add_valued(std::string_view name, std::string_view list) {
  std::string_view rest = list;
  std::string_view value = trim(take_piece(rest));
  if (equals_ignoring_case(name, "unavailable_after")) {
    // A date may hold a comma itself: "Fri, 25 Jun 2010 15:00:00 GMT".
    std::string_view longer_rest = rest;
    take_piece(longer_rest);
    const std::string_view longer = trim(list.substr(0, list.size() - longer_rest.size()), " \t,");
    if (parse_date(longer)) {
      value = longer;
      rest = longer_rest;
    }
    const auto date = parse_date(value);
    add(std::string("unavailable_after:") + (date ? iso_date(*date) : std::string(value)));
    return rest;
  }
  add(std::string(name) + ":" + std::string(value));
  return rest;
}

void RobotsDirectives::add(std::string_view directive) {
  const bool is_date = directive.starts_with("unavailable_after:");
  std::string lower = is_date ? std::string(directive) : ascii_lower(directive);
  if (lower == "none") {
    add("noindex");
    lower = "nofollow";
  }
  const bool says_nothing = lower.empty() || lower == "all" || lower == "index" ||
                            lower == "follow" || lower.size() > kMaxLength;
  if (says_nothing || directives_.size() >= kMaxDirectives) return;
  const auto known = std::find(directives_.begin(), directives_.end(), lower);
  if (known == directives_.end()) directives_.push_back(std::move(lower));
}

}  // namespace crawld::parsers
