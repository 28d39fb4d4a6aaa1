#include "parsers/selector/selector.h"

#include <catch2/catch.hpp>
#include <ctime>
#include <string>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {
namespace {

std::string ids(std::string_view html, std::string_view text) {
  auto tree = HtmlTree::parse(html);
  auto selector = Selector::compile(text);
  REQUIRE(tree);
  if (!selector) return "error: " + selector.error().message;
  std::string all;
  for (const GumboNode* node : selector->select(*tree)) {
    all += std::string(attribute(node, "id").value_or(tag_name(node))) + " ";
  }
  if (!all.empty()) all.pop_back();
  return all;
}

std::string values(std::string_view html, std::string_view text) {
  auto tree = HtmlTree::parse(html);
  auto selector = Selector::compile(text);
  REQUIRE(tree);
  REQUIRE(selector);
  SelectorDocument document(*tree);
  SelectorMatcher matcher(*selector, document);
  std::string all;
  for (const Selected& found : matcher.values()) {
    all += found.is_text ? std::string(found.text) : std::string(tag_name(found.element));
    all += "|";
  }
  return all;
}

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

constexpr std::string_view kPage =
    "<!doctype html><body><div id=a class='x Y'><p id=b>1<p id=c class=x>2</div>"
    "<ul id=u><li id=l1>a<li id=l2 lang=de-AT>b<li id=l3><i id=i></i></ul>"
    "<svg id=s><a id=sa xlink:href=z></a><foreignObject id=f></foreignObject></svg>";

TEST_CASE("combinators reach children, descendants and siblings") {
  CHECK(ids(kPage, "div > p") == "b c");
  CHECK(ids(kPage, "body p + p") == "c");
  CHECK(ids(kPage, "#l1 ~ li") == "l2 l3");
  CHECK(ids(kPage, "div ~ ul li:has(> i)") == "l3");
  CHECK(ids(kPage, ":not(:is(html, body, head, svg *)):nth-child(2 of .x, ul)") == "u");
  CHECK(ids(kPage, "li:nth-last-child(-n + 2)") == "l2 l3");
}

TEST_CASE("relative selectors may hold several combinators") {
  CHECK(ids(kPage, "body > *:has(li + li > i)") == "u");
  CHECK(ids(kPage, "*:has(~ svg)") == "a u");
  CHECK(ids(kPage, "*:has(+ ul #i)") == "a");
  CHECK(ids(kPage, "li:has(+ li:has(i))") == "l2");
}

TEST_CASE("names compare by the rules of HTML") {
  CHECK(ids(kPage, "DIV") == "a");
  CHECK(ids(kPage, "foreignobject") == "");
  CHECK(ids(kPage, "svg|foreignObject") == "f");
  CHECK(ids(kPage, "svg|a, html|i") == "i sa");
  CHECK(ids(kPage, "[xlink|href]") == "sa");
  CHECK(ids(kPage, ".y") == "");
  CHECK(ids("<p id=q class=Y>", ".y") == "q");  // quirks mode
  CHECK(ids(kPage, "[id=B]") == "");
  CHECK(ids(kPage, "[id=B i]") == "b");
  CHECK(ids(kPage, ":lang('*-at')") == "l2");
}

TEST_CASE("form states are those of the standard (HTML 4.16.3)") {
  constexpr std::string_view kForm =
      "<!doctype html><input id=a required><input id=b type=hidden required><input id=c "
      "type=submit>"
      "<button id=d></button><select id=e></select>";
  CHECK(ids(kForm, ":required") == "a");
  CHECK(ids(kForm, ":optional") == "b c e");
  constexpr std::string_view kNumbers =
      "<!doctype html><input id=a type=number max=3 value=4><input id=b type=number max=3>"
      "<input id=c type=number max=3 value=4 disabled><input id=d type=number max=3 readonly>"
      "<input id=e type=number>";
  CHECK(ids(kNumbers, ":out-of-range") == "a");
  CHECK(ids(kNumbers, ":in-range") == "b");
}

TEST_CASE("an input is editable by its own attributes only (HTML 4.16.3 :read-write)") {
  constexpr std::string_view kHost =
      "<!doctype html><div id=d contenteditable><input id=a type=checkbox><input id=b readonly>"
      "<input id=c><textarea id=e disabled></textarea><button id=f></button></div>"
      "<input id=g type=submit contenteditable>";
  CHECK(ids(kHost, "body :read-write") == "d c f");
}

TEST_CASE("lang without a namespace is of HTML and SVG elements only (HTML 3.2.6.2)") {
  constexpr std::string_view kForeign =
      "<!doctype html><body><svg id=a lang=de><title id=b></title></svg>"
      "<math id=c lang=de><mi id=d></mi></math><math id=e xml:lang=de></math>";
  CHECK(ids(kForeign, ":lang(de)") == "a b e");
}

TEST_CASE("an SVG a is a link where it has an href of either kind (SVG 2 section 16.2)") {
  constexpr std::string_view kDrawing =
      "<!doctype html><body><svg><a id=a href=x></a><a id=b xlink:href=x></a><a id=c></a>"
      "<use id=d href=x></use></svg><link id=e href=x>";
  CHECK(ids(kDrawing, ":link") == "a b");
  CHECK(ids(kDrawing, ":any-link") == "a b");
}

TEST_CASE("text and attributes can be asked for as scrapers do") {
  CHECK(values(kPage, "li::text") == "a|b|");
  CHECK(values(kPage, "p::attr(id), li::attr(lang)") == "b|c|de-AT|");
  CHECK(values(kPage, "svg *::attr(xlink:href)") == "z|");
  CHECK(values(kPage, "p::text, i") == "1|2|i|");
}

TEST_CASE("what was found stands in document order and once, as Scrapy has it") {
  constexpr std::string_view kMixed =
      "<!doctype html><body><p id=p class=c>1<b>2<i>3</i></b>4<!-- -->5</p>6";
  CHECK(values(kMixed, "body *::text") == "1|2|3|4|5|6|");
  CHECK(values(kMixed, "p::text, b::text") == "1|2|4|5|");
  CHECK(values(kMixed, "p::text, .c::text, p::attr(id), #p::attr(id), p, #p") == "p|p|1|4|5|");
}

TEST_CASE("the texts of a template are told where it stands") {
  CHECK(values("<!doctype html><body>1<template>2<b>x</b>3<i>y</i></template>4", "body *::text") ==
        "1|2|3|4|");
}

TEST_CASE("text and attributes of descendants are those of the element too, as in Scrapy") {
  constexpr std::string_view kMixed = "<!doctype html><body><p id=p>1<b id=b>2</b>3</p>";
  CHECK(values(kMixed, "p ::text") == "1|2|3|");
  CHECK(values(kMixed, "p *::text") == "1|2|3|");
  CHECK(values(kMixed, "p ::attr(id)") == "p|b|");
  CHECK(values(kMixed, "p > ::text") == "2|");
  CHECK(values(kMixed, "p b::text") == "2|");
  CHECK(values(kMixed, "p *") == "b|");
}

TEST_CASE("a comment may stand between any two words of a selector (CSS Syntax 4.3.2)") {
  CHECK(ids(kPage, "p/**/.x") == "c");
  CHECK(ids(kPage, "p/* a */[id=b]/**//**/:/**/first-child") == "b");
  CHECK(ids(kPage, "p./**/x") == "c");
  CHECK(ids(kPage, "ul/**/ li/**/>/**/i") == "i");
  CHECK_FALSE(Selector::compile("p/**/i"));
  CHECK_FALSE(Selector::compile("#/**/b"));
}

TEST_CASE("An+B is read word by word (CSS Syntax 6.2)") {
  CHECK(ids(kPage, "li:nth-child(n/**/)") == "l1 l2 l3");
  CHECK(ids(kPage, "li:nth-child(2n/**/+/**/1)") == "l1 l3");
  CHECK(ids(kPage, "li:nth-child(2\\6e-1)") == "l1 l3");
  CHECK(ids(kPage, "li:nth-child(-n- 1 + 2)") ==
        "error: unexpected text in \":nth-child()\" at byte 20");
  CHECK(ids(kPage, "li:nth-child(+n-1)") == "l1 l2 l3");
  CHECK(ids(kPage, "li:nth-child(1/**/of li)") == "l1");
  CHECK(ids(kPage, "li:nth-child(1 of/**/[lang])") == "l2");
  for (std::string_view bad :
       {"+ n", "2 n", "n1", "n+ -1", "2n+1e0", "1of li", "+odd", "--1", ""}) {
    INFO(bad);
    CHECK_FALSE(Selector::compile("li:nth-child(" + std::string(bad) + ")"));
  }
}

TEST_CASE("a comment may follow the bar of a namespace") {
  CHECK(ids(kPage, "*|/**/i, [|/**/lang]") == "l2 i");
}

TEST_CASE("& stands for :scope (CSS Nesting 1)") {
  CHECK(ids(kPage, "& > body > div") == "a");
  CHECK(ids(kPage, "html&, .x&") == "html");
  CHECK_FALSE(Selector::compile("&div"));
  auto tree = HtmlTree::parse(kPage);
  auto list = Selector::compile("#u")->select(*tree);
  CHECK(Selector::compile("& > :not(&):has(i)")->select(*tree, list[0]).size() == 1);
}

TEST_CASE("pseudo-elements have states and arguments of their own (Selectors 4 section 3.6)") {
  for (std::string_view good : {"a::before:hover", "a::after:not(:focus)", "a::part(x)", "::cue"}) {
    INFO(good);
    CHECK(Selector::compile(good));
  }
  for (std::string_view bad : {"a:before:empty", "a::after:first-child", "a::before()", "::part",
                               "::slotted()", "::highlight", "a::marker:nth-child(2)"}) {
    INFO(bad);
    CHECK_FALSE(Selector::compile(bad));
  }
}

TEST_CASE("what is bad in a forgiving list ends at its comma (CSS Syntax 5.4.4)") {
  CHECK(ids(kPage, "p:is(b], #b)") == "b");
  CHECK(ids(kPage, "p:is({,}, [(], )], #b)") == "b");
}

TEST_CASE("unknown pseudo-elements of the -webkit- kind are valid (Selectors 4 section 3.6.4)") {
  CHECK(ids(kPage, "p::-webkit-anything, #b") == "b");
  CHECK_FALSE(Selector::compile("p::-webkit-anything(2)"));
  CHECK_FALSE(Selector::compile("p:-webkit-anything"));
}

TEST_CASE("a bad selector is refused with its place") {
  auto why = [](std::string_view text) { return Selector::compile(text).error().message; };
  CHECK(why("div >") == "a selector is missing at byte 6");
  CHECK(why("a:nonsense") == "unknown pseudo-class \":nonsense\" at byte 11");
  CHECK(why("a[b=1]") == "a value is missing (quote it unless it is a plain word) at byte 5");
  CHECK(why("x|a") == "unknown namespace \"x\" (known: html, svg, math) at byte 3");
  CHECK_FALSE(Selector::compile(repeat(":not(", 100) + "a" + repeat(")", 100)));
  CHECK_FALSE(Selector::compile(repeat("a ", 5'000) + "b"));
}

TEST_CASE("one matcher serves many scopes") {
  auto tree = HtmlTree::parse("<div id=1><p><b>x</b></div><div id=2><b>y</b></div>");
  auto items = Selector::compile("div")->select(*tree);
  auto selector = Selector::compile(":scope > b, :scope:has(> b) b");
  SelectorDocument document(*tree);
  SelectorMatcher matcher(*selector, document);
  CHECK(matcher.select(items[0]).empty());
  CHECK(matcher.select(items[1]).size() == 1);
  CHECK(matcher.select(items[0]).empty());
}

TEST_CASE("hostile pairs of page and selector take linear time") {
  std::string flat = "<body>" + repeat("<i></i><b></b>", 150'000);
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += "<div>" + repeat("<p>x</p>", 300);
  const std::clock_t start = std::clock();
  for (std::string_view text :
       {"u ~ b", "i ~ b ~ i ~ b ~ u", "b:has(~ u)", "b:nth-last-child(2n of i ~ b)",
        "body:has(u) > b", "*:has(* ~ u) b", ":contains(y) > b", "b:not(u ~ b):nth-of-type(7)",
        "p:has(+ p + p + u)", "div div div div p ~ p + p div u", "div:has(div u) p",
        "*:is(div *:is(div div *) u, b u *) p", ":dir(rtl) b:lang(de)", ":empty ~ b > u"}) {
    INFO(text);
    CHECK(ids(flat, text).size() < 10'000'000);
    CHECK(ids(deep, text).size() < 10'000'000);
  }
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 60);  // CPU; quadratic work takes minutes
}

}  // namespace
}  // namespace crawld::parsers
