// The robots suites of ../shared/suites, asked through `inspect robots` as outside checks do.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "crawler/cli/inspect/inspect_robots.h"
#include "crawler/cli/output/json_line.h"
#include "crawler/model/url.h"
#include "crawler/robots/rules.h"

namespace {

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

class Score {
 public:
  explicit Score(std::string suite) : suite_(std::move(suite)) {
    std::ifstream in("tests/data/judged/" + suite_ + ".txt");
    for (std::string line; std::getline(in, line);) judged_.insert(line.substr(0, line.find(':')));
  }
  ~Score() { std::cout << suite_ << " " << passed_ << "/" << total_ << "\n"; }

  void add(const json& test, const json& expected, const json& actual) {
    ++total_;
    if (expected == actual) {
      ++passed_;
      return;
    }
    INFO(suite_ << " " << test.dump().substr(0, 1500));
    if (judged_.count(test["id"]) == 0) CHECK(actual.dump() == expected.dump());
  }

 private:
  std::string suite_;
  std::set<std::string> judged_;
  int passed_ = 0;
  int total_ = 0;
};

json ask(const json& test, const json& agent, const json& url) {
  const bool binary = test.contains("robots_b64");
  const json question = {
      {"id", test["id"]},
      {binary ? "robots_txt_base64" : "robots_txt", test[binary ? "robots_b64" : "robots_txt"]},
      {"user_agent", agent},
      {"url", url}};
  return json::parse(crawld::cli::inspect_robots(crawld::cli::write_line(question)));
}

std::string slurp(const std::string& file) {
  std::ifstream in(suites() + "/robots-real/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("robots.txt is obeyed as RFC 9309 and its implementations agree") {
  const auto all = cases("robots/shared.jsonl");
  if (all.empty()) return;
  Score score("robots");
  for (const json& test : all) {
    if (test.value("spec", json()) != "rfc9309" && test.value("consensus", json()) != true)
      continue;
    score.add(test, test["allowed"], ask(test, test["user_agent"], test["url"])["allowed"]);
  }
}

TEST_CASE("delays and sitemaps of robots.txt are read as its implementations do") {
  const auto all = cases("robots/meta-shared.jsonl");
  if (all.empty()) return;
  Score score("robots-meta-lines");
  for (const json& test : all) {
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
  const auto all = cases("robots-real/shared.jsonl");
  if (all.empty()) return;
  Score score("robots-real");
  std::map<std::string, crawld::robots::Rules> parsed;
  for (const json& test : all) {
    const std::string file = test["file"];
    auto found = parsed.find(file);
    if (found == parsed.end()) {
      found = parsed.emplace(file, crawld::robots::Rules::parse(slurp(file))).first;
    }
    const auto url = crawld::model::Url::parse(test["url"].get<std::string>());
    const std::string path = url ? std::string(url->path_and_query()) : "/";
    score.add(test, test["allowed"],
              found->second.allowed(test["user_agent"].get<std::string>(), path).allowed);
  }
}

TEST_CASE("sitemaps and delays of real robots.txt files are found") {
  const auto all = cases("robots-real/meta-shared.jsonl");
  if (all.empty()) return;
  Score score("robots-real-meta");
  for (const json& test : all) {
    const auto rules = crawld::robots::Rules::parse(slurp(test["file"]));
    if (test["kind"] == "sitemaps") score.add(test, test["sitemaps"], rules.sitemaps());
    if (test["kind"] == "crawl_delay") {
      const auto delay = rules.crawl_delay(test["user_agent"].get<std::string>());
      score.add(test, test["crawl_delay_s"],
                delay ? json(static_cast<double>(delay->count()) / 1000) : json());
    }
  }
}
