#include "crawler/cli/broken_links.h"

#include <xxhash.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "crawler/daemon/spellings.h"
#include "crawler/policy/canonicalize.h"
#include "storage/reports/broken_links.h"
#include "storage/reports/link_walk.h"

namespace crawld::cli {
namespace {

constexpr std::size_t kMostRows = 200;
constexpr std::string_view kColumns[] = {"url", "why", "held_by"};

// The first rows in the order of the view: by URL, then by who holds the link.
class FirstRows {
 public:
  void add(std::string url, std::string held_by, std::string why) {
    rows_.emplace(std::move(url), std::move(held_by), std::move(why));
    if (rows_.size() > kMostRows) rows_.erase(std::prev(rows_.end()));
  }

  void give(storage::QueryRows& rows) const {
    rows.columns(kColumns);
    for (const auto& [url, held_by, why] : rows_) {
      storage::Value holder;  // nobody's: a seed
      if (!held_by.empty()) holder = std::string_view(held_by);
      const storage::Value row[] = {std::string_view(url), std::string_view(why), holder};
      if (!rows.row(row)) return;
    }
  }

 private:
  std::set<std::tuple<std::string, std::string, std::string>> rows_;
};

struct Broken {
  std::string url;
  std::string why;
};
using BrokenByAsked = std::map<std::string, std::vector<Broken>, std::less<>>;

// Links as pages write them that led to nothing broken, lately: menus repeat theirs on every page,
// and reading a URL costs more than all else. By hashes of 64 bits; a newer one takes the place of
// an older one.
class SoundLinks {
 public:
  static std::uint64_t hash(std::string_view link) { return XXH3_64bits(link.data(), link.size()); }
  bool has(std::uint64_t hash) const { return hashes_[hash % kEntries] == hash; }
  void add(std::uint64_t hash) { hashes_[hash % kEntries] = hash; }

 private:
  static constexpr std::size_t kEntries = 1U << 18;  // 2 MB
  std::vector<std::uint64_t> hashes_ = std::vector<std::uint64_t>(kEntries);
};

// Pages whose links lead to something broken, as they are written or once they are spelled by the
// rules; the latter only of pages that stand.
base::Status add_holders(storage::Database& reader, const BrokenByAsked& broken, FirstRows& rows) {
  const auto canonicalizers = daemon::known_canonicalizers(reader);
  if (!canonicalizers) return canonicalizers.error();
  SoundLinks sound;
  return storage::each_link(reader, [&](const storage::LinkOfPage& link) {
    const std::uint64_t hash = SoundLinks::hash(link.target);
    if (sound.has(hash)) return;
    const auto leads_to = [&](std::string_view asked) {
      const auto found = broken.find(asked);
      if (found == broken.end()) return false;
      for (const Broken& end : found->second) rows.add(end.url, std::string(link.from), end.why);
      return true;
    };
    const std::string_view written = link.target.substr(0, link.target.find('#'));
    bool is_sound = !leads_to(written);
    if (!link.stands) return;
    const auto url = model::Url::parse(link.target);
    if (!url) return;
    for (const policy::Canonicalizer& one : *canonicalizers) {
      const std::string spelled = one.canonicalize(*url).href();
      if (spelled != written && leads_to(spelled)) is_sound = false;
    }
    if (is_sound) sound.add(hash);
  });
}

}  // namespace

base::Status report_broken_links(storage::Database& reader, storage::QueryRows& rows) {
  FirstRows first;
  BrokenByAsked broken;
  // Each broken URL has a row at least: whoever it was found on, or nobody.
  auto done = storage::each_broken_way(reader, kMostRows, [&](const storage::BrokenWay& way) {
    broken[std::string(way.asked)].push_back({std::string(way.url), std::string(way.why)});
    if (way.found_on)
      first.add(std::string(way.url), std::string(*way.found_on), std::string(way.why));
  });
  if (done && !broken.empty()) done = add_holders(reader, broken, first);
  if (done) first.give(rows);
  return done;
}

}  // namespace crawld::cli
