#include "parsers/robots_directives.h"

#include <catch2/catch.hpp>
#include <ctime>
#include <string>

#include "parsers/gumbo_parser.h"
#include "tests/support/suite.h"

using crawld::parsers::RobotsDirectives;
using crawld::tests::Json;
using List = std::vector<std::string>;

namespace {

List meta(std::string_view content, std::string_view name = "robots") {
  RobotsDirectives directives("examplebot");
  directives.add_meta(name, content);
  return directives.take();
}

List header(std::string_view value) {
  RobotsDirectives directives("examplebot");
  directives.add_header(value);
  return directives.take();
}

bool has(const List& list, const char* directive) {
  return std::find(list.begin(), list.end(), directive) != list.end();
}

std::string failure(const Json& one) {
  RobotsDirectives directives("examplebot");
  const std::string html = one.at("html");
  crawld::parsers::ParseJob job{.url = "http://a.test/", .body = html};
  job.headers.content_type = "text/html";
  crawld::parsers::GumboParser parser(std::vector<crawld::parsers::RuleSet>{});
  const auto parsed = parser.parse(job, {});
  if (const auto* page = std::get_if<crawld::model::ParsedPage>(&parsed)) {
    for (const auto& [name, content] : page->meta) directives.add_meta(name, content);
  }
  if (one.at("headers").contains("X-Robots-Tag")) {
    for (const auto& value : one["headers"]["X-Robots-Tag"]) {
      directives.add_header(value.get<std::string>());
    }
  }
  for (const char* directive : {"noindex", "nofollow"}) {
    if (has(directives.all(), directive) != one.at(directive).get<bool>()) {
      return std::string(directive) + " is wrong";
    }
  }
  return "";
}

}  // namespace

TEST_CASE("meta robots is read in any case and with any separators") {
  CHECK(meta("NoIndex , NOFOLLOW") == List{"noindex", "nofollow"});
  CHECK(meta("noindex nofollow;noarchive") == List{"noindex", "nofollow", "noarchive"});
  CHECK(meta("none") == List{"noindex", "nofollow"});
  CHECK(meta("all, index, follow").empty());
  CHECK(meta("noindex,,noindex") == List{"noindex"});
  CHECK(meta("noai, noimageai") == List{"noai", "noimageai"});
}

TEST_CASE("meta of our own name counts, that of others does not") {
  CHECK(meta("noindex", "ExampleBot") == List{"noindex"});
  CHECK(meta("noindex", "otherbot").empty());
  CHECK(meta("noindex", "description").empty());
}

TEST_CASE("directives with values keep them") {
  CHECK(meta("max-snippet: -1, max-image-preview:large") ==
        List{"max-snippet:-1", "max-image-preview:large"});
  CHECK(meta("unavailable_after: 25 Jun 2010 15:00:00 PST, noindex") ==
        List{"unavailable_after:2010-06-25T23:00:00+00:00", "noindex"});
  CHECK(header("unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT, noarchive") ==
        List{"unavailable_after:2010-06-25T15:00:00+00:00", "noarchive"});
  CHECK(header("unavailable_after: 25 Jun 2010 15:00:00, none") ==
        List{"unavailable_after:2010-06-25T15:00:00+00:00", "noindex", "nofollow"});
}

TEST_CASE("a header may speak to one agent") {
  CHECK(header("noindex, nofollow") == List{"noindex", "nofollow"});
  CHECK(header("otherbot: noindex, nofollow").empty());
  CHECK(header("otherbot: noindex, examplebot: nofollow, noarchive") ==
        List{"nofollow", "noarchive"});
  CHECK(header("otherbot: max-snippet:3\nnoindex") == List{"noindex"});
}

TEST_CASE("of agents in a row the last is spoken to, and any number takes linear time") {
  CHECK(header("otherbot: examplebot: noindex, noarchive") == List{"noindex", "noarchive"});
  CHECK(header("examplebot: otherbot: noindex").empty());
  CHECK(header("examplebot: otherbot: max-snippet: 1, examplebot: max-snippet: 2") ==
        List{"max-snippet:2"});
  const std::clock_t start = std::clock();
  CHECK(header(std::string(4U << 20, ':') + ", examplebot: noindex") == List{"noindex"});
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 5);  // CPU; quadratic work takes minutes
}

TEST_CASE("the reservation of text and data mining is a directive") {
  CHECK(meta("1", "tdm-reservation") == List{"tdm-reservation"});
  CHECK(meta("0", "tdm-reservation").empty());
  RobotsDirectives directives("examplebot");
  directives.add_tdm_reservation(" 1 ");
  CHECK(directives.all() == List{"tdm-reservation"});
}

TEST_CASE("robots directives agree with the robots-meta suite") {
  crawld::tests::run_suite("robots-meta", crawld::tests::suite_cases("robots-meta/shared.jsonl"),
                           failure);
}
