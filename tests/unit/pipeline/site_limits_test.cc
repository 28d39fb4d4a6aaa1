// Which sites a limit closes, and when.
#include "crawler/pipeline/site_limits.h"

#include <catch2/catch.hpp>

using namespace crawld;
using base::Instant;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Instant kStart{std::chrono::hours(1)};

// Sites that wait for nothing: site N has the one host N, http://hN.test/.
class Sites {
 public:
  explicit Sites(std::vector<config::Limits> limits) : limits_(std::move(limits)) {
    compile();
    frontier::SiteSettings eager;
    eager.politeness.delay = milliseconds(0);
    eager.obey_robots = false;
    frontier_ = std::make_unique<frontier::LocalFrontier>(
        std::vector<frontier::SiteSettings>(limits_.size(), eager),
        frontier::LocalFrontier::Options{});
    for (model::SiteId site = 0; site < limits_.size(); ++site) {
      frontier_->add_host(
          {.id = site + 1, .origin = origin(site), .site = site, .opens_at = Instant::min()});
    }
  }

  // A page of so many bytes.
  void fetched(model::SiteId site, std::uint64_t bytes) {
    count(site, model::Verdict::done, bytes);
  }
  void failed_with_its_host(model::SiteId site) { site_limits_.count_failed(site); }
  void failed(model::SiteId site) { count(site, model::Verdict::failed, 0); }
  void reload(model::SiteId site, config::Limits limits) {
    limits_[site] = limits;
    compile();
  }

  // Which limit keeps the site's next URL back at that moment; empty: none.
  std::string closed_by(model::SiteId site, seconds after) {
    const Instant now = kStart + after;
    site_limits_.enforce(table_, *frontier_, now);
    frontier_->offer({{.url_id = ++last_url_,
                       .host_id = site + 1,
                       .request = {.url = *model::Url::parse(origin(site)), .site = site}}});
    const frontier::Turn turn = frontier_->lease(now);
    if (turn.lease) {
      frontier_->release(*turn.lease, {}, {}, now);
      frontier_->settled(*turn.lease, true);
      return {};
    }
    REQUIRE(turn.refusals.size() == 1);
    return turn.refusals[0].reason;
  }

 private:
  void count(model::SiteId site, model::Verdict verdict, std::uint64_t bytes) {
    model::Settled settled{
        .parsed = {.fetched = {.lease = {.request = {.url = *model::Url::parse(origin(site)),
                                                     .site = site}}}}};
    settled.parsed.fetched.timings.bytes_received = bytes;
    settled.verdict = verdict;
    site_limits_.count(settled);
  }
  static std::string origin(model::SiteId site) {
    return "http://h" + std::to_string(site) + ".test";
  }
  void compile() {
    config::Config config;
    for (model::SiteId id = 0; id < limits_.size(); ++id) {
      config::Site site;
      site.name = "site " + std::to_string(id);
      site.seeds = {origin(id)};
      site.limits = limits_[id];
      config.sites.push_back(site);
    }
    table_ = std::make_shared<pipeline::SiteTable>(*pipeline::compile_sites(config, {}));
  }

  std::vector<config::Limits> limits_;
  std::shared_ptr<const pipeline::SiteTable> table_;
  std::unique_ptr<frontier::LocalFrontier> frontier_;
  pipeline::SiteLimits site_limits_{kStart};
  model::UrlId last_url_ = 0;
};

}  // namespace

TEST_CASE("a site is closed by the limit that is reached, and no other with it") {
  Sites sites({{.bytes = 1'000}, {.bytes = 1'000, .errors = 2}, {}});
  for (model::SiteId site = 0; site < 3; ++site) {
    sites.fetched(site, 600);
    CHECK(sites.closed_by(site, seconds(0)).empty());
  }
  sites.fetched(0, 400);
  sites.failed(1);
  CHECK(sites.closed_by(1, seconds(1)).empty());
  sites.failed(1);
  sites.fetched(2, 100'000);
  CHECK(sites.closed_by(0, seconds(1)) == "limits.bytes");
  CHECK(sites.closed_by(1, seconds(1)) == "limits.errors");
  CHECK(sites.closed_by(2, seconds(1)).empty());
}

TEST_CASE("a URL that fails with its host counts for its site") {
  Sites sites({{.errors = 2}, {.errors = 2}});
  sites.failed(0);
  sites.failed_with_its_host(0);
  sites.failed(1);
  CHECK(sites.closed_by(0, seconds(0)) == "limits.errors");
  CHECK(sites.closed_by(1, seconds(0)).empty());
}

TEST_CASE("the time of each site ends by itself, whatever is counted meanwhile") {
  Sites sites({{.time = seconds(20)}, {.time = seconds(10)}, {}});
  for (model::SiteId site = 0; site < 3; ++site) sites.fetched(site, 1);
  CHECK(sites.closed_by(0, seconds(9)).empty());
  CHECK(sites.closed_by(1, seconds(9)).empty());
  CHECK(sites.closed_by(0, seconds(10)).empty());
  CHECK(sites.closed_by(1, seconds(10)) == "limits.time");
  CHECK(sites.closed_by(0, seconds(19)).empty());
  CHECK(sites.closed_by(0, seconds(20)) == "limits.time");
  CHECK(sites.closed_by(2, seconds(20)).empty());
}

TEST_CASE("a reload opens what its limits allow and closes what they do not, at once") {
  Sites sites({{.bytes = 1'000}, {.time = seconds(60)}, {}});
  for (model::SiteId site = 0; site < 3; ++site) sites.fetched(site, 2'000);
  CHECK(sites.closed_by(0, seconds(5)) == "limits.bytes");
  sites.reload(0, {.bytes = 3'000});
  sites.reload(1, {.time = seconds(4)});
  sites.reload(2, {.bytes = 2'000});
  CHECK(sites.closed_by(0, seconds(5)).empty());
  CHECK(sites.closed_by(1, seconds(5)) == "limits.time");
  CHECK(sites.closed_by(2, seconds(5)) == "limits.bytes");
}
