// Pages that a server calls unchanged, once other links are to be followed than when they were
// read.
#include <catch2/catch.hpp>

#include "storage/sqlite_store.h"
#include "tests/support/folder.h"
#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const std::string kPage = "http://a.test/";
const std::string kImage = "http://a.test/a.png";

config::Site hourly() {
  config::Site site = quick_site({kPage});
  site.revisit = {
      .default_interval = hours(1), .min = hours(1), .max = hours(1), .adaptive = false};
  return site;
}

// A page with a picture that answers these, one after the other.
struct Daemon {
  explicit Daemon(std::deque<int> statuses) {
    std::deque<Answer> answers;
    for (const int status : statuses) {
      Answer answer{.status = status,
                    .body = status == 200 ? "<title>t</title><img src=/a.png>" : "",
                    .headers = {{"Content-Type", "text/html"}, {"ETag", "\"v1\""}}};
      answers.push_back(std::move(answer));
    }
    web.answers(kPage, std::move(answers));
    web.page(kImage, "");
  }

  Simulation start(const config::Site& site, storage::PageStore& into) {
    config::Config config;
    config.sites = {site};
    return Simulation(config, web, clock, into, {.recurring = true});
  }

  // With a condition or without, visit by visit.
  std::string conditions() const {
    std::string all;
    for (const SeenRequest& request : web.log()) {
      if (request.url == kPage) all += request.validators.empty() ? '-' : 'c';
    }
    return all;
  }

  ManualClock clock;
  ScriptedWeb web{clock};
};

void reload(Simulation& simulation, const config::Site& site) {
  config::Config config;
  config.sites = {site};
  simulation.reload(config, {});
  simulation.tell(pipeline::SiteNames{{site.name}});
}

}  // namespace

TEST_CASE("parts of a page that answers 304 are found once they are asked for") {
  Daemon daemon({200, 304, 200, 304, 304});
  storage::MemoryStore store;
  config::Site site = hourly();
  Simulation simulation = daemon.start(site, store);
  simulation.run(1'000, hours(1) + minutes(30));
  CHECK(daemon.web.count(kImage) == 0);
  site.follow_requisites = true;
  reload(simulation, site);
  simulation.run(1'000, hours(3));
  CHECK(daemon.conditions() == "-c-cc");
  CHECK(daemon.web.count(kImage) > 0);
  CHECK(store.pages().size() == 2);  // the page's only version, and the picture's
}

TEST_CASE("other rules for links hold over a restart, and the same ones change nothing") {
  Daemon daemon({200, 304, 304, 200, 304});
  const Folder folder;
  auto store = storage::SqliteStore::open(folder.file("crawl.db"), {});
  REQUIRE(store);
  storage::RunStart run{.started_at = 1, .command = "test", .sites = {"a.test"}};
  config::Site site = hourly();
  for (const bool requisites : {false, false, true, true}) {
    REQUIRE((*store)->begin_run(run));
    site.follow_requisites = requisites;
    daemon.start(site, **store).run(1'000, hours(1) + minutes(1));
  }
  CHECK(daemon.conditions() == "-cc-c");
}

TEST_CASE("a page that was on its way when the rules changed is read the time after") {
  Daemon daemon({200, 304, 200, 304});
  storage::MemoryStore store;
  config::Site site = hourly();
  Simulation simulation = daemon.start(site, store);
  simulation.run(1'000, minutes(30));
  simulation.frontier().pause_site(0, true);
  simulation.run(1'000, hours(1));  // it is due now, and waits in the frontier with its condition
  site.follow_requisites = true;
  reload(simulation, site);
  simulation.frontier().pause_site(0, false);
  simulation.run(1'000, hours(3));
  CHECK(daemon.conditions() == "-c-c");
  CHECK(daemon.web.count(kImage) > 0);
}
