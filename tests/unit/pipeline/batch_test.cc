// How much lies between an answer and the disk: what a kill would make us fetch again.
#include <catch2/catch.hpp>

#include "storage/memory_store.h"
#include "tests/support/simulation.h"
#include "tests/unit/pipeline/threaded_crawl.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kWorth = 24;

// The books of a crawl whose items a test hands in itself.
struct Books {
  Books() {
    config::Site site;
    site.name = "test";
    config.sites = {site};
    sites = std::make_unique<pipeline::SiteBook>(*pipeline::compile_sites(config, {}));
    frontier = std::make_unique<frontier::LocalFrontier>(pipeline::frontier_settings(config, {}),
                                                         frontier::LocalFrontier::Options{});
    commit = std::make_unique<pipeline::CommitStage>(store, *frontier, *sites, clock,
                                                     pipeline::CommitStage::Options{});
    (void)store.begin_run({.command = "test", .version = {}, .sites = {site.name}});
  }
  void settle(int pages) {
    pipeline::Refusals settled;
    for (; pages > 0; --pages) settled.all.push_back({.url_id = ++last_id});
    commit->add(std::move(settled));
  }

  config::Config config;
  storage::MemoryStore store;
  ManualClock clock;
  std::unique_ptr<pipeline::SiteBook> sites;
  std::unique_ptr<frontier::LocalFrontier> frontier;
  std::unique_ptr<pipeline::CommitStage> commit;
  model::UrlId last_id = 0;
};

}  // namespace

TEST_CASE("a batch with nothing behind it is written when it is worth it, or soon") {
  Books books;
  CHECK_FALSE(books.commit->flush_due(books.clock.now(), 0));
  books.settle(1);
  CHECK_FALSE(books.commit->flush_due(books.clock.now(), 0));
  CHECK(books.commit->flush_due(books.clock.now() + milliseconds(20), 0));
  books.settle(kWorth - 1);
  CHECK(books.commit->flush_due(books.clock.now(), 0));
  REQUIRE(books.commit->flush());
  CHECK_FALSE(books.commit->flush_due(books.clock.now() + milliseconds(20), 0));
}

TEST_CASE("a batch with more behind it grows, to its bounds") {
  Books books;
  books.settle(kWorth);
  CHECK_FALSE(books.commit->flush_due(books.clock.now() + milliseconds(20), 1));
  CHECK(books.commit->flush_due(books.clock.now() + milliseconds(200), 1));
  books.settle(200 - kWorth);
  CHECK(books.commit->flush_due(books.clock.now(), 1));
}

TEST_CASE("a page is asked for only where the parse workers have room for it") {
  SharedWeb web;
  storage::MemoryStore memory;
  std::vector<std::string> links;
  for (int page = 0; page < 300; ++page) links.push_back("http://a.test/" + std::to_string(page));
  for (const std::string& link : links) web.page(link, {});
  web.page("http://a.test/", links);
  ThreadedCrawl crawl(web, memory);
  crawl.options.pages.items = 10;
  Gate gate;
  crawl.before_parse = [&](const std::string& url) {
    if (url != "http://a.test/") gate.wait();
  };
  crawl.start("http://a.test/");
  CHECK(eventually(
      [&] { return crawl.pipeline().status().fetched.waiting == crawl.options.fetch_threads; }));
  // What lies in the queue, what the fetch threads had under way and what is being parsed.
  CHECK(web.requests().size() <= 1 + 10 + 8 + 3);
  gate.open();
  REQUIRE(crawl.finish());
  CHECK(memory.pages().size() == 301);
}
