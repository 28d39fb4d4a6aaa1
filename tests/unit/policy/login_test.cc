// What tells that a session is over.
#include "crawler/policy/login.h"

#include <catch2/catch.hpp>

using namespace crawld;

namespace {

policy::LoginPlan plan_with(const std::string& expired = "", bool soft_errors = true) {
  config::Site site;
  site.login.url = "https://a.test/user/in?lang=en";
  site.login.fields = {{"p", "x"}};
  site.login.expired = expired;
  site.soft_errors = soft_errors;
  auto plan = policy::LoginPlan::compile(site);
  REQUIRE(plan);
  REQUIRE(*plan);
  return **plan;
}

struct Seen {
  std::string url = "https://a.test/page";
  int status = 200;
  std::string location;
  std::string title;
  std::string text;
  bool asks_password = false;
  bool marked = false;
};

std::string sign(const Seen& seen, const policy::LoginPlan& plan = plan_with()) {
  model::Response response;
  response.status = seen.status;
  if (!seen.location.empty()) response.headers.add("Location", seen.location);
  model::Parsed parsed{.fetched = {.lease = {.request = {.url = *model::Url::parse(seen.url)}},
                                   .outcome = std::move(response)}};
  if (seen.status == 200) {
    model::ParsedPage page;
    page.kind = model::DocumentKind::html;
    page.title = seen.title;
    page.text = seen.text;
    page.asks_password = seen.asks_password;
    page.marked = seen.marked;
    parsed.page = std::move(page);
  }
  return std::string(policy::session_over(parsed, plan));
}

}  // namespace

TEST_CASE("a refusal, a way to the login and the login in place of a page end a session") {
  CHECK(sign({.status = 401}) == "http_401");
  CHECK(sign({.status = 403}) == "http_403");
  CHECK(sign({.status = 302, .location = "/user/in?next=/page"}) == "redirect to the login");
  CHECK(sign({.status = 303, .location = "https://sso.a.test/login?back=1"}) ==
        "redirect to the login");
  CHECK(sign({.title = "Log in | A", .asks_password = true}) == "login_wall");
}

TEST_CASE("other answers, and the login page itself, do not") {
  CHECK(sign({}).empty());
  CHECK(sign({.status = 404}).empty());
  CHECK(sign({.status = 302, .location = "/other"}).empty());
  CHECK(sign({.status = 302}).empty());
  CHECK(sign({.title = "Change your password", .asks_password = true}).empty());
  CHECK(sign({.url = "https://a.test/user/in", .title = "Log in", .asks_password = true}).empty());
}

TEST_CASE("login.expired names further signs") {
  CHECK(sign({.text = "Your session has ended."}, plan_with("text:session has ended")) ==
        "login.expired");
  CHECK(sign({.marked = true}, plan_with("css:#wall")) == "login.expired");
  CHECK(sign({.status = 302, .location = "/start"}, plan_with("url:*/start")) ==
        "redirect to the login");
  CHECK(sign({.text = "fine"}, plan_with("text:session has ended")).empty());
}

TEST_CASE("with soft_errors: ignore nothing is guessed") {
  const policy::LoginPlan plan = plan_with("", false);
  CHECK(sign({.title = "Log in", .asks_password = true}, plan).empty());
  CHECK(sign({.status = 302, .location = "/login?back=1"}, plan).empty());
  CHECK(sign({.status = 302, .location = "/user/in"}, plan) == "redirect to the login");
}
