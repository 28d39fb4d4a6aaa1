// When logins begin, and what is told of them.
#include "crawler/pipeline/logins.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/scripted_web.h"

using namespace crawld;
using pipeline::LoginState;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

// Sites with a login each: site N has the one host N, http://hN.test/.
class Members {
 public:
  explicit Members(model::SiteId sites, bool recurring = true) {
    config_.sites.resize(sites);
    for (model::SiteId id = 0; id < sites; ++id) {
      config::Site& site = config_.sites[id];
      site.name = "site " + std::to_string(id);
      site.seeds = {origin(id)};
      site.login.url = origin(id) + "/login";
      site.login.fields = {{"p", "secret"}};
    }
    book_ = std::make_unique<pipeline::SiteBook>(*pipeline::compile_sites(config_, {}));
    frontier::SiteSettings eager;
    eager.politeness.delay = milliseconds(0);
    eager.obey_robots = false;
    frontier_ = std::make_unique<frontier::LocalFrontier>(
        std::vector<frontier::SiteSettings>(sites, eager), frontier::LocalFrontier::Options{});
    for (model::SiteId id = 0; id < sites; ++id) {
      frontier_->add_host(
          {.id = id + 1, .origin = origin(id), .site = id, .opens_at = base::Instant::min()});
    }
    logins_ = std::make_unique<pipeline::Logins>(
        *frontier_, *book_, clock_, recurring,
        [](const model::Url&, model::SiteId site) { return model::HostId{site + 1}; });
    logins_->take_up_sites();
  }

  void add_url(model::SiteId site) {
    frontier_->offer({{.url_id = ++last_url_,
                       .host_id = site + 1,
                       .request = {.url = *model::Url::parse(origin(site)), .site = site}}});
  }
  // The sites whose login asks for its form now.
  std::vector<model::SiteId> turn() {
    logins_->turn();
    std::vector<model::SiteId> asked;
    for (auto lease = frontier_->lease(clock_.now()).lease; lease;
         lease = frontier_->lease(clock_.now()).lease) {
      frontier_->release(*lease, {}, {}, clock_.now());
      frontier_->settled(*lease, false);
      if (lease->request.purpose == model::Purpose::login_form)
        asked.push_back(lease->request.site);
    }
    std::sort(asked.begin(), asked.end());
    return asked;
  }
  void answer(model::SiteId site, pipeline::LoginOutcome outcome) {
    const model::Lease lease{.request = {.url = *model::Url::parse(origin(site)), .site = site}};
    logins_->add({.fetched = {.lease = lease}, .outcome = outcome, .why = "as told"});
  }
  void take_login_away(model::SiteId site) {
    config_.sites[site].login = {};
    book_->replace(*pipeline::compile_sites(config_, {}));
    logins_->take_up_sites();
  }

  pipeline::Logins& logins() { return *logins_; }
  tests::ManualClock& clock() { return clock_; }

 private:
  static std::string origin(model::SiteId site) {
    return "http://h" + std::to_string(site) + ".test";
  }

  tests::ManualClock clock_;
  config::Config config_;
  std::unique_ptr<pipeline::SiteBook> book_;
  std::unique_ptr<frontier::LocalFrontier> frontier_;
  std::unique_ptr<pipeline::Logins> logins_;
  model::UrlId last_url_ = 0;
};

using Sites = std::vector<model::SiteId>;

Sites sites_of(const pipeline::Logins::Changes& changes) {
  Sites sites;
  for (const auto& [site, login] : changes) sites.push_back(site);
  return sites;
}

}  // namespace

TEST_CASE("a login begins once a URL of its site waits, and once only", "[logins]") {
  Members members(3);
  CHECK(members.turn().empty());
  members.add_url(1);
  CHECK(members.turn() == Sites{1});
  members.add_url(1);
  CHECK(members.turn().empty());
  members.add_url(0);
  members.add_url(2);
  CHECK(members.turn() == Sites{0, 2});
}

TEST_CASE("logins that were refused begin again each in its time", "[logins]") {
  Members members(2);
  members.add_url(0);
  members.add_url(1);
  REQUIRE(members.turn() == Sites{0, 1});
  members.answer(1, pipeline::LoginOutcome::refused);
  CHECK(members.turn().empty());
  CHECK(members.logins().next_turn() == members.clock().now() + minutes(5));

  members.clock().advance(minutes(1));
  members.answer(0, pipeline::LoginOutcome::refused);
  members.clock().advance(minutes(4) - milliseconds(1));
  CHECK(members.turn().empty());
  members.clock().advance(milliseconds(1));
  CHECK(members.turn() == Sites{1});
  CHECK(members.logins().next_turn() == members.clock().now() + minutes(1));
  members.clock().advance(minutes(1));
  CHECK(members.turn() == Sites{0});
  CHECK_FALSE(members.logins().next_turn());
}

TEST_CASE("a login that a reload took away is neither begun nor waited for", "[logins]") {
  Members members(2);
  members.add_url(0);
  members.add_url(1);
  REQUIRE(members.turn() == Sites{0, 1});
  members.answer(0, pipeline::LoginOutcome::refused);
  CHECK(members.turn().empty());
  CHECK(members.logins().next_turn());
  members.take_login_away(0);
  CHECK_FALSE(members.logins().next_turn());
  members.clock().advance(minutes(10));
  CHECK(members.turn().empty());
}

TEST_CASE("of logins only what changed is told, and what went", "[logins]") {
  Members members(3);
  CHECK(sites_of(members.logins().take_changes()) == Sites{0, 1, 2});
  CHECK(members.logins().take_changes().empty());
  members.add_url(1);
  members.turn();
  auto changes = members.logins().take_changes();
  REQUIRE(sites_of(changes) == Sites{1});
  CHECK(changes[1]->state == LoginState::under_way);

  members.answer(1, pipeline::LoginOutcome::refused);
  members.take_login_away(2);
  changes = members.logins().take_changes();
  REQUIRE(sites_of(changes) == Sites{1, 2});
  CHECK(changes[1]->state == LoginState::resting);
  CHECK(changes[1]->why == "as told");
  CHECK(changes[1]->next == members.clock().now() + minutes(5));
  CHECK_FALSE(changes[2]);
}

TEST_CASE("all logins are given up once none that is wanted goes on", "[logins]") {
  Members members(3, false);
  members.add_url(0);
  members.add_url(1);
  REQUIRE(members.turn() == Sites{0, 1});
  CHECK_FALSE(members.logins().all_given_up());
  members.answer(0, pipeline::LoginOutcome::refused);
  CHECK_FALSE(members.logins().all_given_up());  // the other is under way
  members.answer(1, pipeline::LoginOutcome::failed);
  members.turn();
  CHECK_FALSE(members.logins().all_given_up());  // it is tried again
  members.clock().advance(minutes(1));
  REQUIRE(members.turn() == Sites{1});
  members.answer(1, pipeline::LoginOutcome::in);
  members.turn();
  CHECK(members.logins().all_given_up());  // nobody wants the third
  members.add_url(2);
  members.turn();
  CHECK_FALSE(members.logins().all_given_up());
}
