#include "crawler/cli/inspect/inspect_sitemap.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using nlohmann::json;

namespace {

json inspect(const json& question) {
  return json::parse(crawld::cli::inspect_sitemap(question.dump()));
}

}  // namespace

TEST_CASE("inspect sitemap lists locations and dates") {
  const json answer = inspect({{"id", "x"},
                               {"url", "http://a.test/sitemap.xml"},
                               {"body",
                                "<urlset><url><loc>/1</loc><lastmod>2004-12-23</lastmod></url>"
                                "<url><loc>/2</loc></url></urlset>"}});
  CHECK(answer["id"] == "x");
  CHECK(answer["type"] == "urlset");
  CHECK(answer["urls"][0]["loc"] == "http://a.test/1");
  CHECK(answer["urls"][0]["lastmod"] == "2004-12-23T00:00:00+00:00");
  CHECK(answer["urls"][1]["lastmod"] == nullptr);
  CHECK(answer["sitemaps"].empty());
  CHECK(answer["error"] == nullptr);
}

TEST_CASE("inspect sitemap lists every entry of a feed with its title") {
  const json answer =
      inspect({{"id", 1},
               {"url", "http://a.test/feed"},
               {"body",
                "<rss><channel><title>f</title><item><title>no page</title></item><item>"
                "<title>t</title><link>/1</link></item></channel></rss>"}});
  CHECK(answer["type"] == "rss");
  CHECK(answer["title"] == "f");
  CHECK(answer["urls"][0]["loc"] == nullptr);
  CHECK(answer["urls"][0]["title"] == "no page");
  CHECK(answer["urls"][1]["loc"] == "http://a.test/1");
}

TEST_CASE("inspect sitemap names what it does not understand") {
  CHECK(inspect({{"id", 1}})["error"] == "\"body\" and \"body_base64\" are missing or no base64");
  CHECK(inspect({{"id", 1}, {"url", "http://a.test/"}, {"body", "words"}})["error"] ==
        "no sitemap, feed or list of URLs");
}
