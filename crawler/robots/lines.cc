#include "crawler/robots/lines.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crawld::robots {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// Longer lines are cut: no URL of the web is as long, and Google's parser cuts here too.
constexpr std::size_t kMaxLine = 8 * 2083 - 1;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\0'; }

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";  // pasted from a web page

std::string_view trim(std::string_view text) {
  for (;;) {
    if (text.empty()) return text;
    if (is_space(text.front())) {
      text.remove_prefix(1);
    } else if (is_space(text.back())) {
      text.remove_suffix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      return text;
    }
  }
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

constexpr std::array<std::pair<std::string_view, Key>, 17> kKeys = {{
    {"user-agent", Key::user_agent},
    {"useragent", Key::user_agent},
    {"user agent", Key::user_agent},
    {"disallow", Key::disallow},
    {"allow", Key::allow},
    {"dissallow", Key::disallow},
    {"dissalow", Key::disallow},
    {"disalow", Key::disallow},
    {"diasllow", Key::disallow},
    {"disallaw", Key::disallow},
    {"crawl-delay", Key::crawl_delay},
    {"crawldelay", Key::crawl_delay},
    {"crawl delay", Key::crawl_delay},
    {"sitemap", Key::sitemap},
    {"site-map", Key::sitemap},
    {"sitemaps", Key::sitemap},
    {"content-signal", Key::content_signal},
}};

Key key_of(std::string_view name) {
  for (const auto& [spelling, key] : kKeys) {
    if (equal_ignoring_case(name, spelling)) return key;
  }
  return Key::unknown;
}

// "key value" without a colon counts when there is nothing else on the line.
std::size_t space_between_two_words(std::string_view text) {
  const std::size_t space = text.find_first_of(" \t");
  if (space == std::string_view::npos) return space;
  const std::size_t value = text.find_first_not_of(" \t", space);
  const bool third_word = text.find_first_of(" \t", value) != std::string_view::npos;
  return third_word ? std::string_view::npos : space;
}

}  // namespace

LineReader::LineReader(std::string_view text) : rest_(text.substr(0, kMaxBytes)) {
  if (text.size() > rest_.size()) {
    const std::size_t end = rest_.find_last_of("\r\n");
    rest_ = rest_.substr(0, end == std::string_view::npos ? 0 : end + 1);
  }
  // A byte order mark, or what a broken editor left of it.
  for (const char octet : kBom) {
    if (!rest_.starts_with(octet)) break;
    rest_.remove_prefix(1);
  }
}

std::string_view LineReader::take_line() {
  const std::size_t end = rest_.find_first_of("\r\n");
  const std::string_view line = rest_.substr(0, end);
  const bool two = end != std::string_view::npos && rest_.substr(end).starts_with("\r\n");
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + (two ? 2 : 1));
  ++number_;
  return line;
}

bool LineReader::next(Line& line) {
  while (!rest_.empty()) {
    std::string_view text = take_line().substr(0, kMaxLine);
    text = trim(text.substr(0, text.find('#')));
    std::size_t separator = text.find(':');
    if (separator == std::string_view::npos) separator = space_between_two_words(text);
    if (separator == std::string_view::npos) continue;
    line.key = key_of(trim(text.substr(0, separator)));
    if (line.key == Key::unknown) continue;
    line.value = trim(text.substr(separator + 1));
    line.number = number_;
    return true;
  }
  return false;
}

}  // namespace crawld::robots
