#include "crawler/cli/seed_troubles.h"

#include <cstdlib>
#include <optional>
#include <string_view>

#include "config/starting_points.h"
#include "crawler/cli/advice.h"
#include "crawler/cli/known_url.h"
#include "storage/reports/url_story.h"

namespace crawld::cli {
namespace {

constexpr std::size_t kMostTold = 3;
constexpr std::size_t kMostAsked = 200;
constexpr std::size_t kMostHops = 5;

bool is_trouble(const storage::UrlStory& story) {
  return story.state == "failed" || story.state == "blocked" || story.state == "disallowed" ||
         story.state == "gone" || story.state == "retry_later" || story.state == "parse_error" ||
         story.state == "out_of_scope" || story.script_only;
}

// What the last request said beyond the reason.
std::string detail(const storage::UrlStory& story) {
  std::string text = story.fetches.empty() ? story.robots_trouble : story.fetches.front().detail;
  if (text.starts_with(story.reason + ": ")) text.erase(0, story.reason.size() + 2);
  return text == story.reason ? "" : text;
}

// A proxy that wget and curl would have taken from the environment; a crawl takes none, so that the
// same file does the same under a service. Empty: there is none, or the site has one of its own.
std::string_view ignored_proxy(const config::Site& site) {
  if (!site.proxies.empty()) return {};
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return name;
  }
  return {};
}

std::string hint_for(const storage::UrlStory& story, const config::Site& site) {
  std::string hint(advice_on(story.reason));
  if (story.reason != "dns" && story.reason != "connect") return hint;
  const std::string_view proxy = ignored_proxy(site);
  if (!proxy.empty()) {
    hint += "; $" + std::string(proxy) + " is not used: --proxy URL (proxy:)";
  }
  return hint;
}

SeedTrouble trouble_of(const storage::UrlStory& story, const config::Site& site) {
  std::string text = story.url + " " + story.state;
  if (!story.reason.empty()) text += ": " + story.reason;
  if (story.script_only) return {text + ", and holds no text", "JavaScript is not run"};
  const std::string more = detail(story);
  if (!more.empty()) text += " (" + more + ")";
  return {std::move(text), hint_for(story, site)};
}

std::optional<storage::UrlStory> story_of(storage::Database& reader, const std::string& seed) {
  const auto known = find_known_url(reader, seed);
  if (!known || known->id == 0) return std::nullopt;
  auto story = storage::url_story(reader, known->id);
  return story ? *std::move(story) : std::nullopt;
}

// Where a seed that redirects ends, as far as it is known; `way` grows by "redirected to URL".
storage::UrlStory end_of_redirects(storage::Database& reader, storage::UrlStory story,
                                   std::string& way) {
  for (std::size_t hop = 0; hop < kMostHops; ++hop) {
    if (story.state != "redirected" || story.fetches.empty()) break;
    auto target = story_of(reader, story.fetches.front().detail);
    if (!target || target->id == story.id) break;
    way += story.url + " redirected to ";
    story = *std::move(target);
  }
  return story;
}

}  // namespace

SeedTroubles seed_troubles(storage::Database& reader, const std::vector<config::Site>& sites) {
  SeedTroubles troubles;
  std::size_t asked = 0;
  for (const config::Site& site : sites) {
    for (const std::string_view seed : config::starting_points(site)) {
      if (asked++ == kMostAsked) {
        troubles.asked_of = kMostAsked;
        return troubles;
      }
      auto story = story_of(reader, std::string(seed));
      if (!story) continue;
      std::string way;
      const storage::UrlStory end = end_of_redirects(reader, *std::move(story), way);
      if (!is_trouble(end)) continue;
      if (troubles.told.size() == kMostTold) {
        ++troubles.more;
        continue;
      }
      troubles.told.push_back(trouble_of(end, site));
      troubles.told.back().text.insert(0, way);
    }
  }
  return troubles;
}

std::string more_troubles(const SeedTroubles& seeds) {
  if (seeds.more == 0) return {};
  std::string text = std::to_string(seeds.more) + " more";
  if (seeds.asked_of > 0) text += " of the first " + std::to_string(seeds.asked_of);
  return text +
         " brought nothing; of each seed tells crawld sql \"SELECT url, state, reason FROM urls "
         "WHERE hop = 'S'\"";
}

}  // namespace crawld::cli
