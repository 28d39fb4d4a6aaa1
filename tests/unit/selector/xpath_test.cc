#include "parsers/selector/xpath.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>
#include <string>

#include "crawler/cli/inspect/inspect_select.h"
#include "parsers/selector/xpath_paths.h"

namespace crawld::parsers {
namespace {

constexpr std::string_view kPage =
    "<!doctype html><title>T</title><body><div class='a b' id=d><A href=x>one</A>"
    "<a href=y xml:lang=de>two</a></div><svg><use xlink:href=z></svg><p>3<!--c--></p>";

std::string found(const XmlTree& tree, std::string_view text) {
  auto path = XPath::compile(text);
  if (!path) return "bad: " + path.error().message;
  auto items = path->evaluate(tree);
  if (!items) return "failed: " + items.error().message;
  std::string all;
  for (const XPathItem& item : *items) {
    bool element = item.kind == XPathItem::Kind::element;
    all += (element ? xml_name(item.node) : item.text) + "|";
  }
  return all;
}

std::string in_page(std::string_view text) {
  auto page = HtmlTree::parse(kPage);
  auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  return found(*copy, text);
}

TEST_CASE("id() finds elements by their id (XPath 1.0 section 4.1, DOM 4.9)") {
  auto page = HtmlTree::parse(
      "<!doctype html><p id=a>1<p id=b>2<p id=a>3<a href=b></a><svg><g id=c></g></svg><i id=''>");
  auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  CHECK(found(*copy, "id('b')/text()") == "2|");
  CHECK(found(*copy, "id('c a  zz')") == "p|g|");
  CHECK(found(*copy, "id ('a')/text()") == "1|");
  CHECK(found(*copy, "id(//a/@href)/text()") == "2|");
  CHECK(found(*copy, "//p[id('c')]/@id") == "a|b|a|");
}

TEST_CASE("paths find elements, attributes, texts and values of a page") {
  CHECK(in_page("//a/@href") == "x|y|");
  CHECK(in_page("//div/*[last()]/text()") == "two|");
  CHECK(in_page("//use/@xlink:href | //@xml:lang") == "de|z|");
  CHECK(in_page("count(//a) + 0.5") == "2.5|");
  CHECK(in_page("//div[has-class('b', 'a')]") == "div|");
  CHECK(in_page("//a[re:test(@href, '^[XZ]$', 'i')]/text()") == "one|");
  CHECK(in_page("string(//p)") == "3|");
  CHECK(in_page("//*[contains(concat(' ', @class, ' '), ' a ')]/a[2]") == "a|");
  CHECK(in_page("/html/body/p/comment()") == "c|");
  CHECK(in_page("//use/namespace::xlink") == "http://www.w3.org/1999/xlink|");
  CHECK(in_page("//a[1]/@href/.. | //p//text()[1]") == "a|3|");
}

TEST_CASE("results come back to the elements of the page") {
  auto page = HtmlTree::parse(kPage);
  auto copy = XmlTree::copy_of(*page);
  auto items = XPath::compile("//div")->evaluate(*copy);
  REQUIRE(items);
  REQUIRE(items->size() == 1);
  CHECK(attribute(items->front().html, "id") == "d");
  auto inside = XPath::compile("./a")->evaluate(*copy, copy->of(items->front().html));
  CHECK(inside->size() == 2);
}

TEST_CASE("a bad path is refused while compiling") {
  auto why = [](std::string_view text) { return XPath::compile(text).error().message; };
  CHECK_THAT(why("//a["), Catch::Contains("at byte"));
  CHECK(why("//a[foo(.)]") == "unknown function foo() at byte 5");
  CHECK_FALSE(XPath::compile(""));
  CHECK_FALSE(XPath::compile(std::string(5'000, '(') + "1" + std::string(5'000, ')')));
  CHECK(XPath::compile("//a[(1) and not(2)]/following-sibling::node()"));
}

TEST_CASE("feeds are read with and without prefixes, broken ones as far as they go") {
  auto feed = XmlTree::parse(
      "<?xml version='1.0' encoding='latin1'?><feed xmlns='http://www.w3.org/2005/Atom' "
      "xmlns:x='urn:x'><entry><title>\xC3\xA4</title><x:y>1</x:y></entry><entry><title>b");
  REQUIRE(feed);
  CHECK(found(*feed, "//entry/title/text()") == "\xC3\xA4|b|");
  CHECK(found(*feed, "//x:y") == "y|");
  CHECK(found(*feed, "//dc:creator") == "");
  CHECK(found(*feed, "//nope:y") == "failed: unknown namespace prefix");
  CHECK_FALSE(XmlTree::parse("no xml"));
  auto sloppy = XmlTree::parse("<a t='&eacute;&nope;'>1 & 2<b>x</c>&nbsp;3 &amp; 4</a>");
  REQUIRE(sloppy);
  CHECK(xml_text(sloppy->root()) ==
        "1  2x\xC2\xA0"
        "3 & 4");
  CHECK(xml_attribute(sloppy->root(), "t") == "\xC3\xA9");
}

TEST_CASE("entities and documents elsewhere are never read") {
  std::string laughs = "<!DOCTYPE a [<!ENTITY x 'ha'>";
  for (char c = 'b'; c < 'z'; ++c) {
    laughs += std::string("<!ENTITY ") + c + " '&" + static_cast<char>(c - 1) + ";&" +
              static_cast<char>(c - 1) + ";'>";
  }
  laughs += "<!ENTITY f SYSTEM 'file:///etc/passwd'>]><a>1&f;&y;&amp;</a>";
  auto tree = XmlTree::parse(laughs);
  REQUIRE(tree);
  CHECK(xml_text(tree->root()) == "1&");
}

TEST_CASE("an evaluation that would take for ever stops") {
  std::string page = "<body>";
  for (int i = 0; i < 20'000; ++i) page += "<i></i>";
  auto tree = HtmlTree::parse(page);
  auto copy = XmlTree::copy_of(*tree);
  const std::string too_dear = "failed: the page's expressions take too many steps";
  CHECK(found(*copy, "//i[count(preceding::i) > count(following::i)]") == too_dear);
  CHECK(found(*copy, "//i/following-sibling::*[self::b]") == too_dear);
}

TEST_CASE("paths that meet nodes over and over take linear time") {
  std::string html = "<body>";
  for (int i = 0; i < 60'000; ++i) html += "<div><p>x</p></div>";
  for (int i = 0; i < 400; ++i) html += "<div><p>x</p>";
  for (int i = 0; i < 20'000; ++i) html += "<p>x</p>";
  const auto page = HtmlTree::parse(html);
  const auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  const std::clock_t start = std::clock();
  for (std::string_view path :
       {"//p/..", "//div//p[1]", "//p/ancestor::div", "//div/following-sibling::div",
        "//div/following-sibling::div[1]", "//div/descendant::p", "//div//p//text()"}) {
    INFO(path);
    CHECK_THAT(found(*copy, path), !Catch::StartsWith("failed"));
  }
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 20);  // CPU; quadratic work takes minutes
}

std::string pieces(std::string_view expression) {
  const auto paths = cut_paths(expression);
  if (!paths) return "whole";
  std::string all;
  for (const auto& path : *paths) {
    for (const PathPiece& piece : path) {
      constexpr const char* kReaches[] = {"", "inside:", "behind:"};
      all += kReaches[static_cast<int>(piece.reach)] + piece.text + "  ";
    }
    all += "| ";
  }
  return all;
}

TEST_CASE("a path is cut where a step may find a node twice") {
  CHECK(pieces("//p/..") == "//p  ..  | ");
  CHECK(pieces("//ul[ @a = ']' ]/li // a [1] / @href") ==
        "//ul[ @a = ']' ]/li  inside:descendant-or-self::node()/a [1]/@href  | ");
  CHECK(pieces("//ancestor::b") == "/descendant-or-self::node()  ancestor::b  | ");
  CHECK(pieces("a/descendant::b|c/descendant::d[1]") ==
        "a  inside:descendant::b  | c  descendant::d[1]  | ");
  CHECK(pieces("//dt/following-sibling::x:dd/text()") ==
        "//dt  behind:following-sibling::x:dd/text()  | ");
  CHECK(pieces("//a//following::*") == "//a  inside:descendant-or-self::node()  following::*  | ");
}

TEST_CASE("what is no path, or needs no cut, is left whole") {
  for (const auto* whole :
       {"//ul/li/a/@href", "/", "//p[../b]", "(//p)[1]", "id('a')/..", "count(//p/..)",
        "//a/.. = 'x'", "//a/.. and //b", "//a/namespace::*/..", "//p/..[", "//p/../", "//p/foo()",
        "2 div 3", "//a/..|", "//p/.. - 1"}) {
    CHECK(pieces(whole) == "whole");
  }
}

TEST_CASE("paths that are cut find what XPath 1.0 section 2 says, once and in order") {
  const auto page = HtmlTree::parse(
      "<!doctype html><div id=a><p id=b>1<p id=c>2<div id=d><p id=e>3<b>4</b></div></div>"
      "<dl><dt>5<dd>6<dd>7<dt>8<dd>9</dl>");
  const auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  CHECK(found(*copy, "//p/../@id") == "a|d|");
  CHECK(found(*copy, "//div//p[1]/@id") == "b|e|");
  CHECK(found(*copy, "//div/descendant::p[1]/@id") == "b|e|");
  CHECK(found(*copy, "//div/descendant::p/@id") == "b|c|e|");
  CHECK(found(*copy, "//p/ancestor::div[1]/@id") == "a|d|");
  CHECK(found(*copy, "//p/ancestor::div[last()]/@id") == "a|");
  CHECK(found(*copy, "//dt/following-sibling::dd/text()") == "6|7|9|");
  CHECK(found(*copy, "//dt/following-sibling::dd[1]/text()") == "6|9|");
  CHECK(found(*copy, "//dd/preceding-sibling::dt[1]/text()") == "5|8|");
  CHECK(found(*copy, "//b/preceding::p/@id | //b/ancestor::p/@id | //p/../@id") == "a|b|c|d|e|");
  CHECK(found(*copy, "//p/@id/../..//b/text()") == "4|");
  CHECK(found(*copy, "//x:p/..") == "failed: unknown namespace prefix");
}

TEST_CASE("texts, comments and elements come in document order (XPath 1.0 section 5)") {
  auto page = HtmlTree::parse(
      "<!doctype html><!--0--><div id=a class=b>x<b>1<i>2</i>3<!--c--><!--d--></b>4<p>5<u></u></p>"
      "<!--e-->6</div><!--f--><p>7");
  auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  CHECK(found(*copy, "//i | //div/text()") == "x|i|4|6|");
  CHECK(found(*copy, "//comment() | //u | //i") == "0|i|c|d|u|e|f|");
  CHECK(found(*copy, "//text() | //b") == "x|b|1|2|3|4|5|6|7|");
  CHECK(found(*copy, "//i | //b/text() | //div/@* | //div") == "div|a|b|1|i|3|");
  CHECK(found(*copy, "//i/following::node()[self::u or self::text()]") == "3|4|5|u|6|7|");
  auto feed = XmlTree::parse("<?x y?><a>1<b><c/>2</b><!--3--></a><!--4-->");
  REQUIRE(feed);
  CHECK(found(*feed, "//comment() | //text() | //c | //processing-instruction()") ==
        "y|1|c|2|3|4|");
}

// Of a text that ends each item with "|".
std::string item(std::string_view all, std::size_t number) {
  for (; number > 1; --number) all.remove_prefix(all.find('|') + 1);
  return std::string(all.substr(0, all.find('|') + 1));
}

TEST_CASE("an expression counts nodes in document order within parentheses and calls, too") {
  auto page = HtmlTree::parse(
      "<!doctype html><!--0--><!--1--><html><body><div>x<b>1<i z=z>2</i>3<!--c--><!--d--></b>4"
      "<!--g-->5<p>6<u></u></p><!--e-->7</div><!--f--><p>8<!--h--></body></html><!--k--><!--l-->");
  auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  auto feed = XmlTree::parse("<?x 0?><!--1--><a>2<b w='3'><c/>4<?y 5?></b><!--6-->7</a><!--8-->");
  REQUIRE(feed);
  for (const XmlTree* tree : {&*copy, &*feed}) {
    for (std::string_view part :
         {"//i | //div/text()", "//comment() | //i/@z", "//node()", "//text() | //@*",
          "//b/text() | //p | //comment()", "//c | //a/text() | //processing-instruction()"}) {
      INFO(part);
      const std::string all = found(*tree, part);
      const auto count = static_cast<std::size_t>(std::count(all.begin(), all.end(), '|'));
      for (std::size_t i = 1; i <= count; ++i) {
        const std::string at = "(" + std::string(part) + ")[" + std::to_string(i) + "]";
        CHECK(found(*tree, at) == item(all, i));
      }
    }
  }
  CHECK(found(*copy, "string(//u | //div/text())") == "x|");
  CHECK(found(*copy, "string(//i/@z | //b/following-sibling::text())") == "z|");
}

TEST_CASE("paths that look back see what a page has and no more") {
  auto page = HtmlTree::parse("<!doctype html><!--0--><body><b><i>1</i></b>2<!--3-->4<u>5</u>");
  auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  CHECK(found(*copy, "//u/preceding-sibling::text()") == "2|4|");
  CHECK(found(*copy, "//u/preceding-sibling::text()[2]") == "2|");
  CHECK(found(*copy, "//u/preceding::i | //u/preceding-sibling::b") == "b|i|");
  for (int i = 0; i < 2; ++i) {
    CHECK(found(*copy, "//u/preceding-sibling::node()") == "b|2|3|4|");
    CHECK(found(*copy, "//u/preceding-sibling::*[1]") == "b|");
    CHECK(found(*copy, "//u/preceding::node()") == "0|head|b|i|1|2|3|4|");
    CHECK(found(*copy, "count(//u/preceding::*)") == "3|");
    CHECK(found(*copy, "//text()") == "1|2|4|5|");
  }
}

TEST_CASE("texts and comments with no element between them take linear time") {
  std::string html = "<!doctype html>";
  for (int i = 0; i < 40'000; ++i) html += "<!---->";
  html += "<body><div>";
  for (int i = 0; i < 40'000; ++i) html += "x<!---->";
  const auto page = HtmlTree::parse(html);
  const auto copy = XmlTree::copy_of(*page);
  REQUIRE(copy);
  const std::clock_t start = std::clock();
  for (std::string_view path :
       {"//text()", "//div/text()", "//comment()", "(//node())[last()]", "string(//text())",
        "//div[.//text()]", "//text()[preceding-sibling::comment()[1]]"}) {
    INFO(path);
    CHECK_THAT(found(*copy, path), !Catch::StartsWith("failed"));
  }
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 5);  // CPU; quadratic work takes a minute
}

TEST_CASE("inspect reads a page in base64 as its bytes say, and says where there is none") {
  // <p>\xE9</p> in Latin-1
  CHECK(cli::inspect_select(R"x({"id":1,"html_base64":"PHA+6TwvcD4=","selector":"p"})x") ==
        R"x({"id":1,"matches":[{"tag":"p","id":null,"text":"é"}],"error":null})x");
  CHECK(cli::inspect_select(R"x({"id":2,"selector":"p"})x") ==
        R"x({"id":2,"matches":[],"error":"neither \"html\" nor \"html_base64\""})x");
}

TEST_CASE("inspect answers paths as it answers selectors") {
  CHECK(cli::inspect_select(
            R"x({"id":1,"html":"<p id=x>a<p>b","selector":"//p/text()","syntax":"xpath"})x") ==
        R"x({"id":1,"matches":[{"tag":"p","id":"x","text":"a"},{"tag":"p","id":null,"text":"b"}],)x"
        R"x("error":null})x");
  CHECK(cli::inspect_select(R"x({"id":2,"html":"","selector":"count(//p)","syntax":"xpath"})x") ==
        R"x({"id":2,"matches":[{"tag":null,"id":null,"text":"0"}],"error":null})x");
}

}  // namespace
}  // namespace crawld::parsers
