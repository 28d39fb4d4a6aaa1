// The suites of ../shared/suites about URLs: WPT urltestdata, IDNA, IPv4, dot segments.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "crawler/cli/output/json_line.h"
#include "crawler/model/url.h"
#include "crawler/model/url_host.h"
#include "crawler/policy/registrable_domain.h"

namespace {

using crawld::model::Url;
using nlohmann::json;

std::string suites() {
  const char* folder = std::getenv("CRAWLD_SUITES");
  return folder != nullptr ? folder : "../shared/suites";
}

std::vector<json> cases(const std::string& file) {
  std::ifstream in(suites() + "/" + file);
  std::vector<json> all;
  for (std::string line; std::getline(in, line);) all.push_back(crawld::cli::read_object(line));
  if (all.empty()) std::cout << "suite " << file << " is not there: skipped\n";
  return all;
}

// "id: clause" lines: cases that the standard itself refutes.
std::set<std::string> judged(const std::string& suite) {
  std::ifstream in("tests/data/judged/" + suite + ".txt");
  std::set<std::string> ids;
  for (std::string line; std::getline(in, line);) ids.insert(line.substr(0, line.find(':')));
  return ids;
}

class Score {
 public:
  explicit Score(std::string suite) : suite_(std::move(suite)), judged_(judged(suite_)) {}
  ~Score() { std::cout << suite_ << " " << passed_ << "/" << total_ << "\n"; }

  void add(const json& test, const std::string& expected, const std::string& actual) {
    ++total_;
    if (expected == actual) {
      ++passed_;
      return;
    }
    const std::string id = test["id"];
    INFO(suite_ << " " << test.dump());
    if (judged_.count(id) == 0) CHECK(actual == expected);
  }

 private:
  std::string suite_;
  std::set<std::string> judged_;
  int passed_ = 0;
  int total_ = 0;
};

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
  const auto all = cases(file);
  if (all.empty()) return;
  Score score(name);
  for (const json& test : all) {
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
  const auto all = cases("url-idna/shared.jsonl");
  if (all.empty()) return;
  Score score("url-idna");
  for (const json& test : all) {
    if (test["mode"] != "domain-to-ascii") continue;  // an option that no URL parser has
    const auto url = Url::parse("https://" + text(test["input"]) + "/");
    score.add(test, text(test["output"]), url ? std::string(url->hostname()) : "(none)");
  }
}

TEST_CASE("a query is encoded in the encoding of its document") {
  const auto all = cases("url/query-encoding-shared.jsonl");
  if (all.empty()) return;
  Score score("url-query-encoding");
  const auto base = Url::parse("http://example.org/");
  for (const json& test : all) {
    const auto url = base->resolve("?" + text(test["input"]) + "#", text(test["encoding"]));
    score.add(test, text(test["expected_query"]), url ? std::string(url->query()) : "(none)");
  }
}

TEST_CASE("dot segments and IPv4 numbers are normalized as the URL standard says") {
  const auto all = cases("url-canon/shared.jsonl");
  if (all.empty()) return;
  Score score("url-canon");
  for (const json& test : all) {
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
  const auto all = cases("psl/shared.jsonl");
  if (all.empty()) return;
  Score score("psl");
  for (const json& test : all) {
    const auto domain = crawld::policy::registrable_domain(text(test["host"]));
    score.add(test, text(test["registrable_domain"]), domain.value_or("(none)"));
  }
}
