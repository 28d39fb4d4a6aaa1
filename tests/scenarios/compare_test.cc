// What makes a page changed, where the body is not what counts (revisit.compare).
#include <catch2/catch.hpp>
#include <deque>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

struct Visits {
  std::size_t versions = 0;
  std::size_t changed = 0;
};

// The page answers with these in turn, an hour apart.
Visits visits(config::Compare by, std::vector<std::string> bodies) {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;
  config::Site site = quick_site({"http://a.test/"});
  site.revisit = {.default_interval = hours(1),
                  .min = hours(1),
                  .max = hours(1),
                  .adaptive = false,
                  .compare = by};
  std::deque<Answer> answers;
  for (std::string& body : bodies) answers.push_back({.body = std::move(body)});
  web.answers("http://a.test/", std::move(answers));
  config.sites = {site};
  Simulation simulation(config, web, clock, store, {.recurring = true});
  simulation.run(1'000, hours(static_cast<int>(bodies.size()) - 1) + minutes(30));
  CHECK(web.count("http://a.test/") == bodies.size());
  const auto& changes = simulation.totals().changes;
  const auto changed = changes.find("changed");
  return {store.pages().size(), changed == changes.end() ? 0 : changed->second};
}

const std::string kToken1 = "<title>t</title><input type=hidden value=1><p>ten <b>9 EUR</b>";
const std::string kToken2 = "<title>t</title><input type=hidden value=2><p>ten <b>9 EUR</b>";
const std::string kDearer = "<title>t</title><input type=hidden value=3><p>ten <b>8 EUR</b>";

}  // namespace

TEST_CASE("a page whose hidden token differs is changed by its body, and not by its text") {
  CHECK(visits(config::Compare::body, {kToken1, kToken2, kToken1}).versions == 3);
  const Visits by_text = visits(config::Compare::text, {kToken1, kToken2, kToken1, kDearer});
  CHECK(by_text.versions == 2);
  CHECK(by_text.changed == 1);
}

TEST_CASE("a page without text is compared by its body, whatever is asked for") {
  const auto image = [](const std::string& name) { return "<img src=" + name + ">"; };
  CHECK(visits(config::Compare::text, {image("a"), image("b")}).versions == 2);
}
