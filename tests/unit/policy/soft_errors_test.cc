#include "crawler/policy/soft_errors.h"

#include <catch2/catch.hpp>

#include "crawler/policy/settle.h"

using namespace crawld;
using namespace crawld::policy;

namespace {

const std::string kArticle(5'000, 'x');  // more text than an error page has

struct Sample {
  std::string title;
  std::string heading;
  std::string text = kArticle;
  bool noindex = false;
  bool password = false;
  bool was_good = false;
  std::string url = "http://a.test/article/5";
};

model::ParsedPage page_of(const Sample& sample) {
  model::ParsedPage page;
  page.kind = model::DocumentKind::html;
  page.title = sample.title;
  if (!sample.heading.empty()) page.headings.push_back({1, sample.heading});
  page.text = sample.text;
  if (sample.noindex) page.robots.push_back("noindex");
  page.asks_password = sample.password;
  page.content_hash = std::string(32, 'b');
  return page;
}

model::Request request_of(const Sample& sample) {
  model::Request request{.url = *model::Url::parse(sample.url)};
  if (sample.was_good) {
    request.history = {.visits = 1, .content_hash = std::string(32, 'a'), .status = 200};
  }
  return request;
}

std::string judged(const Sample& sample) {
  return std::string(soft_error(request_of(sample), page_of(sample)));
}

model::Settled settled(const Sample& sample, const SettlePolicy& policy = {.recurring = true}) {
  model::Response response{.status = 200};
  model::Parsed parsed{.fetched = {.lease = {.url_id = 1, .request = request_of(sample)},
                                   .outcome = std::move(response)},
                       .page = page_of(sample)};
  return settle(std::move(parsed), policy, base::from_millis(1'700'000'000'000));
}

}  // namespace

TEST_CASE("a page that says it was not found, with a second sign, is a soft 404") {
  CHECK(judged({.title = "404 Not Found", .text = "nothing here"}) == "soft_404");
  CHECK(judged({.title = "Page not found | Shop", .heading = "Oops! Page not found."}) ==
        "soft_404");
  CHECK(judged({.title = "Shop", .heading = "Seite nicht gefunden", .text = "kurz"}) == "soft_404");
  CHECK(judged({.title = "Page introuvable - Boutique", .noindex = true}) == "soft_404");
  CHECK(judged({.title = "Страница не найдена", .text = "нет"}) == "soft_404");
  CHECK(judged({.title = "Error 404", .was_good = true}) == "soft_404");
}

TEST_CASE("pages about errors, and long ones with one sign only, are pages") {
  CHECK(judged({.title = "How to fix a page not found error", .text = "short"}).empty());
  CHECK(judged({.title = "HTTP 404 - Encyclopedia", .heading = "HTTP 404 explained"}).empty());
  CHECK(judged({.title = "Not found: a novel by J. Doe", .heading = "A novel"}).empty());
  CHECK(judged({.title = "Peugeot 404", .heading = "Peugeot 404", .text = "a car"}).empty());
  CHECK(judged({.title = "Room 404", .text = "free"}).empty());
  CHECK(judged({}).empty());
}

TEST_CASE("a login form where a page should be is a login wall, a login page is a page") {
  CHECK(judged({.title = "Log in | Paper", .password = true}) == "login_wall");
  CHECK(judged({.title = "Paper", .heading = "Anmelden", .password = true}) == "login_wall");
  CHECK(
      judged({.title = "Log in", .password = true, .url = "http://a.test/account/login"}).empty());
  CHECK(judged({.title = "Log in", .password = true, .url = "http://a.test/sign-in.php"}).empty());
  // A form in the margin of an article.
  CHECK(judged({.title = "News of the day", .heading = "News", .password = true}).empty());
  // A word without a form.
  CHECK(judged({.title = "Sign in", .heading = "Sign in"}).empty());
}

TEST_CASE("a soft 404 or login wall does not take the place of a good version") {
  const model::Settled gone = settled({.title = "Page not found", .text = "", .was_good = true});
  CHECK(gone.verdict == model::Verdict::failed);
  CHECK(gone.reason == "soft_404");
  CHECK_FALSE(gone.store_page);
  CHECK(gone.change == model::Change::none);
  CHECK(gone.due_at);
  const model::Settled wall = settled({.title = "Sign in", .password = true, .was_good = true});
  CHECK(wall.reason == "login_wall");
  CHECK_FALSE(wall.store_page);
}

TEST_CASE("a soft 404 seen first is kept and flagged, and may be left undetected") {
  const model::Settled first = settled({.title = "Page not found", .text = ""});
  CHECK(first.verdict == model::Verdict::done);
  CHECK(first.reason == "soft_404");
  CHECK(first.store_page);
  const model::Settled ignored =
      settled({.title = "Page not found", .text = "", .was_good = true}, {.soft_errors = false});
  CHECK(ignored.verdict == model::Verdict::done);
  CHECK(ignored.change == model::Change::changed);
}

TEST_CASE("a redirect to a login form is no move of the page") {
  const auto answer = [](const char* from, const char* to, bool was_good) {
    model::Response response{.status = 301};
    response.headers.add("Location", to);
    model::Parsed parsed{
        .fetched = {
            .lease = {.url_id = 1, .request = request_of({.was_good = was_good, .url = from})},
            .outcome = std::move(response)}};
    return settle(std::move(parsed), {}, base::from_millis(1'700'000'000'000));
  };
  const model::Settled wall = answer("http://a.test/p/1", "/login?next=%2Fp%2F1", true);
  CHECK(wall.verdict == model::Verdict::redirected);
  CHECK(wall.reason == "login_wall");
  CHECK(wall.change == model::Change::none);
  CHECK(answer("http://a.test/p/1", "/p/2", true).change == model::Change::moved);
  CHECK(answer("http://a.test/p/1", "/p/2", false).change == model::Change::none);
  CHECK(answer("http://a.test/login", "/login/form", true).reason == "http_301");
}
