#include "parsers/html/html_tree.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "parsers/html/arena.h"
#include "parsers/html/html_skeleton.h"

namespace crawld::parsers {
namespace {

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

const GumboNode* find(const HtmlTree& tree, std::string_view name) {
  for (const GumboNode* element : tree.elements()) {
    if (tag_name(element) == name) return element;
  }
  return nullptr;
}

TEST_CASE("every element of a page has its name and number in document order") {
  auto tree = HtmlTree::parse(
      "<!doctype html><title>t</title><DIV><Custom-Tag>x</Custom-Tag>"
      "<svg><foreignObject><p></p></foreignObject><RECT/></svg></DIV>");
  REQUIRE(tree);
  std::string names;
  std::uint32_t index = 0;
  for (const GumboNode* element : tree->elements()) {
    names += std::string(tag_name(element)) + " ";
    CHECK(element_index(element) == index++);
  }
  CHECK(names == "html head title body div custom-tag svg foreignObject p rect ");
  CHECK(element_depth(find(*tree, "p")) == 6);
  CHECK_FALSE(tree->quirks());
  CHECK(HtmlTree::parse("<p>")->quirks());
}

TEST_CASE("elements inside a template come after those of the document") {
  auto tree = HtmlTree::parse("<template><b>1</b></template><i>2</i>");
  REQUIRE(tree);
  CHECK(tree->elements().size() == tree->in_document() + 1);
  CHECK(tag_name(tree->elements().back()) == "b");
  CHECK(text_content(tree->root()) == "2");
}

TEST_CASE("a walk in document order meets every node once and stays below its top") {
  auto tree = HtmlTree::parse("<body><ul><li>a<li>b<!--c--></ul><p>d");
  REQUIRE(tree);
  const GumboNode* list = find(*tree, "ul");
  int nodes = 0;
  for (const GumboNode* n = list; n != nullptr; n = next_node(n, list)) ++nodes;
  CHECK(nodes == 6);
  CHECK(text_content(list) == "ab");
  CHECK(next_outside(list, tree->document()) == next_element(list));
  CHECK(text_content(next_element(list)) == "d");
}

TEST_CASE("attributes are told apart by their namespace") {
  auto tree = HtmlTree::parse("<svg viewbox=1 xlink:href=2 HREF=3></svg>");
  REQUIRE(tree);
  const GumboNode* svg = find(*tree, "svg");
  CHECK(attribute(svg, "viewBox") == "1");
  CHECK(attribute(svg, "href") == "3");
  CHECK(attribute(svg, GUMBO_ATTR_NAMESPACE_XLINK, "href") == "2");
  CHECK_FALSE(attribute(svg, "id"));
}

TEST_CASE("pages that would take the tree builder quadratic time get no tree") {
  auto start = std::chrono::steady_clock::now();
  std::string numbered = "<p>";
  for (int i = 0; i < 20'000; ++i) numbered += "<p><b id=" + std::to_string(i) + ">x";
  std::string attributes;
  for (int i = 0; i < 100'000; ++i) attributes += "a" + std::to_string(i) + " ";
  CHECK_FALSE(HtmlTree::parse(repeat("<div>", 100'000)));
  CHECK_FALSE(HtmlTree::parse(repeat("<b>", 1'000'000)));
  CHECK_FALSE(HtmlTree::parse(numbered));
  CHECK_FALSE(HtmlTree::parse("<p " + attributes));
  CHECK_FALSE(HtmlTree::parse("</p " + attributes));
  CHECK_FALSE(HtmlTree::parse(repeat("<svg><math><foreignObject>", 20'000)));
  CHECK_FALSE(HtmlTree::parse(repeat("<template>", 20'000)));
  CHECK_FALSE(HtmlTree::parse(repeat("<form><div></form>", 20'000)));
  CHECK_FALSE(HtmlTree::parse(repeat("<frameset>", 20'000)));
  CHECK_FALSE(HtmlTree::parse(repeat("<p>", 1'100'000)));
  CHECK(HtmlTree::parse("<p title='" + repeat("x", 7'000'000) + "'>"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("ordinary sloppy pages stay within the limits") {
  const auto depth = [](const std::string& html) {
    Arena arena(TreeLimits{}.max_bytes);
    const HtmlSkeleton skeleton(html, {}, arena);
    CHECK(skeleton.within_limits());
    return skeleton.open().depth();
  };
  CHECK(depth(repeat("<p>a<br><li>b<td>c<option>d", 5'000)) < 20);
  CHECK(depth(repeat("<p><font size=1>a", 5'000)) < 20);
  CHECK(depth(repeat("<tr><td>a<td>b", 5'000)) < 20);
  CHECK(depth("<table>" + repeat("<tr><td><b>a</b><td>b", 5'000)) < 20);
  CHECK(depth("<script>" + repeat("'<div>'", 5'000) + "</script>") < 5);
}

}  // namespace
}  // namespace crawld::parsers
