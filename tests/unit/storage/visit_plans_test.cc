// When URLs are due, in memory and in SQL alike.
#include <catch2/catch.hpp>

#include "storage/memory_store.h"
#include "storage/sqlite_store.h"
#include "tests/unit/storage/batches.h"
#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::storage;
using model::Verdict;

namespace {

constexpr Millis kHour = 3'600'000;

// Both stores, each with the same URLs: four of site a, one of site b.
struct Stores {
  Stores() {
    sqlite = *SqliteStore::open(scratch.path(), {});
    start({"a", "b"});
    each([](PageStore& store) {
      CommitBatch batch;
      batch.hosts = {host_named(1, "http://a.test")};
      const auto add = [&](Verdict state, const std::string& reason, model::SiteId site) {
        const model::UrlId id = batch.new_urls.size() + 1;
        batch.new_urls.push_back(new_url(store, id, "http://a.test/" + std::to_string(id)));
        batch.new_urls.back().site = site;
        batch.updates.push_back({.id = id, .state = state, .reason = reason});
      };
      add(Verdict::done, "", 0);
      add(Verdict::blocked, "blocked_address", 0);
      add(Verdict::blocked, "port", 0);
      add(Verdict::over_budget, "sitemaps", 0);
      add(Verdict::disallowed, "robots", 1);
      batch.visits = {{.url_id = 1, .visited_at = kHour, .visits = 1}};
      batch.fetches = {{.id = 1, .url_id = 1, .started_at = kHour, .outcome = "done"}};
      REQUIRE(store.put(batch));
    });
  }
  void start(const std::vector<std::string>& sites) {
    each([&](PageStore& store) {
      REQUIRE(store.begin_run({.started_at = 1, .command = "crawl", .sites = sites}).ok());
    });
  }
  void each(const std::function<void(PageStore&)>& check) {
    check(memory);
    check(*sqlite);
  }

  Scratch scratch;
  MemoryStore memory;
  std::unique_ptr<SqliteStore> sqlite;
};

std::vector<model::UrlId> due(PageStore& store, Millis now) {
  std::vector<model::UrlId> ids;
  const auto rows = store.due(now, 100);
  for (const QueuedUrl& row : *rows) ids.push_back(row.id);
  return ids;
}

using Ids = std::vector<model::UrlId>;

}  // namespace

TEST_CASE("a recrawl is of the sites that run, and is not begun twice before its end") {
  Stores stores;
  stores.start({"a"});
  stores.each([](PageStore& store) {
    REQUIRE(store.make_visited_due(5));
    CHECK(due(store, 5) == Ids{1, 2});
    REQUIRE(store.put({.updates = {{.id = 1, .state = Verdict::not_modified}}}));
    REQUIRE(store.make_visited_due(6));
    CHECK(due(store, 6) == Ids{2});
    CommitBatch end;
    end.ends_recrawl = true;
    REQUIRE(store.put(end));
    REQUIRE(store.make_visited_due(7));
    CHECK(due(store, 7) == Ids{1, 2});
  });
}

TEST_CASE("visits are planned where none are, and anew after a run that planned none") {
  Stores stores;
  const auto plan = [&](Millis now, const std::string& rhythm, Millis beat) {
    const std::vector<VisitPlan> plans{{.site = 0,
                                        .rhythm = rhythm,
                                        .beat = beat,
                                        .interval = std::chrono::hours(2),
                                        .latest = beat > 0 ? beat : now + 4 * kHour}};
    stores.each([&](PageStore& store) { REQUIRE(store.plan_visits(plans, now)); });
  };
  const auto due_at = [&](model::UrlId id) {
    const Ids ids{id};
    const Millis at = stores.memory.urls(ids)->front().due_at;
    CHECK(stores.sqlite->urls(ids)->front().due_at == at);
    return at;
  };
  plan(0, "2h", 0);
  CHECK(due_at(1) == 3 * kHour);
  for (const model::UrlId id : Ids{2, 3, 4, 5}) CHECK(due_at(id) == 0);

  stores.each([](PageStore& store) {  // visited by a run that plans nothing
    REQUIRE(store.put({.updates = {{.id = 1, .state = Verdict::done}}}));
  });
  stores.start({"a", "b"});  // the daemon's next start: nobody was here meanwhile
  plan(0, "2h", 0);
  CHECK(due_at(1) == 0);
  stores.start({"a", "b"});
  stores.start({"a", "b"});  // but now
  plan(4 * kHour, "2h", 0);
  CHECK(due_at(1) == 4 * kHour);

  plan(0, "every 5s", 5'000);
  CHECK(due_at(1) == 5'000);
}

TEST_CASE("what was planned while the clock was ahead is brought near") {
  Stores stores;
  stores.each([](PageStore& store) {
    REQUIRE(store.put({.updates = {
                           {.id = 1, .state = Verdict::done, .due_at = 900},
                           {.id = 2, .state = Verdict::retry_later, .due_at = 900},
                           {.id = 5, .state = Verdict::disallowed, .due_at = 100},
                       }}));
    REQUIRE(store.bring_due(kHour, 200, 500));
    CHECK(due(store, 899) == Ids{5});
    REQUIRE(store.bring_due(kHour - 1, 200, 500));
    CHECK(due(store, 499) == Ids{5, 2});
    CHECK(due(store, 500) == Ids{5, 2, 1});
  });
}

TEST_CASE("a URL that was found on a shorter way stands where that way leads") {
  Stores stores;
  stores.each([](PageStore& store) {
    CommitBatch batch;
    batch.nearer = {{.id = 3, .depth = 2, .redirects = 1, .parent = 1}};
    REQUIRE(store.put(batch));
    const QueuedUrl row = store.urls(Ids{3})->front();
    CHECK(row.depth == 2);
    CHECK(row.redirects == 1);
    CHECK(row.parent == 1);
  });
}
