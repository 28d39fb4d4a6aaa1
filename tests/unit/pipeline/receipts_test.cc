// When those who handed URLs and pauses to the books may be told that a kill would not undo it.
#include <catch2/catch.hpp>

#include "tests/unit/pipeline/runs.h"

using namespace crawld;
using namespace crawld::tests;
using model::Verdict;

namespace {

// Hands the URL over as `crawld add` does.
pipeline::Receipt add(Run& run, const std::string& url) {
  pipeline::Injections urls;
  urls.all.push_back({.url = *model::Url::parse(url), .again = pipeline::AskAgain::yes});
  urls.stored = std::make_shared<std::atomic<bool>>(false);
  const pipeline::Receipt stored = urls.stored;
  run.commit.add(std::move(urls));
  return stored;
}

std::optional<Verdict> state_in(storage::MemoryStore& store, const std::string& url) {
  const auto id = store.seen().find(store.seen().hash_of(url));
  const std::vector<model::UrlId> ids = {id};
  const auto rows = store.urls(ids);
  if (!rows || rows->empty()) return std::nullopt;
  return rows->front().state;
}

}  // namespace

TEST_CASE("a new URL is told to be stored once its batch is, and not before") {
  ManualClock clock;
  storage::MemoryStore store;
  Run run(store, clock, {"a"});
  const auto stored = add(run, "http://a.test/new");
  CHECK_FALSE(*stored);
  REQUIRE(run.commit.flush());
  CHECK(*stored);
  CHECK(state_in(store, "http://a.test/new") == Verdict::queued);
}

TEST_CASE("a known URL is told to be stored once the store would ask for it again") {
  ManualClock clock;
  storage::MemoryStore store;
  Run run(store, clock, {"a"});
  run.inject("a.test", 1, 0);
  run.work_off();
  REQUIRE(run.commit.flush());
  REQUIRE(state_in(store, "http://a.test/0") == Verdict::gone);
  const auto known = add(run, "http://a.test/0");
  const auto behind = add(run, "http://a.test/new");
  REQUIRE(run.commit.flush());
  CHECK_FALSE(*known);
  CHECK_FALSE(*behind);  // told for all that came before it, too
  REQUIRE(run.commit.flush());
  CHECK(*known);
  CHECK(*behind);
  CHECK(state_in(store, "http://a.test/0") == Verdict::retry_later);
}

TEST_CASE("a known URL that waits already is told to be stored with the batch that it came with") {
  ManualClock clock;
  storage::MemoryStore store;
  Run run(store, clock, {"a"});
  run.inject("a.test", 1, 0);
  const auto stored = add(run, "http://a.test/0");
  REQUIRE(run.commit.flush());
  CHECK(*stored);
  CHECK_FALSE(run.commit.flush_at());  // no batch behind it would
}

TEST_CASE("a pause is told to be stored once its batch is, also where that ends the run") {
  ManualClock clock;
  storage::MemoryStore store;
  Run run(store, clock, {"a"});
  const auto stored = std::make_shared<std::atomic<bool>>(false);
  run.commit.add(pipeline::PauseNews{.site = "a", .since = clock.wall(), .stored = stored});
  CHECK_FALSE(*stored);
  REQUIRE(run.commit.end_run("stopped"));
  CHECK(*stored);
}
