#include "crawler/robots/agent_rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

#include "crawler/model/content_signal.h"
#include "crawler/robots/pattern.h"

namespace crawld::robots {
namespace {

// More than a year between two requests is no delay but a joke or an accident.
constexpr double kMaxDelaySeconds = 366.0 * 86'400;

// Of patterns a host; RFC 9309 section 2.5 asks for no more than this for a whole file.
constexpr std::size_t kMaxPatterns = 500 * 1024;

// Bytes of a path that wildcards search through for one answer, 4 ms at worst: a path of 500 bytes
// meets 4,000 wildcards. The frontier's lock is held meanwhile.
constexpr std::size_t kMostSearched = 2U << 20;

std::optional<std::chrono::milliseconds> parse_delay(std::string_view value) {
  double seconds = 0;
  const char* const end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, seconds, std::chars_format::general);
  if (parsed.ec != std::errc() || !std::isfinite(seconds)) return std::nullopt;
  if (seconds < 0 || seconds > kMaxDelaySeconds) return std::nullopt;
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

}  // namespace

void AgentRules::add_rule(std::string_view path, bool allow, std::uint32_t line) {
  if (path.empty()) return;  // "Disallow:" forbids nothing
  if (patterns_.size() + path.size() > kMaxPatterns) return;
  add_pattern(path, allow, line);
  // Whoever allows /x/index.html means /x/ as well, which is the same page.
  const std::size_t slash = path.rfind('/');
  if (allow && slash != std::string_view::npos && path.substr(slash).starts_with("/index.htm")) {
    add_pattern(std::string(path.substr(0, slash + 1)) + '$', allow, line);
  }
}

void AgentRules::add_pattern(std::string_view path, bool allow, std::uint32_t line) {
  const auto at = static_cast<std::uint32_t>(patterns_.size());
  append_pattern(patterns_, path);
  const auto length = static_cast<std::uint32_t>(patterns_.size()) - at;
  const std::size_t star = std::string_view(patterns_).substr(at).find('*');
  rules_.push_back({.at = at,
                    .length = length,
                    .line = line,
                    .star = static_cast<std::uint16_t>(std::min<std::size_t>(star, kNoStar)),
                    .allow = allow});
}

void AgentRules::add_delay(std::string_view value) {
  const auto delay = parse_delay(value);
  if (delay) crawl_delay_ = std::max(crawl_delay_.value_or(*delay), *delay);
}

void AgentRules::add_signal(std::string_view value) {
  std::string all;
  for (const std::string& earlier : content_signals_) all += earlier + ",";
  content_signals_ = model::content_signals(all.append(value));
}

void AgentRules::sort() {
  // A rule that is said again decides nothing, and may have been said a hundred thousand times.
  const auto told = [this](const Rule& rule) {
    return std::tuple(std::string_view(patterns_).substr(rule.at, rule.length), rule.allow);
  };
  const auto by_pattern = [&](const Rule& a, const Rule& b) { return told(a) < told(b); };
  const auto same = [&](const Rule& a, const Rule& b) { return told(a) == told(b); };
  std::stable_sort(rules_.begin(), rules_.end(), by_pattern);
  rules_.erase(std::unique(rules_.begin(), rules_.end(), same), rules_.end());
  std::sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) {
    if (a.length != b.length) return a.length > b.length;
    return a.allow != b.allow ? a.allow : a.at < b.at;
  });
  patterns_.shrink_to_fit();
  rules_.shrink_to_fit();
}

Answer AgentRules::allowed(std::string_view path_and_query) const {
  if (rules_.empty() || path_and_query == "/robots.txt") return {};
  const std::string path = comparable_path(path_and_query.empty() ? "/" : path_and_query);
  std::size_t searched = 0;
  for (const Rule& rule : rules_) {
    const auto pattern = std::string_view(patterns_).substr(rule.at, rule.length);
    if (matches(pattern, path)) return {rule.allow, static_cast<int>(rule.line)};
    if (rule.star == kNoStar || !path.starts_with(pattern.substr(0, rule.star))) continue;
    searched += path.size();
    if (searched > kMostSearched) return {.allowed = false, .too_dear = true};
  }
  return {};
}

std::size_t AgentRules::memory() const {
  return patterns_.capacity() + rules_.capacity() * sizeof(Rule) +
         content_signals_.capacity() * sizeof(std::string);
}

}  // namespace crawld::robots
