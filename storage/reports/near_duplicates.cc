#include "storage/reports/near_duplicates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace crawld::storage {
namespace {

constexpr int kMostBits = 3;  // in which near prints differ
constexpr std::size_t kMostRows = 200;

// Five blocks that cover 64 bits.
constexpr std::array<std::uint64_t, 5> kBlocks = {0x1FFFULL, 0x1FFFULL << 13, 0x1FFFULL << 26,
                                                  0x1FFFULL << 39, 0xFFFULL << 52};

// All pages whose prints are the same.
struct Print {
  std::uint64_t simhash = 0;
  PageId first = 0;
  PageId leader = 0;
};

// One a simhash, rising.
std::vector<Print> distinct(std::span<const PagePrint> pages) {
  std::vector<Print> prints;
  prints.reserve(pages.size());
  for (const PagePrint& page : pages) prints.push_back({page.simhash, page.page, page.page});
  std::sort(prints.begin(), prints.end(), [](const Print& a, const Print& b) {
    return std::pair(a.simhash, a.first) < std::pair(b.simhash, b.first);
  });
  const auto end = std::unique(prints.begin(), prints.end(), [](const Print& a, const Print& b) {
    return a.simhash == b.simhash;
  });
  prints.erase(end, prints.end());
  return prints;
}

// Compares the prints that share the bits of `mask`.
void lead_equal_under(std::uint64_t mask, std::vector<Print>& prints,
                      std::vector<std::uint32_t>& order) {
  const auto key = [&](std::uint32_t at) { return prints[at].simhash & mask; };
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  for (auto group = order.begin(); group != order.end();) {
    const auto end =
        std::find_if(group, order.end(), [&](std::uint32_t at) { return key(at) != key(*group); });
    for (auto x = group; x != end; ++x) {
      for (auto y = x + 1; y != end; ++y) {
        Print& one = prints[*x];
        Print& other = prints[*y];
        if (std::popcount(one.simhash ^ other.simhash) > kMostBits) continue;
        one.leader = std::min(one.leader, other.first);
        other.leader = std::min(other.leader, one.first);
      }
    }
    group = end;
  }
}

void find_leaders(std::vector<Print>& prints) {
  std::vector<std::uint32_t> order(prints.size());
  for (std::uint32_t at = 0; at < order.size(); ++at) order[at] = at;
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    for (std::size_t j = i + 1; j < kBlocks.size(); ++j) {
      lead_equal_under(kBlocks[i] | kBlocks[j], prints, order);
    }
  }
}

// A print under its first page, for the leader of a leader.
struct Leader {
  PageId first = 0;
  PageId leader = 0;
};
bool comes_before(const Leader& a, const Leader& b) { return a.first < b.first; }

std::vector<Leader> by_first_page(const std::vector<Print>& prints) {
  std::vector<Leader> leaders;
  leaders.reserve(prints.size());
  for (const Print& print : prints) leaders.push_back({print.first, print.leader});
  std::sort(leaders.begin(), leaders.end(), comes_before);
  return leaders;
}

void name_clusters(std::vector<Print>& prints) {
  const std::vector<Leader> leaders = by_first_page(prints);
  for (Print& print : prints) {
    print.leader =
        std::lower_bound(leaders.begin(), leaders.end(), Leader{print.leader}, comes_before)
            ->leader;
  }
}

using Group = std::span<const NearPage>;

std::vector<Group> largest_first(std::span<const NearPage> pages) {
  std::vector<Group> groups;
  for (auto start = pages.begin(); start != pages.end();) {
    const auto end = std::find_if(
        start, pages.end(), [&](const NearPage& page) { return page.cluster != start->cluster; });
    groups.emplace_back(start, end);
    start = end;
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](Group a, Group b) { return a.size() > b.size(); });
  return groups;
}

struct Cluster {
  std::string first_url;  // in the order of bytes
  std::string last_url;
  std::string content;
  bool contents_differ = false;
};

base::Result<Cluster> read_cluster(Database& reader, Group pages) {
  Cluster cluster;
  for (const NearPage& page : pages) {
    auto done = reader.each(
        "SELECT u.url, p.content_hash FROM pages AS p JOIN urls AS u ON u.id = p.url_id "
        "WHERE p.id = ?1",
        [&](Statement& s) { s.integer(1, static_cast<std::int64_t>(page.page)); },
        [&](Statement& s) {
          const bool is_first = cluster.first_url.empty();
          if (is_first || s.text(0) < cluster.first_url) cluster.first_url = s.text(0);
          if (s.text(0) > cluster.last_url) cluster.last_url = s.text(0);
          if (is_first) cluster.content = s.text(1);
          cluster.contents_differ |= s.text(1) != cluster.content;
        });
    if (!done) return std::move(done).error();
  }
  return cluster;
}

base::Result<std::vector<PagePrint>> read_prints(Database& reader) {
  std::vector<PagePrint> prints;
  auto done = reader.each(
      "SELECT p.simhash, p.id FROM visits AS v JOIN pages AS p ON p.id = v.page_id "
      "WHERE p.simhash IS NOT NULL AND p.status = 200",
      [](Statement&) {},
      [&](Statement& s) {
        prints.push_back(
            {static_cast<std::uint64_t>(s.integer(0)), static_cast<PageId>(s.integer(1))});
      });
  if (!done) return std::move(done).error();
  return prints;
}

}  // namespace

std::vector<NearPage> find_near_pages(std::span<const PagePrint> pages) {
  std::vector<Print> prints = distinct(pages);
  find_leaders(prints);
  name_clusters(prints);
  std::vector<NearPage> near;
  near.reserve(pages.size());
  for (const PagePrint& page : pages) {
    const auto print =
        std::lower_bound(prints.begin(), prints.end(), page.simhash,
                         [](const Print& a, std::uint64_t simhash) { return a.simhash < simhash; });
    near.push_back({print->leader, page.page});
  }
  std::sort(near.begin(), near.end(), [](const NearPage& a, const NearPage& b) {
    return std::pair(a.cluster, a.page) < std::pair(b.cluster, b.page);
  });
  // What stands alone is near to nothing.
  auto kept = near.begin();
  for (auto start = near.begin(); start != near.end();) {
    const auto end = std::find_if(
        start, near.end(), [&](const NearPage& page) { return page.cluster != start->cluster; });
    if (end - start > 1) kept = kept == start ? end : std::copy(start, end, kept);
    start = end;
  }
  near.erase(kept, near.end());
  return near;
}

base::Status report_near_duplicates(Database& reader, QueryRows& rows) {
  auto prints = read_prints(reader);
  if (!prints) return std::move(prints).error();
  const std::vector<NearPage> near = find_near_pages(*prints);
  constexpr std::string_view kColumns[] = {"cluster", "urls", "one", "another"};
  rows.columns(kColumns);
  std::size_t told = 0;
  for (const Group group : largest_first(near)) {
    auto cluster = read_cluster(reader, group);
    if (!cluster) return std::move(cluster).error();
    if (!cluster->contents_differ) continue;
    const Value row[] = {static_cast<std::int64_t>(group.front().cluster),
                         static_cast<std::int64_t>(group.size()),
                         std::string_view(cluster->first_url), std::string_view(cluster->last_url)};
    if (!rows.row(row) || ++told == kMostRows) break;
  }
  return base::Done{};
}

}  // namespace crawld::storage
