#include "crawler/pipeline/pipeline.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/unit/pipeline/threaded_crawl.h"

using namespace crawld;
using namespace crawld::tests;
using pipeline::End;
using pipeline::Limit;
using std::chrono::milliseconds;

namespace {

std::string url_of(int page) { return "http://a.test/" + std::to_string(page); }

// Pages 1 to `count`, each linking to the two below it in a heap and to three others.
void add_site(SharedWeb& web, int count) {
  for (int page = 1; page <= count; ++page) {
    std::vector<std::string> links;
    for (const int next : {2 * page, 2 * page + 1}) {
      if (next <= count) links.push_back(url_of(next));
    }
    for (const int step : {7, 31, 101}) links.push_back(url_of(1 + (page * step) % count));
    web.page(url_of(page), links);
  }
}

// Every page stands in the store, settled, one version each.
void check_complete(const storage::MemoryStore& memory, int count) {
  CHECK(memory.pages().size() == static_cast<std::size_t>(count));
  std::set<model::UrlId> stored;
  for (const auto& [id, page] : memory.pages()) CHECK(stored.insert(page.url_id).second);
  for (int page = 1; page <= count; ++page) {
    const model::UrlId id = memory.id_of(url_of(page));
    if (id == 0 || memory.state_of(id) != model::Verdict::done) {
      FAIL_CHECK(url_of(page) << " is not done");
    }
  }
}

base::Error no_room() { return {base::Error::Code::disk_full, "no room on the scripted disk"}; }

}  // namespace

TEST_CASE("threads fetch and store every page of a site exactly once") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 800);
  ThreadedCrawl crawl(web, memory);
  SECTION("with room for all") {}
  SECTION("through queues of one item and windows of four URLs") {
    crawl.options.pages.items = 1;
    crawl.options.commit.batch.settled = 3;
    crawl.frontier_options = {.window = 4, .low_water = 2, .spill_at = 8};
  }
  crawl.start(url_of(1));
  REQUIRE(crawl.finish());
  CHECK(crawl.pipeline().end() == End::nothing_left);
  check_complete(memory, 800);
  for (const auto& [url, requests] : web.requests()) {
    if (requests != 1) FAIL_CHECK(url << " was fetched " << requests << " times");
  }
  const auto status = crawl.pipeline().status();
  CHECK(status.totals.pages == 800);
  CHECK(status.states.at("done") == 800);
  CHECK(status.frontier.outstanding == 0);
}

TEST_CASE("what chunks name and is settled does not count as waiting") {
  SharedWeb web;
  storage::MemoryStore memory;
  storage::CommitBatch batch;
  batch.hosts = {{.id = 1, .origin = "http://a.test"}};
  storage::QueueChunk few{.id = 1, .host = 1};
  storage::QueueChunk stale{.id = 2, .host = 1};
  for (model::UrlId id = 1; id <= 100; ++id) {
    const std::string url = url_of(static_cast<int>(id));
    batch.new_urls.push_back({.id = id, .hash = memory.seen().hash_of(url), .host = 1, .url = url});
    (id <= 10 ? few : stale).ids.push_back(id);
    if (id > 10) batch.updates.push_back({.id = id, .state = model::Verdict::done});
  }
  batch.chunks = {few, stale};
  batch.horizon = 101;
  REQUIRE(memory.put(batch));
  Gate gate;
  web.before = [&](const std::string&) { gate.wait(); };
  ThreadedCrawl crawl(web, memory);
  crawl.frontier_options = {.window = 4, .low_water = 2, .spill_at = 8};
  crawl.start(url_of(1));
  const auto status = crawl.pipeline().status();
  CHECK(status.states.at("queued") == 10);
  CHECK(status.frontier.waiting <= 10);
  CHECK(status.frontier.waiting >= 1);
  gate.open();
}

TEST_CASE("a drain lets transfers finish within the grace") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 1);
  Gate gate;
  web.before = [&](const std::string&) { gate.wait(); };
  ThreadedCrawl crawl(web, memory);
  crawl.start(url_of(1));
  REQUIRE(eventually([&] { return gate.waiting() == 1; }));
  std::thread opener([&] { gate.open(); });
  CHECK(crawl.pipeline().drain(kForEver, "stopped"));
  opener.join();
  check_complete(memory, 1);
}

TEST_CASE("a drain aborts transfers after the grace, and the next run fetches them") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 60);
  {
    ThreadedCrawl crawl(web, memory);
    std::atomic<bool> hang = true;
    std::atomic<int> hanging = 0;
    web.before = [&](const std::string& url) {
      if (url == url_of(1)) return;
      ++hanging;
      while (hang) std::this_thread::sleep_for(milliseconds(1));
    };
    crawl.start(url_of(1));
    REQUIRE(eventually([&] { return hanging >= 2; }));
    // As the fetchers' abort() would: the transfers come back soon after it.
    std::thread aborter([&] {
      std::this_thread::sleep_for(milliseconds(50));
      hang = false;
    });
    CHECK(crawl.pipeline().drain(milliseconds(0), "stopped"));
    aborter.join();
    CHECK(memory.pages().size() == 1);
    CHECK(memory.state_of(memory.id_of(url_of(2))) == model::Verdict::queued);
    CHECK(memory.runs().back().exit == "stopped");
  }
  web.before = nullptr;
  ThreadedCrawl again(web, memory);
  again.start(url_of(1));
  REQUIRE(again.finish());
  check_complete(memory, 60);
  CHECK(web.requests().at(url_of(1)) == 1);
}

TEST_CASE("a crawl that is torn down in the middle ends its threads and goes on later") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 300);
  {
    ThreadedCrawl crawl(web, memory);
    crawl.options.commit.batch.settled = 5;
    crawl.start(url_of(1));
    REQUIRE(eventually([&] { return crawl.pipeline().status().totals.pages >= 20; }));
  }
  ThreadedCrawl again(web, memory);
  again.start(url_of(1));
  REQUIRE(again.finish());
  check_complete(memory, 300);
}

TEST_CASE("a store that refuses a few writes holds the crawl, and nothing is lost") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 50);
  ThreadedCrawl crawl(web, memory);
  std::atomic<int> refusals = 2;
  std::atomic<bool> held = false;
  crawl.store.before_put = [&]() -> base::Status {
    if (refusals == 0) return base::Done{};
    // The second try is refused only once the hold of the first was seen.
    if (refusals == 1 && !held) return no_room();
    --refusals;
    return no_room();
  };
  crawl.start(url_of(1));
  CHECK(eventually([&] {
    const auto status = crawl.pipeline().status();
    return status.limit == Limit::disk && status.held_because == "no room on the scripted disk";
  }));
  held = true;
  REQUIRE(crawl.finish());
  CHECK(crawl.pipeline().end() == End::nothing_left);
  CHECK(crawl.pipeline().status().held_because.empty());
  check_complete(memory, 50);
}

TEST_CASE("a damaged store ends the crawl with what it said") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 50);
  ThreadedCrawl crawl(web, memory);
  crawl.options.commit.batch.settled = 5;
  crawl.store.before_put = [] {
    return base::Status(base::Error{base::Error::Code::corrupt, "the disk image is malformed"});
  };
  crawl.start(url_of(1));
  const base::Status finished = crawl.finish();
  CHECK(crawl.pipeline().end() == End::store_failed);
  REQUIRE_FALSE(finished);
  CHECK(finished.error().message == "the disk image is malformed");
}

TEST_CASE("a store that stays full does not keep a drain waiting") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 50);
  ThreadedCrawl crawl(web, memory);
  crawl.store.before_put = [] { return base::Status(no_room()); };
  crawl.start(url_of(1));
  REQUIRE(eventually([&] { return crawl.pipeline().status().limit == Limit::disk; }));
  const base::Status drained = crawl.pipeline().drain(milliseconds(0), "stopped");
  REQUIRE_FALSE(drained);
  CHECK(drained.error().code == base::Error::Code::disk_full);
}

TEST_CASE("status names the stage that the others wait for") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 100);
  ThreadedCrawl crawl(web, memory);
  crawl.options.pages.items = 2;
  Gate gate;
  const auto limit_is = [&](Limit limit) {
    return eventually([&] { return crawl.pipeline().status().limit == limit; });
  };
  const auto after_the_first = [&](const std::string& url) {
    if (url != url_of(1) && url != url_of(2) && url != url_of(3)) gate.wait();
  };
  SECTION("parse") {
    crawl.before_parse = after_the_first;
    crawl.start(url_of(1));
    CHECK(limit_is(Limit::parse));
  }
  SECTION("connections") {
    crawl.options.fetch_threads = 2;
    web.before = after_the_first;
    crawl.start(url_of(1));
    CHECK(limit_is(Limit::connections));
  }
  SECTION("paused") {
    web.before = after_the_first;
    crawl.start(url_of(1));
    crawl.pipeline().hold(pipeline::Hold::user, true);
    CHECK(limit_is(Limit::paused));
    CHECK(crawl.pipeline().status().held_because == "paused by the user");
    crawl.pipeline().hold(pipeline::Hold::user, false);
  }
  gate.open();
  REQUIRE(crawl.finish());
  check_complete(memory, 100);
}

TEST_CASE("a stage that throws ends the crawl with its name, and the next run goes on") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 100);
  {
    ThreadedCrawl crawl(web, memory);
    std::string stage;
    std::atomic<int> puts = 0;
    SECTION("fetch") {
      stage = "fetch";
      web.before = [](const std::string& url) {
        if (url == url_of(20)) throw std::runtime_error("scripted trouble");
      };
    }
    SECTION("parse, on every thread") {
      stage = "parse";
      crawl.options.pages.items = 1;
      crawl.before_parse = [](const std::string& url) {
        if (url != url_of(1)) throw std::runtime_error("scripted trouble");
      };
    }
    SECTION("commit") {
      stage = "commit";
      crawl.options.commit.batch.settled = 5;
      crawl.store.before_put = [&puts]() -> base::Status {
        if (++puts == 4) throw std::runtime_error("scripted trouble");
        return base::Done{};
      };
    }
    crawl.start(url_of(1));
    const base::Status finished = crawl.finish(milliseconds(0));
    CHECK(crawl.pipeline().end() == End::stage_failed);
    REQUIRE_FALSE(finished);
    CHECK(finished.error().message.starts_with("the " + stage + " stage failed: scripted trouble"));
  }
  web.before = nullptr;
  ThreadedCrawl again(web, memory);
  again.start(url_of(1));
  REQUIRE(again.finish());
  check_complete(memory, 100);
}

TEST_CASE("a limit of pages is kept to the page, whatever the threads do") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 200);
  ThreadedCrawl crawl(web, memory);
  crawl.frontier_options.page_limit = 37;
  crawl.start(url_of(1));
  REQUIRE(crawl.finish());
  CHECK(crawl.pipeline().end() == End::page_limit);
  CHECK(memory.pages().size() == 37);
}

TEST_CASE("limits of bytes and of errors end the crawl") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 400);
  ThreadedCrawl crawl(web, memory);
  SECTION("bytes") {
    crawl.options.most_bytes = 2'000;
    crawl.start(url_of(1));
    REQUIRE(crawl.finish());
    CHECK(crawl.pipeline().end() == End::byte_limit);
  }
  SECTION("errors") {
    for (int i = 0; i < 20; ++i) web.page(url_of(1), {"http://a.test/gone" + std::to_string(i)});
    crawl.options.most_errors = 5;
    crawl.start(url_of(1));
    REQUIRE(crawl.finish());
    CHECK(crawl.pipeline().end() == End::error_limit);
  }
}

TEST_CASE("seeds are in the store before the portion behind the next is asked for") {
  SharedWeb web;
  storage::MemoryStore memory;
  for (int page = 0; page < 4; ++page) web.page(url_of(page), {});
  ThreadedCrawl crawl(web, memory);
  std::vector<std::size_t> written;  // URLs, as each portion is asked for
  crawl.start(url_of(0), [&] {
    written.push_back(memory.queued_from(1, 100)->size());
    pipeline::Injections seeds;
    const auto page = static_cast<int>(written.size()) - 1;
    if (page < 4) seeds.all.push_back({.url = *model::Url::parse(url_of(page)), .site = 0});
    return seeds;
  });
  REQUIRE(crawl.finish());
  CHECK(written == std::vector<std::size_t>{0, 0, 1, 2, 3});
  CHECK(memory.pages().size() == 4);
}

TEST_CASE("URLs can be handed in while the crawl runs, and not after its end") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 1);
  web.page(url_of(1'000), {});
  Gate gate;
  web.before = [&](const std::string& url) {
    if (url == url_of(1)) gate.wait();
  };
  ThreadedCrawl crawl(web, memory);
  crawl.start(url_of(1));
  const auto injection = [](int page) {
    return pipeline::Injections{{{.url = *model::Url::parse(url_of(page)), .site = 0}}};
  };
  CHECK(crawl.pipeline().inject(injection(1'000)));
  gate.open();
  REQUIRE(crawl.finish());
  CHECK(memory.pages().size() == 2);
  CHECK_FALSE(crawl.pipeline().inject(injection(1'001)));
}

TEST_CASE("status and holds are for any thread, from the start to the end") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web, 200);
  ThreadedCrawl crawl(web, memory);
  Gate started;
  web.before = [&](const std::string&) { started.wait(); };
  crawl.start(url_of(1));
  std::atomic<bool> stop = false;
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&] {
      while (!stop) {
        crawl.pipeline().hold(pipeline::Hold::memory, true);
        (void)crawl.pipeline().status();
        crawl.pipeline().hold(pipeline::Hold::memory, false);
        std::this_thread::yield();
      }
    });
  }
  started.open();
  const bool complete = eventually([&] { return crawl.pipeline().end() != End::running; });
  const base::Status drained = crawl.pipeline().drain(kForEver, "finished");
  stop = true;
  for (std::thread& other : others) other.join();
  CHECK(complete);
  CHECK(drained);
  CHECK(crawl.pipeline().status().held_because.empty());
  check_complete(memory, 200);
}
