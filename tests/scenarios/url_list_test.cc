#include <catch2/catch.hpp>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

const std::string kBooks = R"({"category":"books"})";

pipeline::Injections listed(const std::string& url, const std::string& metadata) {
  return {{{.url = *model::Url::parse(url), .site = 0, .metadata = metadata}}};
}

std::string metadata_of(const storage::MemoryStore& store, const std::string& url) {
  for (const auto& [id, row] : store.known()) {
    if (row.url == url) return row.metadata;
  }
  return "unknown";
}

}  // namespace

TEST_CASE("what a URL list says of a page is carried to all that it leads to") {
  for (std::size_t stopped_after = 2; stopped_after < 8; ++stopped_after) {
    ManualClock clock;
    ScriptedWeb web{clock};
    storage::MemoryStore store;
    config::Config config;
    config.sites = {quick_site({"http://a.test/"})};
    web.page("http://a.test/", links({"/plain"}));
    web.page("http://a.test/plain", "");
    web.page("http://a.test/list", links({"/child", "/moved"}));
    web.page("http://a.test/child", links({"/grandchild", "/plain"}));
    web.page("http://a.test/grandchild", "");
    web.redirect("http://a.test/moved", "/target");
    web.page("http://a.test/target", "");
    {
      Simulation simulation(config, web, clock, store);
      simulation.tell(listed("http://a.test/list", kBooks));
      simulation.run(stopped_after);
      simulation.flush();
    }
    Simulation simulation(config, web, clock, store);
    simulation.run();
    CHECK(simulation.finished());
    for (const char* path : {"list", "child", "grandchild", "moved", "target"}) {
      CHECK(metadata_of(store, std::string("http://a.test/") + path) == kBooks);
    }
    CHECK(metadata_of(store, "http://a.test/").empty());
  }
}

TEST_CASE("what a URL list says of a known URL takes the place of what was said before") {
  const std::string news = R"({"category":"news"})";
  // Told while the URL waits unwritten, waits in the books, and when its page was read long ago.
  for (std::size_t told_after = 0; told_after < 6; ++told_after) {
    INFO(told_after);
    ManualClock clock;
    ScriptedWeb web{clock};
    storage::MemoryStore store;
    config::Config config;
    config.sites = {quick_site({"http://a.test/"})};
    web.page("http://a.test/", links({"/list"}));
    web.page("http://a.test/list", links({"/child"}));
    web.page("http://a.test/child", "");
    Simulation simulation(config, web, clock, store);
    simulation.tell(listed("http://a.test/list", kBooks));
    simulation.run(told_after);
    const bool was_read = metadata_of(store, "http://a.test/child") != "unknown";
    simulation.tell(listed("http://a.test/list", news));
    simulation.tell(listed("http://a.test/list", ""));
    simulation.run();
    simulation.flush();
    CHECK(metadata_of(store, "http://a.test/list") == news);
    const std::string of_child = metadata_of(store, "http://a.test/child");
    CHECK((of_child == kBooks || (of_child == news && !was_read)));
    simulation.tell(listed("http://a.test/list", kBooks));
    simulation.flush();
    CHECK(metadata_of(store, "http://a.test/list") == kBooks);
  }
}

TEST_CASE("a known URL that waits hands on what a list says of it now") {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config.sites = {quick_site({"http://a.test/"})};
  web.page("http://a.test/", links({"/first", "/list"}));
  web.page("http://a.test/first", "");
  web.page("http://a.test/list", links({"/child"}));
  web.page("http://a.test/child", "");
  Simulation simulation(config, web, clock, store);
  simulation.run(2);
  simulation.flush();
  REQUIRE(metadata_of(store, "http://a.test/list").empty());
  REQUIRE(metadata_of(store, "http://a.test/child") == "unknown");
  simulation.tell(listed("http://a.test/list", kBooks));
  simulation.run();
  simulation.flush();
  CHECK(metadata_of(store, "http://a.test/child") == kBooks);
}
