// Name servers and hosts that take their time, while there is a thread for one transfer.
#include <catch2/catch.hpp>

#include "tests/unit/pipeline/threaded_crawl.h"

namespace crawld::tests {
namespace {

TEST_CASE("a name that is late holds up no thread") {
  SharedWeb web;
  web.page("http://a.test/", {"http://late.test/", "http://b.test/"});
  web.page("http://late.test/", {});
  web.page("http://b.test/", {"http://c.test/"});
  web.page("http://c.test/", {});
  std::vector<std::function<void()>> waiting;  // the one fetch thread's
  std::vector<std::string> asked;
  web.name_is_late = [&](const std::string& url, const std::function<void()>& known) {
    if (!url.starts_with("http://late.test/") || !asked.empty()) return false;
    asked.push_back(url);
    waiting.push_back(known);
    return true;
  };
  std::vector<std::string> fetched;
  web.before = [&](const std::string& url) {
    if (!url.ends_with("robots.txt")) fetched.push_back(url);
    if (url == "http://c.test/") waiting.front()();
  };
  storage::MemoryStore memory;
  ThreadedCrawl crawl(web, memory);
  crawl.options.fetch_threads = 1;
  crawl.start("http://a.test/");
  CHECK(crawl.finish());
  CHECK(fetched == std::vector<std::string>{"http://a.test/", "http://b.test/", "http://c.test/",
                                            "http://late.test/"});
}

TEST_CASE("a crawl that is stopped does not wait for name servers") {
  SharedWeb web;
  web.page("http://a.test/", {});
  Gate asked;
  web.name_is_late = [&](const std::string&, const std::function<void()>&) {
    asked.open();
    return true;
  };
  storage::MemoryStore memory;
  ThreadedCrawl crawl(web, memory);
  crawl.start("http://a.test/");
  asked.wait();
  CHECK(crawl.pipeline().drain(kForEver, "interrupted"));
  CHECK(web.requests().empty());
  CHECK(memory.count_states().value().at("queued") == 1);
}

TEST_CASE("a host that is not reached yet holds up no thread, and its page is fetched once") {
  SharedWeb web;
  web.page("http://a.test/", {"http://late.test/", "http://b.test/"});
  web.page("http://late.test/", {});
  web.page("http://b.test/", {"http://c.test/"});
  web.page("http://c.test/", {});
  std::vector<std::function<void()>> waiting;  // the one fetch thread's
  web.host_is_late = [&](const std::string& url, const std::function<void()>& reached) {
    if (!url.starts_with("http://late.test/") || !waiting.empty()) return false;
    waiting.push_back(reached);
    return true;
  };
  std::vector<std::string> fetched;
  web.before = [&](const std::string& url) {
    if (!url.ends_with("robots.txt")) fetched.push_back(url);
    if (url == "http://c.test/") waiting.front()();
  };
  storage::MemoryStore memory;
  ThreadedCrawl crawl(web, memory);
  crawl.options.fetch_threads = 1;
  crawl.start("http://a.test/");
  CHECK(crawl.finish());
  CHECK(fetched == std::vector<std::string>{"http://a.test/", "http://b.test/", "http://c.test/",
                                            "http://late.test/"});
  CHECK(memory.count_states().value().at("done") == 4);
}

TEST_CASE("a crawl that is stopped does not wait for hosts, and keeps what it would have asked") {
  SharedWeb web;
  web.page("http://a.test/", {});
  Gate asked;
  web.host_is_late = [&](const std::string&, const std::function<void()>&) {
    asked.open();
    return true;
  };
  storage::MemoryStore memory;
  ThreadedCrawl crawl(web, memory);
  crawl.start("http://a.test/");
  asked.wait();
  CHECK(crawl.pipeline().drain(kForEver, "interrupted"));
  CHECK(web.requests().empty());
  CHECK(memory.count_states().value().at("queued") == 1);
}

}  // namespace
}  // namespace crawld::tests
