// The window of a host, what overflows from it, and what comes back.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "tests/unit/frontier/frontier_fixture.h"

using namespace crawld;
using namespace crawld::tests;
using Ids = std::vector<model::UrlId>;

namespace {

constexpr LocalFrontier::Options kSmall{.window = 8, .low_water = 4, .spill_at = 16};

// The commit stage's side of the backlog, with chunks kept in memory.
class Disk {
 public:
  explicit Disk(LocalFrontier& frontier) : frontier_(frontier) {}

  void spill(bool all = false) {
    for (frontier::Overflow& overflow : frontier_.take_overflow(all)) {
      std::sort(overflow.ids.begin(), overflow.ids.end());
      for (std::size_t at = 0; at < overflow.ids.size(); at += kSmall.window) {
        const auto from = overflow.ids.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t count = std::min(kSmall.window, overflow.ids.size() - at);
        const std::int64_t id = next_++;
        frontier_.add_chunk(
            overflow.host,
            {.id = id, .count = static_cast<std::uint32_t>(count), .line = overflow.line});
        chunks_[id] = {from, from + static_cast<std::ptrdiff_t>(count)};
      }
    }
  }

  void answer() {
    for (const frontier::BacklogRequest& request : frontier_.hungry()) {
      const Ids ids = request.chunk ? chunks_.at(request.chunk->id) : request.ids;
      if (request.chunk) chunks_.erase(request.chunk->id);
      std::vector<Candidate> candidates;
      for (const model::UrlId id : ids) {
        candidates.push_back(candidate(id, request.host, request.line.site));
      }
      frontier_.refill(request, std::move(candidates));
    }
  }

  std::size_t chunks() const { return chunks_.size(); }

 private:
  LocalFrontier& frontier_;
  std::int64_t next_ = 1;
  std::map<std::int64_t, Ids> chunks_;
};

std::vector<Candidate> many(model::UrlId from, model::UrlId to, model::HostId host = 1) {
  std::vector<Candidate> all;
  for (model::UrlId id = from; id <= to; ++id) all.push_back(candidate(id, host));
  return all;
}

}  // namespace

TEST_CASE("a host holds a window of its URLs in memory, and the rest as bare ids") {
  LocalFrontier frontier({eager_site()}, kSmall);
  add_host(frontier, 1);
  frontier.offer(many(1, 100));
  CHECK(frontier.counts().waiting == 100);
  CHECK(frontier.counts().window_urls == 8);
  const auto overflow = frontier.take_overflow(false);
  REQUIRE(overflow.size() == 1);
  CHECK(overflow[0].host == 1);
  CHECK(overflow[0].ids.size() == 92);
}

TEST_CASE("overflow is written when enough of it came together, or when all is asked for") {
  LocalFrontier frontier({eager_site()}, kSmall);
  add_host(frontier, 1);
  frontier.offer(many(1, 20));
  CHECK(frontier.take_overflow(false).empty());
  const auto all = frontier.take_overflow(true);
  REQUIRE(all.size() == 1);
  CHECK(all[0].ids.size() == 12);
}

TEST_CASE("every URL that went through the backlog is leased exactly once, the oldest first") {
  LocalFrontier frontier({eager_site()}, kSmall);
  Disk disk(frontier);
  add_host(frontier, 1);
  Ids seen;
  model::UrlId next = 1;
  while (true) {
    if (next <= 1'000) {
      frontier.offer(many(next, next + 24));
      next += 25;
    }
    disk.spill();
    const auto lease = frontier.lease(kStart).lease;
    if (lease) {
      seen.push_back(lease->url_id);
      give_back(frontier, *lease);
    }
    if (frontier.wants_refill()) disk.answer();
    if (frontier.idle()) break;
    REQUIRE(seen.size() <= 1'000);
  }
  CHECK(seen.size() == 1'000);
  CHECK(std::set<model::UrlId>(seen.begin(), seen.end()).size() == 1'000);
  CHECK(disk.chunks() == 0);
  // A chunk at a time and in order within it: nobody is overtaken by much.
  std::size_t overtaken = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] > i + 1) overtaken = std::max<std::size_t>(overtaken, seen[i] - (i + 1));
  }
  CHECK(overtaken <= 100);
}

TEST_CASE("memory holds no more than the window and one chunk a host, however much waits") {
  LocalFrontier frontier({eager_site()}, kSmall);
  Disk disk(frontier);
  add_host(frontier, 1);
  std::size_t most = 0;
  model::UrlId next = 1;
  for (int i = 0; i < 3'000; ++i) {
    if (next <= 2'000) frontier.offer(many(next, next + 3));
    next += 4;
    disk.spill();
    if (const auto lease = frontier.lease(kStart).lease) give_back(frontier, *lease);
    disk.answer();
    most = std::max<std::size_t>(most, frontier.counts().window_urls);
  }
  CHECK(most <= kSmall.window + kSmall.spill_at + 4);
  CHECK(frontier.counts().waiting == 0);
}

TEST_CASE("a site with a long backlog hides neither what another has on disk nor what comes in") {
  LocalFrontier frontier({eager_site(), eager_site()}, kSmall);
  Disk disk(frontier);
  add_host(frontier, 1);
  frontier.offer(many(1, 500));
  disk.spill();
  std::vector<Candidate> others;
  for (model::UrlId id = 1'001; id <= 1'100; ++id) others.push_back(candidate(id, 1, 1));
  frontier.offer(others);
  Ids first;
  while (first.size() < 200) {
    disk.spill();
    disk.answer();
    const auto lease = frontier.lease(kStart).lease;
    REQUIRE(lease);
    first.push_back(lease->url_id);
    give_back(frontier, *lease);
  }
  CHECK(std::count_if(first.begin(), first.end(), [](auto id) { return id > 1'000; }) == 100);
}

TEST_CASE("what of a chunk is settled already is no longer counted as waiting") {
  LocalFrontier frontier({eager_site()}, kSmall);
  add_host(frontier, 1);
  frontier.add_stored_chunk(1, {.id = 1, .count = 5});
  CHECK(frontier.counts().waiting == 5);
  const auto requests = frontier.hungry();
  REQUIRE(requests.size() == 1);
  frontier.refill(requests[0], many(1, 2));
  CHECK(frontier.counts().waiting == 2);
  CHECK(lease_all(frontier) == Ids{1, 2});
  CHECK(frontier.idle());
}

TEST_CASE("a chunk of which nothing waits any more is followed by the next one") {
  LocalFrontier frontier({eager_site()}, kSmall);
  add_host(frontier, 1);
  frontier.add_stored_chunk(1, {.id = 1, .count = 5});
  frontier.add_stored_chunk(1, {.id = 2, .count = 1});
  const auto first = frontier.hungry();
  REQUIRE(first.size() == 1);
  frontier.refill(first[0], {});
  REQUIRE(frontier.wants_refill());
  const auto next = frontier.hungry();
  REQUIRE(next.size() == 1);
  CHECK(next[0].chunk->id == 2);
  frontier.refill(next[0], many(7, 7));
  CHECK(lease_all(frontier) == Ids{7});
}

TEST_CASE("a host that is being read back for is not asked for twice") {
  LocalFrontier frontier({eager_site()}, kSmall);
  add_host(frontier, 1);
  frontier.add_stored_chunk(1, {.id = 1, .count = 1});
  frontier.add_stored_chunk(1, {.id = 2, .count = 1});
  const auto requests = frontier.hungry();
  REQUIRE(requests.size() == 1);
  frontier.offer(many(9, 9));
  CHECK_FALSE(frontier.wants_refill());
  frontier.refill(requests[0], many(1, 1));
  CHECK(frontier.wants_refill());
}

TEST_CASE("memory answers for every id that waits or is leased and not settled") {
  LocalFrontier frontier({eager_site()}, kSmall);
  add_host(frontier, 1);
  add_host(frontier, 2);
  frontier.offer(many(1, 20));
  frontier.offer(many(101, 102, 2));
  const auto held = [&] {
    std::set<model::UrlId> ids;
    for (const frontier::Overflow& host : frontier.in_memory()) {
      for (const model::UrlId id : host.ids) CHECK(ids.insert(id).second);
    }
    return ids;
  };
  CHECK(held().size() == 22);
  const auto lease = frontier.lease(kStart).lease;
  REQUIRE(lease);
  CHECK(held().size() == 22);
  frontier.release(*lease, {}, {}, kStart);
  CHECK(held().contains(lease->url_id));
  frontier.settled(*lease, true);
  CHECK(held().size() == 21);
  CHECK_FALSE(held().contains(lease->url_id));
  // What stands in a chunk is the disk's.
  Disk(frontier).spill(true);
  CHECK(held().size() == 9);
}
