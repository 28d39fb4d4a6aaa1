// `inspect robots` keeps its promise for any line.
#include "crawler/cli/inspect/inspect_robots.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

nlohmann::json ask(std::string_view line) {
  return nlohmann::json::parse(crawld::cli::inspect_robots(line));
}

}  // namespace

TEST_CASE("inspect robots answers with the deciding line, the delay and the sitemaps") {
  const auto answer = ask(
      R"({"id":"a","robots_txt":"User-agent: *\nCrawl-delay: 0.5\nDisallow: /x\nSitemap: http://a.test/s.xml\n",)"
      R"("user_agent":"bot","url":"http://a.test/x/y"})");
  CHECK(answer["id"] == "a");
  CHECK(answer["allowed"] == false);
  CHECK(answer["line"] == 3);
  CHECK(answer["crawl_delay"] == 0.5);
  CHECK(answer["sitemaps"] == nlohmann::json::array({"http://a.test/s.xml"}));
}

TEST_CASE("inspect robots takes the file as base64 as well") {
  const auto answer = ask(
      R"({"id":1,"robots_txt_base64":"VXNlci1hZ2VudDogKgpEaXNhbGxvdzogLwo=","user_agent":"b","url":"/x"})");
  CHECK(answer["allowed"] == false);
  CHECK(answer["crawl_delay"].is_null());
}

TEST_CASE("inspect robots asks for the name that a crawl with that User-Agent goes by") {
  const auto answer =
      ask(R"({"id":1,"robots_txt":"User-agent: examplebot\nDisallow: /","url":"/x",)"
          R"j("user_agent":"Mozilla/5.0 (compatible; examplebot/1.0; +https://a.test/bot)"})j");
  CHECK(answer["allowed"] == false);
}

TEST_CASE("inspect robots answers every malformed line") {
  for (const char* line : {"", "{", "[]", "{\"id\":1}", "{\"id\":1,\"robots_txt\":5}",
                           "{\"id\":1,\"robots_txt_base64\":\"!\"}",
                           R"({"id":1,"robots_txt":"","url":"http://[::1"})"}) {
    INFO(line);
    const auto answer = ask(line);
    CHECK(answer["error"].is_string());
    CHECK(answer.at("allowed").is_null());
    CHECK(answer.at("line").is_null());
    CHECK(answer.at("crawl_delay").is_null());
    CHECK(answer.at("sitemaps").empty());
  }
}

TEST_CASE("inspect robots gives no verdict for a user_agent that is no string") {
  const auto answer =
      ask(R"({"id":1,"robots_txt":"User-agent: *\nDisallow: /","user_agent":5,"url":"/a"})");
  CHECK(answer["allowed"].is_null());
  CHECK(answer["error"] == "\"user_agent\" is no string");
}
