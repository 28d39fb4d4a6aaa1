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

bool RecentLinks::seen(std::string_view link, model::SiteId site, std::uint16_t depth,
                       model::Purpose purpose) {
  if (link.empty()) return false;
  const std::uint64_t hash = XXH3_64bits_withSeed(link.data(), link.size(), site);
  Entry& entry = entries_[hash % kEntries];
  if (entry.link == hash && entry.site == site && entry.purpose == purpose &&
      entry.depth <= depth) {
    return true;
  }
  entry.link = hash;
  entry.site = site;
  entry.depth = depth;
  entry.purpose = purpose;
  return false;
}

}  // namespace crawld::policy
