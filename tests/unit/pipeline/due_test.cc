// Retries, revisits, and what is asked for once more.
#include <catch2/catch.hpp>

#include "tests/unit/pipeline/runs.h"

using namespace crawld;
using namespace crawld::tests;
using model::Verdict;
using std::chrono::seconds;

namespace {

const Run::Options kDaemon{.recurring = true};

// Pages of a site that were visited and are long due.
void put_due_pages(storage::MemoryStore& store, std::size_t pages, model::SiteId site) {
  storage::CommitBatch batch;
  for (model::UrlId id = 1; id <= pages; ++id) {
    const std::string url = "http://y.test/old/" + std::to_string(id);
    batch.new_urls.push_back({.id = id,
                              .hash = store.seen().hash_of(url),
                              .host = 1,
                              .site = site,
                              .url = url,
                              .state = Verdict::done,
                              .due_at = 1});
  }
  batch.hosts.push_back({.id = 1, .origin = "http://y.test"});
  (void)store.put(batch);
}

}  // namespace

TEST_CASE("due pages of a site that is not in the run hold up nobody's visits") {
  storage::MemoryStore store;
  ManualClock clock;
  put_due_pages(store, 10'001, 1);
  Run run(store, clock, {"x"}, kDaemon);
  run.inject("x.test", 1, 0);
  run.settle(run.lease(), Verdict::done, clock.wall() + seconds(5));
  REQUIRE(run.commit.flush());
  for (int turn = 0; turn < 2; ++turn) CHECK(run.commit.take_due());
  CHECK(run.commit.next_due() == clock.wall() + seconds(5));
  clock.advance(seconds(5));
  CHECK(run.commit.take_due());
  CHECK(run.frontier.counts().waiting == 1);
}

TEST_CASE("a crawl that takes no revisits finds its retry behind the pages that are due") {
  storage::MemoryStore store;
  ManualClock clock;
  put_due_pages(store, 10'001, 0);
  Run run(store, clock, {"x"});
  run.inject("x.test", 1, 0);
  run.settle(run.lease(), Verdict::retry_later, clock.wall() + seconds(5));
  REQUIRE(run.commit.flush());
  for (int turn = 0; turn < 2; ++turn) CHECK(run.commit.take_due());
  CHECK_FALSE(run.commit.finished());
  clock.advance(seconds(5));
  CHECK(run.commit.take_due());
  CHECK(run.work_off() == 1);
  CHECK(run.commit.finished());
}

TEST_CASE("a crawl does not wait for the retries of sites that are not in it") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run both(store, clock, {"x", "y"});
    both.inject("y.test", 1, 1);
    both.settle(both.lease(), Verdict::retry_later, clock.wall() + seconds(5));
    REQUIRE(both.commit.flush());
    CHECK_FALSE(both.commit.finished());
  }
  Run without(store, clock, {"x"});
  CHECK(without.commit.finished());
  without.inject("x.test", 1, 0);
  without.settle(without.lease(), Verdict::retry_later, clock.wall() + seconds(5));
  CHECK_FALSE(without.commit.finished());
}

TEST_CASE("a known URL that is asked for once more is fetched once more, and the crawl ends") {
  storage::MemoryStore store;
  ManualClock clock;
  Run run(store, clock, {"x"});
  run.inject("x.test", 1, 0);
  CHECK(run.work_off() == 1);
  run.ask_again("http://x.test/0");
  CHECK_FALSE(run.commit.finished());
  CHECK(run.commit.take_due());
  CHECK(run.work_off() == 1);
  CHECK(run.commit.states().at("retry_later") == 0);
  CHECK(run.commit.finished());
}

TEST_CASE("a URL that waits or is under way is not fetched twice for being asked for") {
  storage::MemoryStore store;
  ManualClock clock;
  Run run(store, clock, {"x"});
  run.inject("x.test", 2, 0);
  const model::Lease under_way = run.lease();
  run.ask_again("http://x.test/0");
  run.ask_again("http://x.test/1");
  CHECK(run.commit.take_due());
  CHECK(run.frontier.counts().waiting == 1);
  run.settle(under_way, Verdict::done);
  CHECK(run.work_off() == 1);
  CHECK(run.commit.finished());
}

TEST_CASE("a seed that failed is fetched once more by a run that finds nothing waiting") {
  storage::MemoryStore store;
  ManualClock clock;
  const auto verdict = GENERATE(Verdict::failed, Verdict::disallowed, Verdict::done, Verdict::gone);
  {
    Run before(store, clock, {"x"});
    before.inject("x.test", 1, 0);
    before.settle(before.lease(), verdict);
    REQUIRE(before.commit.flush());
  }
  Run run(store, clock, {"x"});
  run.ask_where_it_failed("http://x.test/0");
  CHECK(run.commit.take_due());
  const bool trouble = verdict == Verdict::failed || verdict == Verdict::disallowed;
  CHECK(run.work_off() == (trouble ? 1 : 0));
  CHECK(run.commit.finished());
}

TEST_CASE("of seeds in portions the failed ones are asked for in whichever portion they stand") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run before(store, clock, {"x"});
    before.inject("x.test", 1, 0);
    before.settle(before.lease(), Verdict::failed);
    REQUIRE(before.commit.flush());
  }
  Run run(store, clock, {"x"});
  const auto portion = [](const char* url, bool goes_on) {
    pipeline::Injections seeds{.all = {}, .goes_on = goes_on};
    seeds.all.push_back(
        {.url = *model::Url::parse(url), .again = pipeline::AskAgain::where_it_failed});
    return seeds;
  };
  run.commit.add(portion("http://x.test/new", false));
  REQUIRE(run.commit.flush());
  run.commit.add(portion("http://x.test/0", true));
  REQUIRE(run.commit.flush());
  CHECK(run.commit.take_due());
  CHECK(run.work_off() == 2);
}

TEST_CASE("a crawl that goes on leaves alone the seeds that failed") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run before(store, clock, {"x"});
    before.inject("x.test", 2, 0);
    before.settle(before.lease(), Verdict::failed);
    REQUIRE(before.commit.flush());
  }
  Run run(store, clock, {"x"});
  run.ask_where_it_failed("http://x.test/0");
  CHECK(run.commit.take_due());
  CHECK(run.work_off() == 1);
  CHECK(run.commit.finished());
}

TEST_CASE("a URL of a site that is not in the run belongs to the site that asks for it") {
  storage::MemoryStore store;
  ManualClock clock;
  Run(store, clock, {"x", "y"}).inject("y.test", 2, 1);
  Run run(store, clock, {"x"});
  run.ask_again("http://y.test/0");
  CHECK_FALSE(run.commit.finished());
  CHECK(run.commit.take_due());
  CHECK(run.work_off() == 1);
  CHECK(run.commit.finished());
}

TEST_CASE("a recrawl that was cut off goes on where it was") {
  storage::MemoryStore store;
  ManualClock clock;
  const auto start_over = [&] { return Run(store, clock, {"x"}, {.recrawl = true}); };
  {
    Run first(store, clock, {"x"});
    first.inject("x.test", 3, 0);
    CHECK(first.work_off() == 3);
  }
  {
    Run cut_off = start_over();
    CHECK(cut_off.commit.take_due());
    cut_off.settle(cut_off.lease(), Verdict::not_modified);
    REQUIRE(cut_off.commit.end_run("interrupted"));
  }
  clock.advance(seconds(60));
  {
    Run goes_on = start_over();
    CHECK(goes_on.commit.take_due());
    CHECK(goes_on.work_off() == 2);
    REQUIRE(goes_on.commit.end_run("finished"));
  }
  clock.advance(seconds(60));
  Run next = start_over();
  CHECK(next.commit.take_due());
  CHECK(next.work_off() == 3);
}

TEST_CASE("a recrawl asks again for what was refused for a reason that may have passed") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run first(store, clock, {"x", "y"});
    first.inject("x.test", 5, 0);
    first.inject("y.test", 1, 1);
    const auto refuse = [&](Verdict verdict, const std::string& reason) {
      const model::Lease lease = first.lease();
      first.frontier.settled(lease, false);
      first.commit.add(
          pipeline::Refusals{{{.url_id = lease.url_id, .verdict = verdict, .reason = reason}}});
    };
    refuse(Verdict::disallowed, "robots");
    refuse(Verdict::over_budget, "per_host");
    refuse(Verdict::blocked, "blocked_address");
    refuse(Verdict::blocked, "port");
    refuse(Verdict::over_budget, "sitemaps");
    refuse(Verdict::disallowed, "robots");  // y's
    REQUIRE(first.commit.flush());
  }
  Run recrawl(store, clock, {"x"}, {.recrawl = true});
  CHECK(recrawl.commit.take_due());
  CHECK(recrawl.work_off() == 3);
}

TEST_CASE("a daemon visits what another run has left without a time") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run once(store, clock, {"x"});
    once.inject("x.test", 2, 0);
    CHECK(once.work_off() == 2);
  }
  Run daemon(store, clock, {"x"}, kDaemon);
  REQUIRE(daemon.commit.next_due());
  clock.advance(*daemon.commit.next_due() - clock.wall());
  CHECK(daemon.commit.take_due());
  CHECK(daemon.work_off() == 2);
}

TEST_CASE("a daemon visits the pages that it took over from a site of another name") {
  storage::MemoryStore store;
  ManualClock clock;
  {
    Run once(store, clock, {"x", "y"});
    once.inject("y.test", 1, 1);
    CHECK(once.work_off() == 1);
  }
  Run daemon(store, clock, {"x"}, kDaemon);
  CHECK_FALSE(daemon.commit.next_due());
  pipeline::Rejudgements news{.all = {}, .scope = "new"};
  news.all.push_back({.id = 1, .verdict = Verdict::queued, .reason = {}, .site = 0});
  daemon.commit.add(std::move(news));
  REQUIRE(daemon.commit.rejudge());
  CHECK(daemon.commit.take_due());
  REQUIRE(daemon.commit.next_due());
  clock.advance(*daemon.commit.next_due() - clock.wall());
  CHECK(daemon.commit.take_due());
  CHECK(daemon.work_off() == 1);
}

TEST_CASE("a page comes no later than at the next beat of a schedule that was changed") {
  storage::MemoryStore store;
  ManualClock clock;
  config::Config config = Run::with_sites({"x"});
  const auto daemon = [&](const std::string& schedule) {
    config.sites[0].schedule = schedule;
    return Run(config, store, clock, kDaemon);
  };
  {
    Run patient = daemon("every 7d");
    patient.inject("x.test", 1, 0);
    patient.settle(patient.lease(), Verdict::done, clock.wall() + std::chrono::hours(24 * 4));
    REQUIRE(patient.commit.flush());
  }
  CHECK(daemon("every 7d").commit.next_due() == clock.wall() + std::chrono::hours(24 * 4));
  Run eager = daemon("every 5s");
  REQUIRE(eager.commit.next_due());
  CHECK(*eager.commit.next_due() <= clock.wall() + seconds(5));
}

TEST_CASE("a wall clock that was put back between two runs holds up no retry and no host") {
  storage::MemoryStore store;
  ManualClock clock;
  clock.set_wall(std::chrono::hours(24));
  {
    Run ahead(store, clock, {"x"});
    ahead.inject("x.test", 2, 0);
    ahead.settle(ahead.lease(), Verdict::retry_later, clock.wall() + seconds(5));
    const model::Lease lease = ahead.lease();
    ahead.frontier.close_host_until(lease.host_id, clock.now() + seconds(20));
    ahead.settle(lease, Verdict::done);
    REQUIRE(ahead.commit.flush());
  }
  clock.set_wall(std::chrono::hours(-24));
  Run later(store, clock, {"x"});
  REQUIRE(later.commit.next_due());
  CHECK(*later.commit.next_due() <= clock.wall() + std::chrono::minutes(5));
  clock.advance(std::chrono::minutes(5));
  CHECK(later.commit.take_due());
  clock.advance(std::chrono::minutes(5));  // the host is left alone for as long, at most
  CHECK(later.work_off() == 1);
}

TEST_CASE("a URL that was too deep is admitted on a shorter way, in a later run too") {
  const bool restarted = GENERATE(false, true);
  storage::MemoryStore store;
  ManualClock clock;
  const auto found = [](Verdict state, std::uint16_t depth) {
    return std::vector<model::Discovered>{{.url = *model::Url::parse("http://x.test/t"),
                                           .state = state,
                                           .reason = state == Verdict::queued ? "" : "max_depth",
                                           .depth = depth}};
  };
  auto run = std::make_unique<Run>(store, clock, std::vector<std::string>{"x"});
  run->inject("x.test", 3, 0);
  run->settle(run->lease(), Verdict::done, {}, found(Verdict::too_deep, 3));
  if (restarted) {
    REQUIRE(run->commit.flush());
    run = std::make_unique<Run>(store, clock, std::vector<std::string>{"x"});
  }
  for (int page = 0; page < 2; ++page) {  // the second time it waits already
    run->settle(run->lease(), Verdict::done, {}, found(Verdict::queued, 2));
  }
  CHECK(run->work_off() == 1);
  CHECK(run->commit.finished());
  CHECK(store.known().at(store.id_of("http://x.test/t")).depth == 2);
}
