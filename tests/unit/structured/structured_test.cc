#include "parsers/structured/structured.h"
#include "parsers/structured/opengraph.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace crawld::parsers {
namespace {

using Json = nlohmann::json;

StructuredData read(std::string_view html) {
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  return extract_structured(*tree, model::Url::parse("https://a.test/dir/page"));
}

}  // namespace

TEST_CASE("a property that is repeated becomes a list") {
  const auto found = read(
      "<meta property='og:image' content='a'><meta property='og:image' content='b'>"
      "<meta property='og:title' content='T'>");
  CHECK(found.opengraph == R"({"og:image":["a","b"],"og:title":"T"})");
}

TEST_CASE("what a shop says of its product is OpenGraph, declared or not") {
  const auto found = read(
      "<meta property=product:price:amount content=12.50><meta property=product:brand content=B>"
      "<meta property=fb:app_id content=1>");
  CHECK(found.opengraph == R"({"product:price:amount":"12.50","product:brand":"B"})");
}

TEST_CASE("a meta element may name several properties (RDFa Core 5)") {
  const auto tree = HtmlTree::parse(
      "<meta property='og:title twitter:title ' content=T><meta property='x og:url' content=U>");
  REQUIRE(tree);
  CHECK(extract_opengraph(*tree) == R"({"og:title":"T","og:url":"U"})");
  CHECK(extract_twitter(*tree) == R"({"twitter:title":"T"})");
}

TEST_CASE("a property that is named or referred to twice counts once (HTML 5.2.3, 5.2.5)") {
  const auto found = read(
      "<div itemscope itemref='a b a'><i itemprop='x y x'>1</i></div>"
      "<p id=a itemprop=z>2<b id=b itemprop=w>3</b></p>");
  CHECK(found.microdata == R"([{"properties":{"x":"1","y":"1","z":"23","w":"3"}}])");
}

TEST_CASE("microdata within microdata is nested, URLs are absolute") {
  const auto found = read(
      "<div itemscope itemtype=http://schema.org/Product><a itemprop=url href=../x>n</a>"
      "<div itemprop=offers itemscope itemtype=http://schema.org/Offer>"
      "<meta itemprop=price content=5></div></div>");
  const auto items = Json::parse(found.microdata);
  REQUIRE(items.size() == 1);
  CHECK(items[0]["properties"]["url"] == "https://a.test/x");
  CHECK(items[0]["properties"]["offers"]["properties"]["price"] == "5");
}

TEST_CASE("an item that is called a property and is none is an item by itself") {
  const auto found = read(
      "<div itemprop=blogPost itemscope itemtype=https://schema.org/BlogPosting id=post>"
      "<b itemprop=headline>H</b><p itemprop=author itemscope><i itemprop=name>N</i></p></div>");
  CHECK(found.microdata ==
        R"([{"type":"https://schema.org/BlogPosting","properties":{"headline":"H",)"
        R"("author":{"properties":{"name":"N"}}}}])");
  const auto referred = read(
      "<p id=a itemprop=author itemscope><i itemprop=name>N</i></p><div itemscope "
      "itemref=a></div>");
  CHECK(referred.microdata == R"([{"properties":{"author":{"properties":{"name":"N"}}}}])");
}

TEST_CASE("an item that refers to what holds it does not nest for ever") {
  const auto found = read(
      "<div id=a itemscope itemref=b></div>"
      "<div id=b itemprop=x itemscope itemref=b></div>");
  CHECK(Json::accept(found.microdata));
}

TEST_CASE("items that share items do not multiply without end") {
  std::string html;
  for (int i = 0; i < 60; ++i) {
    const auto own = std::to_string(i);
    const auto next = std::to_string(i + 1);
    html +=
        "<div id=p" + own + " itemprop=x itemscope itemref='p" + next + " q" + next + "'></div>";
    html +=
        "<div id=q" + own + " itemprop=x itemscope itemref='p" + next + " q" + next + "'></div>";
  }
  const auto found = read("<div itemscope itemref='p0 q0'></div>" + html);
  CHECK(found.microdata.size() < 32'000'000);
  CHECK(Json::accept(found.microdata));
}

TEST_CASE("RDFa Lite gives nodes with full names") {
  const auto found = read(
      "<p vocab=http://schema.org/ resource=#me typeof=Person><span property=name>Ann</span></p>");
  const auto nodes = Json::parse(found.rdfa);
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[1]["@id"] == "https://a.test/dir/page#me");
  CHECK(nodes[1]["@type"][0] == "http://schema.org/Person");
  CHECK(nodes[1]["http://schema.org/name"][0]["@value"] == "Ann");
}

TEST_CASE("a node without a name is no property of RDFa (RDF 1.1 Concepts 3.1)") {
  const auto found = read(
      "<p property='_:x schema:name'>N</p><a rel='_:x' href=y>t</a>"
      "<a rev='_:x schema:image' href=z>t</a>");
  CHECK(found.rdfa.find("_:nx") == std::string::npos);
  CHECK(found.rdfa.find("http://schema.org/name") != std::string::npos);
  CHECK(found.rdfa.find("http://schema.org/image") != std::string::npos);
}

TEST_CASE("a classic hCard is an h-card") {
  const auto found = read("<p class=vcard><a class='fn url' href=/me>Ann</a></p>");
  const auto item = Json::parse(found.microformats)["items"][0];
  CHECK(item["type"] == Json({"h-card"}));
  CHECK(item["properties"]["name"] == Json({"Ann"}));
  CHECK(item["properties"]["url"] == Json({"https://a.test/me"}));
}

TEST_CASE("every kind is valid JSON on a page of nothing but beginnings") {
  std::string html;
  for (int i = 0; i < 400; ++i) {
    html +=
        "<div itemscope itemprop=a class='h-entry p-name e-x' property=b typeof=c vocab=d rel=e>";
  }
  const auto found = read(html);
  for (const auto& json : {found.microdata, found.opengraph, found.others()}) {
    CHECK(Json::accept(json));
  }
}

}  // namespace crawld::parsers
