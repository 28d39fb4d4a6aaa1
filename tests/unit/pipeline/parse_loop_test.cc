// Who reads which page, and what becomes of one that kills its worker.
#include <catch2/catch.hpp>

#include <atomic>

#include "crawler/pipeline/second_looks.h"
#include "tests/unit/pipeline/threaded_crawl.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;

namespace {

const std::string kKiller = "http://a.test/killer";

// A seed with a page that kills and twenty others behind it.
void add_site(SharedWeb& web) {
  std::vector<std::string> links{kKiller};
  for (int page = 0; page < 20; ++page) links.push_back("http://a.test/" + std::to_string(page));
  for (const std::string& link : links) web.page(link, {});
  web.page("http://a.test/", links);
}

model::Verdict state_of(const storage::MemoryStore& memory, const std::string& url) {
  return memory.state_of(memory.id_of(url));
}

// Twenty pages behind four that hold this link and are not read before the others are.
void check_that_others_pass(SharedWeb& web, const storage::MemoryStore& memory,
                            ThreadedCrawl& crawl, const std::string& link_of_slow) {
  std::vector<std::string> links;
  for (int page = 0; page < 4; ++page) {
    links.push_back("http://a.test/document" + std::to_string(page));
    web.page(links.back(), {link_of_slow});
  }
  for (int page = 0; page < 20; ++page) {
    links.push_back("http://a.test/" + std::to_string(page));
    web.page(links.back(), {});
  }
  web.page("http://a.test/", links);
  Gate gate;
  crawl.options.pages.quiet = kForEver;
  crawl.before_parse = [&](const std::string& url) {
    if (url.find("document") != std::string::npos) gate.wait();
  };
  crawl.start("http://a.test/");
  CHECK(eventually([&] { return crawl.pipeline().status().totals.pages == 21; }));
  CHECK(eventually([&] { return gate.waiting() == crawl.options.parse_workers - 1; }));
  gate.open();
  REQUIRE(crawl.finish());
  CHECK(memory.pages().size() == 25);
}

model::Fetched page_of(std::size_t bytes) {
  model::Response response;
  response.body = std::string(bytes, 'x');
  return {.lease = {.request = {.url = *model::Url::parse(kKiller)}},
          .outcome = std::move(response),
          .fetched_at = {}};
}

}  // namespace

TEST_CASE(
    "a page that kills its worker is read once more later, by a fresh one, not fetched again") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web);
  ThreadedCrawl crawl(web, memory);
  std::atomic<int> looks = 0;
  std::atomic<bool> fresh = false;
  crawl.options.pages.second_look = milliseconds(1);
  crawl.kills = [&](const parsers::ParseJob& job) {
    if (job.url != kKiller) return false;
    fresh = job.fresh_worker;
    return ++looks == 1;
  };
  crawl.start("http://a.test/");
  REQUIRE(crawl.finish());
  CHECK(looks == 2);
  CHECK(fresh);
  CHECK(state_of(memory, kKiller) == model::Verdict::done);
  CHECK(web.requests().at(kKiller) == 1);
}

TEST_CASE("a page that kills its second worker too is booked with its body, and never read again") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web);
  ThreadedCrawl crawl(web, memory);
  std::atomic<int> looks = 0;
  // The pages behind it come first; the end of the crawl does not wait for its time.
  crawl.options.pages.second_look = kForEver;
  crawl.kills = [&](const parsers::ParseJob& job) {
    if (job.url != kKiller || !job.wants.reading) return false;
    ++looks;
    return true;
  };
  crawl.start("http://a.test/");
  REQUIRE(eventually([&] { return crawl.pipeline().status().totals.pages == 21; }));
  REQUIRE(eventually([&] { return looks == 1; }));
  CHECK(crawl.pipeline().status().states.at("queued") == 1);
  REQUIRE(crawl.pipeline().drain(kForEver, "stopped"));
  CHECK(looks == 2);
  CHECK(state_of(memory, kKiller) == model::Verdict::parse_error);
  CHECK(memory.pages().size() == 22);
}

TEST_CASE("large bodies take all parse threads but one from the small ones") {
  SharedWeb web;
  storage::MemoryStore memory;
  ThreadedCrawl crawl(web, memory);
  check_that_others_pass(web, memory, crawl, "http://a.test/?" + std::string(300'000, 'x'));
}

TEST_CASE("pages that a program of the system reads wait with the large ones") {
  SharedWeb web;
  storage::MemoryStore memory;
  ThreadedCrawl crawl(web, memory);
  crawl.options.pages.takes_long = [](const model::Response& response) {
    return response.body.find("/slow") != std::string::npos;
  };
  check_that_others_pass(web, memory, crawl, "http://elsewhere.test/slow");
}

TEST_CASE("a crawl that ends cuts short what takes long once its grace is over") {
  SharedWeb web;
  storage::MemoryStore memory;
  add_site(web);
  ThreadedCrawl crawl(web, memory);
  Gate gate;
  crawl.options.pages.takes_long = [](const model::Response&) { return false; };
  crawl.before_parse = [&](const std::string& url) {
    if (url == kKiller) gate.wait();
  };
  crawl.when_cut_short = [&] { gate.open(); };
  crawl.start("http://a.test/");
  REQUIRE(eventually([&] { return gate.waiting() == 1; }));
  REQUIRE(crawl.pipeline().drain(milliseconds(1), "stopped"));  // else it would wait for ever
}

TEST_CASE("pages that wait for their second look are bounded, and are taken when due") {
  pipeline::SecondLooks looks({.pages = 2, .bytes = 10'000});
  const base::Instant now{};
  model::Fetched small = page_of(100);
  model::Fetched large = page_of(10'000);
  model::Fetched third = page_of(100);
  CHECK_FALSE(looks.put(large, now));
  CHECK(large.response()->body.size() == 10'000);
  CHECK(looks.put(small, now + milliseconds(5)));
  CHECK(looks.put(third, now + milliseconds(9)));
  model::Fetched fourth = page_of(1);
  CHECK_FALSE(looks.put(fourth, now));
  CHECK_FALSE(looks.take(now + milliseconds(4)));
  CHECK(looks.take(now + milliseconds(5)));
  CHECK_FALSE(looks.take(now + milliseconds(5)));
  CHECK(looks.put(fourth, now + milliseconds(9)));
}
