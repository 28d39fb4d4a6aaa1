// The suites of ../shared/suites about URLs: WPT urltestdata, IDNA, IPv4, dot segments.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "crawler/model/url.h"
#include "crawler/model/url_host.h"
#include "crawler/policy/registrable_domain.h"
#include "tests/support/suite.h"

namespace {

using crawld::model::Url;
using crawld::tests::suite_cases;
using crawld::tests::SuiteScore;
using nlohmann::json;

std::string text(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string("(none)");
}

std::optional<Url> parse(const json& test) {
  if (!test.contains("base") || test["base"].is_null()) return Url::parse(text(test["input"]));
  const auto base = Url::parse(text(test["base"]));
  return base ? base->resolve(text(test["input"])) : std::nullopt;
}

std::string parts(const Url& url) {
  const auto prefixed = [](char mark, std::string_view part) {
    return part.empty() ? std::string() : mark + std::string(part);
  };
  std::string all;
  for (const std::string& part :
       {url.href(), std::string(url.scheme()) + ":", std::string(url.username()),
        std::string(url.password()), std::string(url.host()), std::string(url.hostname()),
        std::string(url.port_text()), std::string(url.path()), prefixed('?', url.query()),
        prefixed('#', url.fragment())}) {
    all += part + " | ";
  }
  return all;
}

std::string expected_parts(const json& test) {
  std::string all;
  for (const char* key : {"href", "protocol", "username", "password", "host", "hostname", "port",
                          "pathname", "search", "hash"}) {
    all += test[key].get<std::string>() + " | ";
  }
  return all;
}

void check_url_suite(const std::string& name, const std::string& file) {
  SuiteScore score(name);
  for (const json& test : suite_cases(file)) {
    const auto url = parse(test);
    std::string expected = test["failure"] ? "invalid" : expected_parts(test);
    std::string actual = url ? parts(*url) : "invalid";
    if (test.contains("origin") && !test["failure"]) {
      expected += test["origin"].is_null() ? "null" : test["origin"];
      if (url) actual += url->origin();
    }
    score.add(test, expected, actual);
  }
}

}  // namespace

TEST_CASE("http, https and relative URLs parse as web-platform-tests say") {
  check_url_suite("url", "url/shared.jsonl");
}

TEST_CASE("URLs of other schemes parse as web-platform-tests say") {
  check_url_suite("url-other", "url/other-shared.jsonl");
}

TEST_CASE("domains turn to ASCII as UTS 46 and the URL standard say") {
  SuiteScore score("url-idna");
  for (const json& test : suite_cases("url-idna/shared.jsonl")) {
    if (test["mode"] != "domain-to-ascii") continue;  // an option that no URL parser has
    const auto url = Url::parse("https://" + text(test["input"]) + "/");
    score.add(test, text(test["output"]), url ? std::string(url->hostname()) : "(none)");
  }
}

TEST_CASE("a query is encoded in the encoding of its document") {
  SuiteScore score("url-query-encoding");
  const auto base = Url::parse("http://example.org/");
  for (const json& test : suite_cases("url/query-encoding-shared.jsonl")) {
    const auto url = base->resolve("?" + text(test["input"]) + "#", text(test["encoding"]));
    score.add(test, text(test["expected_query"]), url ? std::string(url->query()) : "(none)");
  }
}

TEST_CASE("dot segments and IPv4 numbers are normalized as the URL standard says") {
  SuiteScore score("url-canon");
  for (const json& test : suite_cases("url-canon/shared.jsonl")) {
    const bool is_path = test["dialect"] == "whatwg-special-path-dots";
    if (!is_path && test["dialect"] != "ipv4-parse") continue;
    const auto url = Url::parse((is_path ? "http://h" : "http://") + text(test["input"]));
    // The IPv4 cases ask for the address alone: a domain is no answer.
    const bool answers = url && (is_path || crawld::model::is_ip_address(url->hostname()));
    const std::string_view actual = !answers ? "(none)" : is_path ? url->path() : url->hostname();
    score.add(test, text(test["expected"]), std::string(actual));
  }
}

TEST_CASE("the registrable domain follows the Public Suffix List") {
  SuiteScore score("psl");
  for (const json& test : suite_cases("psl/shared.jsonl")) {
    const auto domain = crawld::policy::registrable_domain(text(test["host"]));
    score.add(test, text(test["registrable_domain"]), domain.value_or("(none)"));
  }
}
