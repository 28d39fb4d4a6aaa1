// Links, bases and refreshes of other crawlers' tests (../shared/suites/links) and of real
// pages (../shared/suites/real-links), asked through `crawld inspect links`.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "crawler/base/base64.h"
#include "crawler/cli/inspect/inspect_links.h"
#include "crawler/model/url.h"
#include "parsers/html/text.h"
#include "tests/support/suite.h"

namespace crawld::parsers {
namespace {

using nlohmann::json;
using tests::SuiteScore;

json ask(json question) { return json::parse(cli::inspect_links(question.dump())); }

json question_of(const json& test, const char* url_key) {
  json question = {{"id", test["id"]}, {"url", test[url_key]}};
  if (test.contains("html_b64"))
    question["html_base64"] = test["html_b64"];
  else
    question["html"] = test["html"];
  if (test.contains("encoding")) question["encoding"] = test["encoding"];
  if (test.contains("headers")) question["headers"] = test["headers"];
  return question;
}

TEST_CASE("inspect links answers with the same keys to what is no question") {
  const json answer = json::parse(cli::inspect_links("[]"));
  CHECK(answer["error"] == "not a JSON object");
  CHECK(answer.at("id").is_null());
  CHECK(answer.at("links").empty());
  CHECK(answer.at("base").is_null());
}

TEST_CASE("inspect links tells a page's URL that is none") {
  const json wrong = ask({{"id", 1}, {"html", "<a href=x>"}, {"url", "http://[::1"}});
  CHECK(wrong["id"] == 1);
  CHECK(wrong["error"] == "\"url\" is no valid URL");
  CHECK(ask({{"id", 2}, {"html", "<a href=x>"}, {"url", "http://a.test/"}})["error"].is_null());
}

TEST_CASE("inspect links lists those of documents in srcdoc behind the page's own, as parse does") {
  const json answer =
      ask({{"id", 1},
           {"html", R"(<iframe srcdoc='<a href="x">y</a>'></iframe><a href=k>k</a>)"},
           {"url", "http://a.test/"}});
  REQUIRE(answer["links"].size() == 2);
  CHECK(answer["links"][0]["url"] == "http://a.test/k");
  CHECK(answer["links"][1]["url"] == "http://a.test/x");
}

// The serialization of a URL, or the text itself.
std::string canonical(const std::string& text) {
  const auto url = model::Url::parse(text);
  return url ? url->href() : text;
}

bool in_scope(const std::string& scope, const std::string& tag) {
  if (scope == "all" || scope == "headers") return true;
  return scope.find("," + tag + ",") != std::string::npos || scope.starts_with(tag + ",") ||
         scope.find("," + tag + " ") != std::string::npos ||
         scope.find("," + tag + "(") != std::string::npos || scope.ends_with("," + tag);
}

// What a case's options ask for that its caller, not the parser, does: selections by
// pattern, domain, element and place.
bool has_selection(const json& test) {
  static const std::set<std::string> kOurs = {"obey_nofollow", "form_actions", "unique"};
  for (const auto& option : test["options"].items()) {
    if (kOurs.count(option.key()) == 0) return true;
  }
  return false;
}

std::vector<std::string> found_urls(const json& test, const json& answer) {
  const bool obey = test["options"].is_object() && test["options"].value("obey_nofollow", false);
  const bool scrapy = test["scope"].get<std::string>().find("scrapy") != std::string::npos;
  std::vector<std::string> urls;
  std::set<std::string> seen;
  for (const json& link : answer["links"]) {
    if (!in_scope(test["scope"], link["tag"])) continue;
    if ((obey || test.contains("meta_robots")) && link["nofollow"]) continue;
    const std::string url = link["url"];
    if (scrapy && !seen.insert(url).second) continue;
    urls.push_back(url);
  }
  return urls;
}

bool matches(const std::string& how, std::vector<std::string> found,
             std::vector<std::string> wanted) {
  if (how == "contains") {
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& url) {
      return std::find(found.begin(), found.end(), url) != found.end();
    });
  }
  if (how != "exact-ordered") {
    std::sort(found.begin(), found.end());
    std::sort(wanted.begin(), wanted.end());
  }
  if (how == "exact-set") {
    found.erase(std::unique(found.begin(), found.end()), found.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  }
  return found == wanted;
}

TEST_CASE("links of other crawlers' tests are found") {
  SuiteScore score("links");
  for (json test : tests::suite_cases("links/shared.jsonl")) {
    if (!test.contains("options")) test["options"] = nullptr;
    if (test["options"].is_object() && has_selection(test)) continue;
    const json answer = ask(question_of(test, "base_url"));
    const auto found = found_urls(test, answer);
    std::vector<std::string> wanted;
    for (const json& url : test["expected"]) wanted.push_back(canonical(url));
    score.add(test["id"], matches(test["match"], found, wanted), [&] {
      return test["html"].dump().substr(0, 600) + "\n  expected " + json(wanted).dump() +
             "\n  actual   " + json(found).dump();
    });
  }
}

TEST_CASE("bases and refreshes of w3lib's tests are found") {
  SuiteScore score("links-base-refresh");
  for (json test : tests::suite_cases("links/base-refresh-shared.jsonl")) {
    std::string wanted;
    std::string found;
    if (test["op"] == "base_url") {
      wanted = canonical(test["expected"]);
      found = ask(question_of(test, "url"))["base"];
    } else {
      if (test["op"] == "meta_refresh_content") {
        const std::string content = test["content"];
        std::string escaped;
        for (const char c : content)
          escaped += c == '"' ? std::string("&quot;") : std::string(1, c);
        test["html"] = "<meta http-equiv=refresh content=\"" + escaped + "\">";
        test["url"] = "http://a.test/";
      }
      const json target = test["expected"].is_null() ? json() : test["expected"]["url"];
      if (!target.is_null()) {
        const auto base = model::Url::parse(test["url"].get<std::string>());
        wanted = base->resolve(target.get<std::string>())->href();
      }
      const json answer = ask(question_of(test, "url"));
      for (const json& link : answer["links"]) {
        if (link["tag"] == "meta-refresh") found = link["url"];
      }
    }
    score.add(test, wanted, found);
  }
}

// What browsers run is no link to anything; peers differ in how they write it.
bool is_script(const std::string& url) { return url.starts_with("javascript:"); }

// The links that the suite lists: those of a and area that have a URL.
std::vector<std::string> hyperlinks(const json& answer) {
  std::vector<std::string> urls;
  for (const json& link : answer["links"]) {
    if (link["tag"] != "a" && link["tag"] != "area") continue;
    if (!is_script(link["url"])) urls.push_back(link["url"]);
  }
  return urls;
}

std::string first_difference(const std::vector<std::string>& wanted,
                             const std::vector<std::string>& found) {
  const auto [a, b] = std::mismatch(wanted.begin(), wanted.end(), found.begin(), found.end());
  return std::to_string(wanted.size()) + " links expected, " + std::to_string(found.size()) +
         " found; at " + std::to_string(a - wanted.begin()) + ": " +
         (a == wanted.end() ? "-" : *a) + " / " + (b == found.end() ? "-" : *b);
}

TEST_CASE("links, base, title and canonical of real pages are found") {
  const auto folder = tests::suites_folder() / "real-links";
  SuiteScore score("real-links");
  for (const json& test : tests::suite_cases("real-links/shared.jsonl")) {
    const std::string id = test["id"];
    const json answer =
        ask({{"id", id},
             {"url", test["url"]},
             {"html_base64", base::base64_encode(tests::file_bytes(folder / test["file"]))}});
    std::vector<std::string> wanted;
    for (const json& link : test["links"]) {
      // Disputed: resolved by some peers against a base without a path to resolve against.
      if (!link["url"].is_string() || link.contains("disputed")) continue;
      const std::string url = canonical(link["url"]);
      if (!is_script(url)) wanted.push_back(url);
    }
    const auto found = hyperlinks(answer);
    const auto text = [](const json& value) {
      return value.is_string() ? fold_space(value.get<std::string>()) : std::string();
    };
    const bool base = answer["base"] == canonical(test["base"]);
    const bool title =
        answer["title"] == text(test["title"]) || test.value("charset_ambiguous", false);
    const bool canon = answer["canonical"] == canonical(text(test["canonical"]));
    score.add(id, found == wanted && base && title && canon, [&] {
      return first_difference(wanted, found) + (base ? "" : "; base " + answer["base"].dump()) +
             (title ? "" : "; title " + answer["title"].dump() + " not " + test["title"].dump()) +
             (canon ? ""
                    : "; canonical " + answer["canonical"].dump() + " not " +
                          test["canonical"].dump());
    });
  }
}

}  // namespace
}  // namespace crawld::parsers
