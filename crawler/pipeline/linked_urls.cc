#include "crawler/pipeline/linked_urls.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>

#include "storage/reports/link_walk.h"

namespace crawld::pipeline {
namespace {

std::array<std::uint64_t, 2> bits_of(std::uint64_t hash, std::uint64_t mask) {
  return {hash & mask, std::rotl(hash, 32) * 0x9E3779B97F4A7C15ULL >> 7 & mask};
}

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

LinkedUrls::LinkedUrls(std::uint64_t entries, std::uint64_t salt)
    : mask_(std::bit_ceil(std::clamp<std::uint64_t>(entries * 16, 1U << 16, 1ULL << 32)) - 1),
      salt_(salt),
      words_((mask_ + 1) / 64) {}

std::uint64_t LinkedUrls::hash(std::string_view href) const {
  return XXH3_64bits_withSeed(href.data(), href.size(), salt_);
}

void LinkedUrls::add(std::string_view href) {
  const std::uint64_t hash = this->hash(href);
  for (const std::uint64_t bit : bits_of(hash, mask_)) {
    words_[bit / 64] |= 1ULL << (bit % 64);
  }
  if (exact_.empty()) return;
  const auto named = exact_.find(hash);
  if (named != exact_.end()) named->second = true;
}

bool LinkedUrls::has(std::string_view href) const {
  const std::uint64_t hash = this->hash(href);
  const auto named = exact_.find(hash);
  if (named != exact_.end()) return named->second;
  const auto bits = bits_of(hash, mask_);
  return std::all_of(bits.begin(), bits.end(), [this](std::uint64_t bit) {
    return (words_[bit / 64] >> (bit % 64) & 1) != 0;
  });
}

base::Result<LinkedUrls> LinkedUrls::read(storage::Database& reader, const LinkSpelling& spell,
                                          std::uint64_t salt,
                                          const std::vector<std::string>& exactly) {
  const auto known = storage::count_urls(reader);
  if (!known) return known.error();
  LinkedUrls linked(*known, salt);
  linked.exact_.reserve(exactly.size());
  for (const std::string& href : exactly) linked.exact_.emplace(linked.hash(href), false);
  RecentTexts recent;
  std::vector<std::string> hrefs;
  auto done = storage::each_standing_link(reader, [&](const storage::LinkOfPage& link) {
    const std::uint64_t text = RecentTexts::hash(link.target, link.site);
    if (recent.has(text)) return;
    const auto url = model::Url::parse(link.target);
    if (!url || !url->crawlable()) return;
    hrefs.clear();
    spell(link.site, *url, hrefs);
    if (std::find(hrefs.begin(), hrefs.end(), link.from) != hrefs.end()) return;
    for (const std::string& href : hrefs) linked.add(href);
    recent.add(text);
  });
  if (!done) return std::move(done).error();
  return linked;
}

}  // namespace crawld::pipeline
