// Any bytes as the value of header fields that steer the crawl: waits are no longer than they can
// be counted, dates come back as they were written, links are absolute, words are told once.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawler/model/content_signal.h"
#include "crawler/policy/http_date.h"
#include "crawler/policy/settle.h"
#include "parsers/bytes/media_type.h"
#include "parsers/link_headers.h"
#include "parsers/robots_directives.h"
#include "parsers/text/dates.h"

using namespace crawld;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_times(std::string_view text) {
  (void)policy::parse_http_date(text);
  const auto now = base::from_millis(1'700'000'000'000);
  if (const auto wait = policy::retry_after(text, now)) {
    check(base::Duration(*wait) >= base::Duration(0) && *wait <= std::chrono::hours(400 * 24));
  }
  if (const auto date = parsers::parse_date(text)) {
    check(parsers::parse_date(parsers::iso_date(*date)) == date);
  }
}

void check_type(std::string_view text) {
  const parsers::MediaType type = parsers::parse_content_type(text);
  if (type.essence.empty()) return;
  check(std::count(type.essence.begin(), type.essence.end(), '/') == 1);
  check(parsers::parse_content_type(type.essence).essence == type.essence);
}

void check_links(std::string_view text) {
  constexpr std::size_t kMostLinks = 8;
  model::ParsedPage page;
  parsers::add_header_links({.link = text, .refresh = text}, "https://a.test/b/c", kMostLinks,
                            page);
  check(page.links.size() <= kMostLinks);
  for (const auto& link : page.links) check(model::Url::parse(link.url).has_value());
  for (const auto& feed : page.feeds) check(model::Url::parse(feed.url).has_value());
}

void check_directives(std::string_view text) {
  constexpr std::size_t kMost = 64;
  parsers::RobotsDirectives directives("examplebot");
  directives.add_header(text);
  directives.add_meta("robots", text);
  directives.add_content_signal(text);
  auto all = directives.take();
  check(all.size() <= kMost);
  std::sort(all.begin(), all.end());
  check(std::adjacent_find(all.begin(), all.end()) == all.end());
  for (const std::string& signal : model::content_signals(text)) {
    check(signal.find('=') != signal.npos && signal.find('=') != 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_times(text);
  check_type(text);
  check_links(text);
  check_directives(text);
  return 0;
}
