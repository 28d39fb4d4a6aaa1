#include "crawler/pipeline/link_rules.h"

#include <charconv>
#include <string_view>
#include <utility>

namespace crawld::pipeline {
namespace {

// All that decides whether a link or a sitemap's entry is followed, scope aside: what scope refuses
// is in the books and judged again there.
std::string rules_of(const SiteRules& site) {
  std::string text;
  const auto add = [&](std::string_view name, bool on) {
    if (on) text.append(text.empty() ? "" : ",").append(name);
  };
  add("nofollow", site.follow.nofollow_links);
  add("meta_robots", site.follow.obey_meta_robots);
  add("forms", site.follow.forms);
  add("requisites", site.follow.requisites);
  add("css_urls", site.wants.css_urls);
  add("sitemaps", site.follow.sitemaps);
  return text;
}

}  // namespace

void LinkRules::load(const std::vector<storage::SiteLinkRules>& known) {
  for (const storage::SiteLinkRules& site : known) {
    Entry entry;
    const char* end = site.since_and_rules.data() + site.since_and_rules.size();
    const auto [at, error] = std::from_chars(site.since_and_rules.data(), end, entry.since);
    if (error != std::errc() || at == end || *at != ' ') continue;  // not ours: as if unknown
    entry.rules.assign(at + 1, end);
    by_name_[site.site] = std::move(entry);
  }
}

std::vector<storage::SiteLinkRules> LinkRules::change(const SiteTable& sites, storage::Millis now) {
  std::vector<storage::SiteLinkRules> news;
  since_.clear();
  for (const auto& site : sites) {
    std::string rules = rules_of(*site);
    const auto [known, is_new] = by_name_.try_emplace(site->name, Entry{rules, 0});
    Entry& entry = known->second;
    const bool is_other = entry.rules != rules;
    if (is_other) entry = {std::move(rules), now};
    since_.push_back(entry.since);
    if (is_new || is_other) {
      news.push_back({site->name, std::to_string(entry.since) + ' ' + entry.rules});
    }
  }
  return news;
}

bool LinkRules::are_newer_than(storage::Millis visited_at, model::SiteId site) const {
  return visited_at > 0 && site < since_.size() && visited_at < since_[site];
}

}  // namespace crawld::pipeline
