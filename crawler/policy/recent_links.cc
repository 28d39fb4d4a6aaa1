#include "crawler/policy/recent_links.h"

#include <xxhash.h>

#include <algorithm>

namespace crawld::policy {
namespace {

constexpr std::size_t kEntries = 1U << 14;  // a few menus' worth; a power of two

}  // namespace

RecentLinks::RecentLinks() : entries_(kEntries) {}

void RecentLinks::judge_by(std::shared_ptr<const void> rules) {
  if (rules == rules_) return;
  rules_ = std::move(rules);
  std::fill(entries_.begin(), entries_.end(), Entry{});
}

bool RecentLinks::seen(std::string_view link, model::SiteId site, const LinkContext& context) {
  if (link.empty()) return false;
  const std::uint64_t hash = XXH3_64bits_withSeed(link.data(), link.size(), site);
  Entry& entry = entries_[hash % kEntries];
  const LinkContext& noted = entry.context;
  if (entry.link == hash && entry.site == site && noted.purpose == context.purpose &&
      noted.depth <= context.depth && noted.embedded == context.embedded) {
    return true;
  }
  entry = {.link = hash, .site = site, .context = context};
  return false;
}

}  // namespace crawld::policy
