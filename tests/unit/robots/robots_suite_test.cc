// The robots suites of ../shared/suites, asked through `inspect robots` as outside checks do.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "crawler/cli/inspect/inspect_robots.h"
#include "crawler/cli/output/json_line.h"
#include "crawler/model/url.h"
#include "crawler/robots/rules.h"
#include "tests/support/suite.h"

namespace {

using crawld::tests::suite_cases;
using crawld::tests::SuiteScore;
using nlohmann::json;

json ask(const json& test, const json& agent, const json& url) {
  const bool binary = test.contains("robots_b64");
  const json question = {
      {"id", test["id"]},
      {binary ? "robots_txt_base64" : "robots_txt", test[binary ? "robots_b64" : "robots_txt"]},
      {"user_agent", agent},
      {"url", url}};
  return json::parse(crawld::cli::inspect_robots(crawld::cli::write_line(question)));
}

std::string real_file(const std::string& name) {
  return crawld::tests::file_bytes(crawld::tests::suites_folder() / "robots-real" / name);
}

}  // namespace

TEST_CASE("robots.txt is obeyed as RFC 9309 and its implementations agree") {
  SuiteScore score("robots");
  for (const json& test : suite_cases("robots/shared.jsonl")) {
    if (test.value("spec", json()) != "rfc9309" && test.value("consensus", json()) != true)
      continue;
    score.add(test, test["allowed"], ask(test, test["user_agent"], test["url"])["allowed"]);
  }
}

TEST_CASE("delays and sitemaps of robots.txt are read as its implementations do") {
  SuiteScore score("robots-meta-lines");
  for (const json& test : suite_cases("robots/meta-shared.jsonl")) {
    if (test["kind"] == "crawl_delay") {
      const json answer = ask(test, test["user_agents"][0], "/");
      score.add(test, test["crawl_delay_s"], answer["crawl_delay"]);
    }
    if (test["kind"] == "sitemaps") {
      score.add(test, test["sitemaps"], ask(test, "bot", "/")["sitemaps"]);
    }
  }
}

TEST_CASE("2,500 real robots.txt files are read as three other parsers read them") {
  SuiteScore score("robots-real");
  std::map<std::string, crawld::robots::Rules> parsed;
  for (const json& test : suite_cases("robots-real/shared.jsonl")) {
    const std::string file = test["file"];
    auto found = parsed.find(file);
    if (found == parsed.end()) {
      found = parsed.emplace(file, crawld::robots::Rules::parse(real_file(file))).first;
    }
    const auto url = crawld::model::Url::parse(test["url"].get<std::string>());
    const std::string path = url ? std::string(url->path_and_query()) : "/";
    score.add(test, test["allowed"],
              found->second.allowed(test["user_agent"].get<std::string>(), path).allowed);
  }
}

TEST_CASE("sitemaps and delays of real robots.txt files are found") {
  SuiteScore score("robots-real-meta");
  for (const json& test : suite_cases("robots-real/meta-shared.jsonl")) {
    const auto rules = crawld::robots::Rules::parse(real_file(test["file"]));
    if (test["kind"] == "sitemaps") score.add(test, test["sitemaps"], rules.sitemaps());
    if (test["kind"] == "crawl_delay") {
      const auto delay = rules.crawl_delay(test["user_agent"].get<std::string>());
      score.add(test, test["crawl_delay_s"],
                delay ? json(static_cast<double>(delay->count()) / 1000) : json());
    }
  }
}
