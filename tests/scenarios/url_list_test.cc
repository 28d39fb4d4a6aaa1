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
