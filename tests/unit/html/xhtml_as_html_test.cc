#include "parsers/html/xhtml_as_html.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "crawler/cli/inspect/inspect_links.h"

namespace crawld::parsers {
namespace {

TEST_CASE("empty elements of XHTML get end tags, but those that HTML has none for") {
  CHECK(xhtml_as_html("<a name=\"q\"/>t<script src='x' />u<br/><br></br><p/>") ==
        "<a name=\"q\"></a>t<script src='x' ></script>u<br/><br><p></p>");
  CHECK(xhtml_as_html("<a title='/>'/>") == "<a title='/>'></a>");
  CHECK(xhtml_as_html("<svg><path d=\"\"/></svg>") == "<svg><path d=\"\"></path></svg>");
}

TEST_CASE("sections of CDATA are text, and mean nothing in scripts") {
  CHECK(xhtml_as_html("a<![CDATA[<b>&amp;]]>c") == "a&lt;b>&amp;amp;c");
  CHECK(xhtml_as_html("<script><![CDATA[a<b/>]]></script><i/>") == "<script>a<b/></script><i></i>");
}

TEST_CASE("declarations and processing instructions of XHTML go") {
  CHECK(xhtml_as_html("<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a \"b>\">]><p>") ==
        "<!DOCTYPE html ><p>");
  CHECK(xhtml_as_html("<!DOCTYPE html><?php '>' ?><p>") == "<!DOCTYPE html><p>");
}

TEST_CASE("the language of an XHTML page is its xml:lang") {
  CHECK(xhtml_as_html("<html xml:lang='fr'>") == "<html lang='fr'>");
  CHECK(xhtml_as_html("<html lang='de' xml:lang='fr'>") == "<html lang='de' xml:lang='fr'>");
}

TEST_CASE("what is no XHTML stays as it is") {
  for (const char* text : {"a < b", "<", "<a", "<a href='x", "<a href=x/>", "<script>a<b/>", "</",
                           "<!-- <p/>", "<![x]>", "<!doctype", "<p><b></p>"}) {
    CHECK(xhtml_as_html(text) == text);
  }
  CHECK(xhtml_as_html("<![CDATA[a").ends_with("a"));
  CHECK(xhtml_as_html("<?x").empty());
}

TEST_CASE("links behind empty elements of an XHTML page are found") {
  const nlohmann::json question = {{"html", "<script src='s'/><a name='n'/><a href='l'>t</a>"},
                                   {"url", "http://a.test/"},
                                   {"content_type", "application/xhtml+xml"}};
  const auto links = nlohmann::json::parse(cli::inspect_links(question.dump()))["links"];
  REQUIRE(links.size() == 2);
  CHECK(links[1]["url"] == "http://a.test/l");
}

}  // namespace
}  // namespace crawld::parsers
