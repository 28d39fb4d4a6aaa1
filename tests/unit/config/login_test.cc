// What a file may say of a login.
#include <catch2/catch.hpp>

#include "config/load.h"
#include "config/login_sign.h"

using namespace crawld::config;
using Catch::Contains;

namespace {

// The one problem of a site with this `login:`, "" where there is none.
std::string problem_of(const std::string& login, const std::string& more = "") {
  const auto loaded = load_text(
      "sites:\n  - name: a\n    seeds: [https://a.test/]\n" + more + "    login: " + login + "\n",
      "f.yaml");
  return loaded ? "" : loaded.error().message;
}

}  // namespace

TEST_CASE("a login needs a page, fields and cookies") {
  const std::string url = "url: https://a.test/login";
  CHECK(problem_of("{" + url + ", fields: {u: me, p: secret}}").empty());
  CHECK_THAT(problem_of("{fields: {u: me}}"),
             Contains("f.yaml:4:") && Contains("login.url: missing"));
  CHECK_THAT(problem_of("{" + url + "}"), Contains("login.fields: missing"));
  CHECK_THAT(problem_of("{" + url + ", fields: {u: me}}", "    cookies: false\n"),
             Contains("needs cookies: true"));
  CHECK_THAT(problem_of("{url: a.test, fields: {u: me}}"),
             Contains("login.url: no http or https URL"));
}

TEST_CASE("selectors, patterns and signs of a login are checked, and no value is told") {
  const std::string begin = "{url: https://a.test/login, fields: {u: me, p: s3cret}, ";
  for (const auto& [key, wanted] : {std::pair("form: \"f[\"", "login.form: "),
                                    std::pair("success: maybe", "login.success: \"maybe\""),
                                    std::pair("expired: \"css:a[\"", "login.expired: "),
                                    std::pair("success: \"url:re:(\"", "login.success: "),
                                    std::pair("logout: [\"re:(\"]", "re:(")}) {
    const std::string told = problem_of(begin + key + "}");
    CHECK_THAT(told, Contains(wanted) && !Contains("s3cret"));
  }
}

TEST_CASE("a password in clear is warned of") {
  const auto loaded = load_text(
      "sites:\n  - name: a\n    seeds: [http://a.test/]\n    login: {url: http://a.test/in, "
      "fields: {p: s3cret, token: \"${env:HOME}\"}}\n",
      "f.yaml");
  REQUIRE(loaded);
  REQUIRE(loaded->warnings.size() == 1);
  CHECK_THAT(loaded->warnings.front(), Contains("in clear") && !Contains("s3cret"));
}

TEST_CASE("a sign says where it is looked for") {
  const auto url = LoginSign::parse("url:*/home*");
  REQUIRE(url);
  REQUIRE(url->url);
  CHECK(url->url->matches("https://a.test/home?x"));
  CHECK(LoginSign::parse("css: a.out ")->css == "a.out");
  CHECK(LoginSign::parse("text:Welcome: you")->text == "Welcome: you");
  CHECK(LoginSign::parse("")->empty());
  CHECK_FALSE(LoginSign::parse("text:"));
}
