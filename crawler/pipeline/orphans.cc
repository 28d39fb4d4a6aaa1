#include "crawler/pipeline/orphans.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <unordered_map>

#include "storage/reports/link_walk.h"
#include "storage/seen/seen_index.h"

namespace crawld::pipeline {
namespace {

// Which hashes were added; now and then one that was not.
class BitTable {
 public:
  BitTable(std::uint64_t entries, std::uint64_t salt)
      : mask_(std::bit_ceil(std::clamp<std::uint64_t>(entries * 16, 1U << 16, 1ULL << 32)) - 1),
        salt_(salt),
        words_((mask_ + 1) / 64) {}

  void add(std::uint64_t hash) {
    for (const std::uint64_t bit : bits_of(hash)) words_[bit / 64] |= 1ULL << (bit % 64);
  }
  bool has(std::uint64_t hash) const {
    const auto bits = bits_of(hash);
    return std::all_of(bits.begin(), bits.end(), [this](std::uint64_t bit) {
      return (words_[bit / 64] >> (bit % 64) & 1) != 0;
    });
  }

 private:
  // The finalizer of MurmurHash3 spreads a salted hash over the table.
  std::array<std::uint64_t, 2> bits_of(std::uint64_t hash) const {
    std::uint64_t x = hash ^ salt_;
    x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDULL;
    x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53ULL;
    x ^= x >> 33;
    return {x & mask_, std::rotl(x, 32) * 0x9E3779B97F4A7C15ULL >> 7 & mask_};
  }

  const std::uint64_t mask_;
  const std::uint64_t salt_;
  std::vector<std::uint64_t> words_;
};

// Links as pages write them whose targets were added lately: menus make most links of a page those
// of the page before, and reading a URL costs more than all else. A newer one takes the place of an
// older one.
class RecentTexts {
 public:
  static std::uint64_t hash(std::string_view link, std::string_view site) {
    return XXH3_64bits_withSeed(link.data(), link.size(), XXH3_64bits(site.data(), site.size()));
  }
  bool has(std::uint64_t hash) const { return hashes_[hash % kEntries] == hash; }
  void add(std::uint64_t hash) { hashes_[hash % kEntries] = hash; }

 private:
  static constexpr std::size_t kEntries = 1U << 16;
  std::vector<std::uint64_t> hashes_ = std::vector<std::uint64_t>(kEntries);
};

}  // namespace

base::Result<OrphanNews> find_orphans(storage::Database& reader, const SiteTable& sites,
                                      std::uint64_t salt) {
  const auto known = storage::count_urls(reader);
  if (!known) return known.error();
  BitTable linked(*known, salt);
  RecentTexts recent;
  std::unordered_map<std::string_view, const SiteRules*> rules;
  for (const auto& site : sites) rules.emplace(site->name, site.get());
  const policy::Canonicalizer plain({});
  auto done = storage::each_standing_link(reader, [&](const storage::LinkOfPage& link) {
    const std::uint64_t text = RecentTexts::hash(link.target, link.site);
    if (recent.has(text)) return;
    const auto url = model::Url::parse(link.target);
    if (!url || !url->crawlable()) return;
    const auto site = rules.find(link.site);
    const auto canonical = site == rules.end() ? plain.canonicalize(*url)
                                               : site->second->canonicalizer.canonicalize(*url);
    // A page does not vouch for itself.
    if (canonical.href() == link.from) return;
    linked.add(storage::url_hash(canonical.href()));
    recent.add(text);
  });
  if (!done) return std::move(done).error();
  std::vector<model::UrlId> orphans;
  done = storage::each_page_found_by_link(reader, [&](const storage::FoundPage& page) {
    if (!linked.has(storage::url_hash(page.url))) orphans.push_back(page.id);
  });
  if (!done) return std::move(done).error();
  const auto before = storage::open_orphans(reader);
  if (!before) return before.error();
  OrphanNews news;
  std::set_difference(orphans.begin(), orphans.end(), before->begin(), before->end(),
                      std::back_inserter(news.orphaned));
  std::set_difference(before->begin(), before->end(), orphans.begin(), orphans.end(),
                      std::back_inserter(news.adopted));
  return news;
}

}  // namespace crawld::pipeline
