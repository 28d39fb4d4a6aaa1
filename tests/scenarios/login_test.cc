// Sites behind a login: when it is done, and what happens where it cannot be.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/simulation.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kForm =
    "<form method=post action=/in><input name=u><input type=password name=p></form>";

struct Members {
  ManualClock clock;
  ScriptedWeb web{clock};
  storage::MemoryStore store;
  config::Config config;

  Members() {
    web.page("http://a.test/login", kForm);
    web.redirect("http://a.test/in", "/", 303);
    web.page("http://a.test/", links({"/1", "/2"}));
    for (const char* path : {"1", "2"}) web.page(std::string("http://a.test/") + path, "page");
  }

  static config::Site site() {
    config::Site site = quick_site({"http://a.test/"});
    site.login.url = "http://a.test/login";
    site.login.fields = {{"u", "me"}, {"p", "s3cret"}};
    return site;
  }
  Simulation start(std::vector<config::Site> sites = {site()}, bool recurring = false) {
    config.sites = std::move(sites);
    return Simulation(config, web, clock, store, {.recurring = recurring});
  }
  // When the form was sent.
  std::vector<milliseconds> posts() const {
    std::vector<milliseconds> times;
    for (const SeenRequest& seen : web.log()) {
      if (!seen.post.empty()) times.push_back(seen.at);
    }
    return times;
  }
  std::vector<std::string> urls() const {
    std::vector<std::string> all;
    for (const SeenRequest& seen : web.log()) all.push_back(seen.url);
    return all;
  }
};

using Urls = std::vector<std::string>;

}  // namespace

TEST_CASE("robots.txt comes first, then the login, then the pages") {
  Members members;
  Simulation simulation = members.start();
  simulation.run();
  REQUIRE(simulation.finished());
  CHECK(members.urls() == Urls{"http://a.test/robots.txt", "http://a.test/login",
                               "http://a.test/in", "http://a.test/", "http://a.test/",
                               "http://a.test/1", "http://a.test/2"});
  CHECK(members.web.log()[2].post == "u=me&p=s3cret");
  CHECK(simulation.state("http://a.test/2") == "done");
}

TEST_CASE("a login keeps the delay of its host, though robots.txt does not judge it") {
  Members members;
  members.web.robots("a.test", "User-agent: *\nDisallow: /login\nDisallow: /in\nDisallow: /2");
  config::Site site = Members::site();
  site.delay = seconds(3);
  Simulation simulation = members.start({site});
  simulation.run();
  CHECK(members.web.times("a.test") == std::vector<milliseconds>{seconds(0), seconds(3), seconds(6),
                                                                 seconds(9), seconds(12),
                                                                 seconds(15)});
  CHECK(simulation.state("http://a.test/2") == "disallowed");
}

TEST_CASE("a login at another host waits for the robots.txt of that host") {
  Members members;
  members.web.page("http://id.a.test/login", kForm);
  members.web.redirect("http://id.a.test/in", "http://a.test/", 303);
  config::Site site = Members::site();
  site.login.url = "http://id.a.test/login";
  Simulation simulation = members.start({site});
  simulation.run();
  REQUIRE(simulation.finished());
  Urls first = members.urls();
  first.resize(5);
  CHECK(first == Urls{"http://id.a.test/robots.txt", "http://id.a.test/login",
                      "http://id.a.test/in", "http://a.test/robots.txt", "http://a.test/"});
}

TEST_CASE("a login at an alias is done at the host whose pages are asked for") {
  Members members;
  members.web.page("http://a.test/login?sid=7", kForm);
  config::Site site = Members::site();
  site.login.url = "http://old.test/login?sid=7";
  site.canonicalize.host_aliases = {{"old.test", "a.test"}};
  Simulation simulation = members.start({site});
  simulation.run();
  CHECK(members.urls()[1] == "http://a.test/login?sid=7");
  CHECK(members.posts().size() == 1);
  CHECK(simulation.state("http://a.test/2") == "done");
}

TEST_CASE("a form and a redirect that name the host by an alias are followed at the host") {
  Members members;
  members.web.page("http://a.test/login",
                   "<form method=post action='http://old.test/in'><input name=u>"
                   "<input type=password name=p></form>");
  members.web.redirect("http://a.test/in", "http://www.a.test/home", 303);
  members.web.page("http://a.test/home", "welcome");
  config::Site site = Members::site();
  site.canonicalize.host_aliases = {{"old.test", "a.test"}};
  site.canonicalize.fold_www = true;
  Simulation simulation = members.start({site});
  simulation.run();
  CHECK(members.urls() == Urls{"http://a.test/robots.txt", "http://a.test/login",
                               "http://a.test/in", "http://a.test/home", "http://a.test/",
                               "http://a.test/1", "http://a.test/2"});
  CHECK(members.posts().size() == 1);
}

TEST_CASE("a host that sends a login to its other name is logged in to under that name") {
  Members members;
  members.web.redirect("http://a.test/login", "http://www.a.test/login", 301);
  members.web.page("http://www.a.test/login", kForm);
  members.web.redirect("http://www.a.test/in", "http://www.a.test/", 303);
  members.web.page("http://www.a.test/", "welcome");
  config::Site site = Members::site();
  site.canonicalize.fold_www = true;
  Simulation simulation = members.start({site});
  simulation.run();
  CHECK(members.web.count("http://www.a.test/in") == 1);
  CHECK(members.web.count("http://a.test/in") == 0);
  CHECK(simulation.state("http://a.test/2") == "done");
}

TEST_CASE("a one-shot crawl sends a wrong password once, and leaves the pages queued") {
  Members members;
  members.web.redirect("http://a.test/in", "/login", 303);
  Simulation simulation = members.start();
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.posts().size() == 1);
  CHECK(simulation.state("http://a.test/") == "queued");
}

TEST_CASE("a daemon tries a login that was refused after minutes, then hours") {
  Members members;
  members.web.redirect("http://a.test/in", "/login", 303);
  Simulation simulation = members.start({Members::site()}, true);
  simulation.run(1'000, hours(24));
  const auto posts = members.posts();
  REQUIRE(posts.size() > 5);
  CHECK(posts[1] - posts[0] == minutes(5));
  CHECK(posts[2] - posts[1] == minutes(10));
  CHECK(posts[3] - posts[2] == minutes(20));
  CHECK(posts.back() - posts[posts.size() - 2] == hours(6));
  CHECK(members.web.count("http://a.test/") == 0);
}

TEST_CASE("a login page that fails for a moment is asked again within seconds") {
  Members members;
  members.web.answers("http://a.test/login", {{.status = 503, .body = {}, .headers = {}},
                                              {.status = 500, .body = {}, .headers = {}},
                                              {.body = kForm}});
  Simulation simulation = members.start();
  simulation.run();
  CHECK(members.web.count("http://a.test/login") == 3);
  CHECK(simulation.state("http://a.test/1") == "done");
}

TEST_CASE("a host whose robots.txt cannot be had is not logged in to") {
  Members members;
  members.web.answer("http://a.test/robots.txt", {.status = 503, .body = {}, .headers = {}});
  Simulation simulation = members.start();
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.web.count("http://a.test/login") == 0);
  CHECK(members.web.count("http://a.test/") == 0);
}

TEST_CASE("an answer that shows the session's end is asked for again after a new login") {
  Members members;
  members.web.answers(
      "http://a.test/1",
      {{.status = 302, .body = {}, .headers = {{"Location", "/login?next=/1"}}}, {.body = "page"}});
  Simulation simulation = members.start();
  simulation.run();
  REQUIRE(simulation.finished());
  CHECK(members.posts().size() == 2);
  CHECK(members.web.count("http://a.test/1") == 2);
  CHECK(simulation.state("http://a.test/1") == "done");
  CHECK(simulation.state("http://a.test/login?next=/1") == "unknown");
}

TEST_CASE("a page that is forbidden to everybody costs one login, and is booked as it is") {
  Members members;
  members.web.answer("http://a.test/1", {.status = 403, .body = {}, .headers = {}});
  members.web.answer("http://a.test/2", {.status = 403, .body = {}, .headers = {}});
  Simulation simulation = members.start();
  simulation.run();
  REQUIRE(simulation.finished());
  CHECK(members.posts().size() == 2);
  CHECK(simulation.state("http://a.test/1") == "failed");
  CHECK(simulation.state("http://a.test/2") == "failed");
}

TEST_CASE("a crawl whose sessions all end at once gives up, ever more slowly") {
  Members members;
  // Each page is forbidden the first time.
  const Answer forbidden{.status = 401, .body = {}, .headers = {}};
  std::vector<std::string> targets;
  for (int i = 0; i < 40; ++i) {
    const std::string path = "/p" + std::to_string(i);
    targets.push_back(path);
    members.web.answers("http://a.test" + path, {forbidden, {.body = "page"}});
  }
  members.web.page("http://a.test/", links(targets));
  Simulation simulation = members.start();
  simulation.run();
  const auto posts = members.posts();
  REQUIRE(posts.size() == 6);
  for (std::size_t i = 2; i < posts.size(); ++i) {
    CHECK(posts[i] - posts[i - 1] >= (posts[i - 1] - posts[i - 2]) * 3 / 2);
  }
}

TEST_CASE("one sign of an end is not enough once it was wrong, but several in a row are") {
  Members members;
  const Answer forbidden{.status = 403, .body = {}, .headers = {}};
  members.web.answer("http://a.test/1", forbidden);
  std::vector<std::string> targets = {"/1"};
  for (int i = 0; i < 15; ++i) {
    targets.push_back("/good" + std::to_string(i));
    members.web.page("http://a.test" + targets.back(), "page");
  }
  for (int i = 0; i < 6; ++i) {
    targets.push_back("/late" + std::to_string(i));
    members.web.answers("http://a.test" + targets.back(), {forbidden, {.body = "page"}});
  }
  members.web.page("http://a.test/", links(targets));
  Simulation simulation = members.start();
  simulation.run();
  REQUIRE(simulation.finished());
  // The first, one for /1, one for the fifth in a row. The sixth comes before the fifth has told
  // what its sign meant, and waits for that.
  CHECK(members.posts().size() == 3);
  CHECK(simulation.state("http://a.test/late3") == "failed");
  CHECK(simulation.state("http://a.test/late4") == "done");
  CHECK(simulation.state("http://a.test/late5") == "done");
}

TEST_CASE(
    "a hundred pages that are forbidden to everybody cost few logins and end the crawl well") {
  Members members;
  const Answer forbidden{.status = 403, .body = {}, .headers = {}};
  std::vector<std::string> targets;
  for (int i = 0; i < 100; ++i) {
    targets.push_back("/no" + std::to_string(i));
    members.web.answer("http://a.test" + targets.back(), forbidden);
  }
  members.web.page("http://a.test/", links(targets));
  Simulation simulation = members.start();
  simulation.run();
  REQUIRE(simulation.finished());
  for (const std::string& path : targets) {
    CHECK(simulation.state("http://a.test" + path) == "failed");
  }
  CHECK(members.posts().size() <= 7);
}

TEST_CASE("nobody logs in while nothing of the site waits") {
  Members members;
  members.web.page("http://b.test/", "open");
  config::Site open = quick_site({"http://b.test/"});
  open.name = "open";
  config::Site idle = Members::site();
  idle.seeds.clear();
  Simulation simulation = members.start({idle, open});
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.web.count("http://a.test/login") == 0);
}

TEST_CASE("a reload with another password does not wait for the rest to be over") {
  Members members;
  members.web.answers("http://a.test/in",
                      {{.status = 303, .body = {}, .headers = {{"Location", "/login"}}},
                       {.status = 303, .body = {}, .headers = {{"Location", "/"}}}});
  Simulation simulation = members.start({Members::site()}, true);
  simulation.run(1'000, minutes(1));
  CHECK(members.posts().size() == 1);
  config::Site corrected = Members::site();
  corrected.login.fields["p"] = "right";
  members.config.sites = {corrected};
  simulation.reload(members.config, {});
  simulation.tell(pipeline::SiteNames{{"test"}});
  simulation.run(1'000, minutes(1));
  CHECK(members.posts().size() == 2);
  CHECK(simulation.state("http://a.test/1") == "done");
}

TEST_CASE("a redirect of the form does not take the password to another site") {
  Members members;
  members.web.redirect("http://a.test/in", "http://evil.test/in", 307);
  Simulation simulation = members.start();
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.web.count("http://evil.test/in") == 0);
}

TEST_CASE("a redirect of the form within its site sends it again, by POST") {
  Members members;
  members.web.redirect("http://a.test/in", "/in2", 308);
  members.web.redirect("http://a.test/in2", "/", 303);
  Simulation simulation = members.start();
  simulation.run();
  REQUIRE(members.posts().size() == 2);
  CHECK(members.web.log()[3].url == "http://a.test/in2");
  CHECK(simulation.state("http://a.test/1") == "done");
}

TEST_CASE("a form that is redirected to itself is sent a few times at most") {
  Members members;
  members.web.redirect("http://a.test/in", "/in", 307);
  Simulation simulation = members.start();
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.posts().size() == 4);
}

TEST_CASE("a login that gets no page counts as refused, though its answer asked for no password") {
  Members members;
  members.web.page("http://a.test/in", "sorry, who are you?");
  members.web.redirect("http://a.test/", "/login?next=/", 302);
  Simulation simulation = members.start();
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.posts().size() == 2);
  CHECK(simulation.state("http://a.test/") == "queued");
  CHECK(simulation.state("http://a.test/login?next=/") == "unknown");
}

TEST_CASE("a daemon whose logins get no page tries them ever more slowly") {
  Members members;
  members.web.page("http://a.test/in", "sorry, who are you?");
  members.web.redirect("http://a.test/", "/login?next=/", 302);
  Simulation simulation = members.start({Members::site()}, true);
  simulation.run(10'000, hours(24));
  const auto posts = members.posts();
  REQUIRE(posts.size() > 5);
  CHECK(posts.size() < 12);
  CHECK(posts.back() - posts[posts.size() - 2] >= hours(6));
}

TEST_CASE("a seed that is forbidden to everybody does not hide that others are not") {
  Members members;
  members.web.redirect("http://a.test/in", "/1", 303);
  members.web.answer("http://a.test/", {.status = 403, .body = {}, .headers = {}});
  config::Site site = Members::site();
  site.seeds = {"http://a.test/", "http://a.test/1", "http://a.test/2"};
  site.delay = seconds(1);
  Simulation simulation = members.start({site});
  simulation.run();
  REQUIRE(simulation.finished());
  CHECK(members.posts().size() == 2);
  CHECK(simulation.state("http://a.test/") == "failed");
  CHECK(simulation.state("http://a.test/1") == "done");
  CHECK(simulation.state("http://a.test/2") == "done");
}

TEST_CASE("a one-shot crawl does not wait for hours at a login page") {
  Members members;
  members.web.answer("http://a.test/login",
                     {.status = 503, .body = {}, .headers = {{"Retry-After", "3600"}}});
  Simulation simulation = members.start();
  simulation.run();
  CHECK(simulation.finished());
  CHECK(members.clock.elapsed() < minutes(1));
  CHECK(simulation.state("http://a.test/") == "queued");
}

TEST_CASE("cookies of a browser may be a session, and then no form is there to be sent") {
  Members members;
  members.web.redirect("http://a.test/login", "/", 302);
  config::Site site = Members::site();
  site.cookie_file = "cookies.txt";
  Simulation simulation = members.start({site});
  simulation.run();
  REQUIRE(simulation.finished());
  CHECK(members.posts().empty());
  CHECK(simulation.state("http://a.test/2") == "done");
}

TEST_CASE("a login that left and came back while a step of it was out waits for that step") {
  Members members;
  members.web.page("http://in.a.test/login", kForm);
  members.web.redirect("http://in.a.test/in", "http://a.test/", 303);
  config::Site before = Members::site();
  before.login.url = "http://in.a.test/login";
  before.delay = seconds(1);
  Simulation simulation = members.start({before}, true);
  for (int i = 0; i < 10 && members.posts().empty(); ++i) simulation.run(1);
  REQUIRE(members.posts().size() == 1);  // its answer leads to a page
  config::Site without = before;
  without.login = {};
  config::Site other = before;
  other.login.fields["u"] = "another";
  for (const config::Site& site : {without, other}) {
    members.config.sites = {site};
    simulation.reload(members.config, {});
    simulation.tell(pipeline::SiteNames{{"test"}});
  }
  simulation.run(1'000, minutes(1));
  REQUIRE(members.posts().size() == 2);
  // The old answer led to a page, and none was asked for by its session.
  const Urls urls = members.urls();
  const auto second = std::find(urls.rbegin(), urls.rend(), "http://in.a.test/in").base();
  CHECK(std::count(urls.begin(), second, "http://a.test/") == 1);
  CHECK(simulation.state("http://a.test/1") == "done");
}

TEST_CASE("the answer to an old password says nothing of the one that a reload brought") {
  Members members;
  members.web.answers("http://a.test/in",
                      {{.status = 303, .body = {}, .headers = {{"Location", "/login"}}},
                       {.status = 303, .body = {}, .headers = {{"Location", "/"}}}});
  Simulation simulation = members.start({Members::site()}, true);
  simulation.run(3);  // robots.txt, the form, and what was sent
  REQUIRE(members.posts().size() == 1);
  config::Site corrected = Members::site();
  corrected.login.fields["p"] = "right";
  members.config.sites = {corrected};
  simulation.reload(members.config, {});
  simulation.tell(pipeline::SiteNames{{"test"}});
  simulation.run(1'000, minutes(1));
  CHECK(members.posts().size() == 2);
  CHECK(simulation.state("http://a.test/1") == "done");
}
