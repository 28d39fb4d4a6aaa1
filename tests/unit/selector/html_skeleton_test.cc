#include "parsers/html/html_skeleton.h"

#include <catch2/catch.hpp>
#include <string>

#include "parsers/html/arena.h"

namespace crawld::parsers {
namespace {

// Whether gumbo reads a page's skeleton, and how the page comes out.
struct Made {
  bool usable;
  std::size_t skeleton_bytes;
  std::string tree;
};

std::string written(const HtmlTree& tree) {
  std::string out;
  const auto enter = [&](const GumboNode* node) {
    if (node->type == GUMBO_NODE_DOCUMENT) return true;
    if (!is_element(node)) {
      const bool comment = node->type == GUMBO_NODE_COMMENT;
      out += (comment ? "<!--" : "") + std::string(node->v.text.text) + (comment ? "-->" : "");
      return true;
    }
    out += "<" + std::string(tag_name(node));
    const GumboVector& attributes = node->v.element.attributes;
    for (unsigned i = 0; i < attributes.length; ++i) {
      const auto& attribute = *static_cast<GumboAttribute*>(attributes.data[i]);
      out += std::string(" ") + attribute.name + "=" + attribute.value;
    }
    out += ">";
    return true;
  };
  walk_tree(tree.document(), enter, [&](const GumboNode* node) {
    if (is_element(node)) out += "</>";
  });
  return out;
}

Made made(std::string_view html) {
  Arena arena(TreeLimits{}.max_bytes);
  const HtmlSkeleton skeleton(html, {}, arena);
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  return {skeleton.usable(), skeleton.html().size(), written(*tree)};
}

std::string body_of(std::string_view html) {
  std::string tree = made(html).tree;
  constexpr std::string_view kStart = "<html><head></><body>";
  REQUIRE(tree.starts_with(kStart));
  return tree.substr(kStart.size(),
                     tree.size() - kStart.size() - std::string_view("</></>").size());
}

TEST_CASE("a skeleton is as long as a page's tags, and its tree is that of the page") {
  const std::string text(10'000, 'x');
  const Made page = made("<title>" + text + "</title><script>" + text + "</script><!--" + text +
                         "--><p title='" + text + "'> " + text + "&amp;");
  CHECK(page.usable);
  CHECK(page.skeleton_bytes < 100);
  CHECK(page.tree == "<html><head><title>" + text + "</><script>" + text + "</><!--" + text +
                         "--></><body><p title=" + text + "> " + text + "&</></></>");
}

TEST_CASE("white space that moves or goes does so without its text") {
  CHECK(body_of("<pre>\n\n a</pre>") == "<pre>\n a</>");
  CHECK(body_of("<table> a <tr>") == " a <table><tbody><tr></></></>");
  CHECK(body_of("<table> <tr>") == "<table> <tbody><tr></></></>");
  CHECK(body_of(" \n a") == "a");
  CHECK(body_of("<p>&#32;a&#10;b") == "<p> a\nb</>");
}

TEST_CASE("long white space and names of attributes come out as they were") {
  std::string page = "<pre>\n\n\n\n\n a</pre>";
  std::string tree = "<pre>\n\n\n\n a</>";
  for (int i = 4; i < 600; ++i) {
    const std::string space(static_cast<std::size_t>(i), i % 2 == 0 ? ' ' : '\n');
    page += space + "<i data-number=" + std::to_string(i) + " CLASS=c>" + space + "x</i>";
    tree += space + "<i data-number=" + std::to_string(i) + " class=c>" + space + "x</>";
  }
  CHECK(body_of(page) == tree);
  CHECK(body_of("<p>      a\f      b      <b>") == "<p>      a\f      b      <b></></>");
  CHECK(body_of("<svg class=c viewbox=v data-v=d>") == "<svg class=c viewBox=v data-v=d></>");
}

TEST_CASE("values that the tree hangs on are seen") {
  CHECK(body_of("<table><input type='hid&#100;en'>") == "<table><input type=hidden></></>");
  CHECK(body_of("<table><input type=text>") == "<input type=text></><table></>");
  CHECK(body_of("<math><annotation-xml encoding='text/html'><p>") ==
        "<math><annotation-xml encoding=text/html><p></></></>");
  CHECK(body_of("<svg><font color='red'>a") == "<svg></><font color=red>a</>");
}

TEST_CASE("no more than three equal formatting elements are opened again") {
  const std::string four =
      body_of("<p><b class='x&amp;'><b class=x&amp;><b class='x&#38;'><b class=x&><p>a");
  CHECK(four.ends_with("<p><b class=x&><b class=x&><b class=x&>a</></></></>"));
}

TEST_CASE("what holds raw text in HTML holds markup in SVG") {
  CHECK(made("<style>a<b>&amp;</style>").tree == "<html><head><style>a<b>&amp;</></><body></></>");
  CHECK(body_of("<svg><style>a<desc>&amp;") == "<svg><style>a<desc>&</></></>");
  CHECK(body_of("<svg><![CDATA[a<b>&amp;]]>") == "<svg>a<b>&amp;</>");
}

TEST_CASE("where the model of open elements is wrong the page is read as it is") {
  // A <style> in a <select> is ignored, and what follows is markup.
  CHECK(body_of("<select><style>a<option>b</style>c") == "<select>a<option>bc</></>");
  CHECK(body_of("<p><template><col><iframe><col></template>") ==
        "<p><template><col></><col></></></>");
}

TEST_CASE("a page that marks cannot stand for has no skeleton") {
  CHECK_FALSE(made(std::string_view("<p>a\0b", 6)).usable);
  CHECK_FALSE(made("<p \xF3\xB0\x80\x80=a>").usable);
  CHECK_FALSE(made("<frameset> a b").usable);
  CHECK_FALSE(made("<p>\xFF").usable);
  CHECK(made("<p title='\xF3\xB0\x80\x80'>\xF3\xB0\x80\x80").tree ==
        "<html><head></><body><p title=\xF3\xB0\x80\x80>\xF3\xB0\x80\x80</></></>");
}

TEST_CASE("the last text of a form stands in it, though gumbo puts it behind") {
  CHECK(body_of("<form>a<b>b</b> c</form> d") == "<form>a<b>b</> c</> d");
  CHECK(body_of("<form>a</x-y>\n</form>\n<p>") == "<form>a\n</>\n<p></>");
  CHECK(body_of("<form><p>a</form>b<!---->") == "<form><p>a</></>b<!---->");
  CHECK(body_of("<table><form>a</form>b<tr>") == "ab<table><form></><tbody><tr></></></>");
  CHECK(body_of("<form><b>a</form>c") == "<form><b>ac</></>");
}

TEST_CASE("elements whose names gumbo does not know end with their own end tags") {
  CHECK(body_of("<x-a></x-b>c") == "<x-a>c</>");
  CHECK(body_of("<pre></x-b>\nc") == "<pre>\nc</>");
  CHECK(body_of("<x-a><X-B>1</x-a>2") == "<x-a><x-b>1</></>2");
  CHECK(body_of("<x-a><datalist><x-c></DATALIST>2") == "<x-a><datalist><x-c></></>2</>");
  CHECK(body_of("<x-a><div><x-b></x-a>c") == "<x-a><div><x-b>c</></></>");
  CHECK(body_of("<svg><x-a><x-b></x-a></svg>c") == "<svg><x-a><x-b></></></>c");
}

TEST_CASE("isindex and menuitem are elements like any other") {
  CHECK(body_of("<isindex prompt=a>b</ISINDEX>c") == "<isindex prompt=a>b</>c");
  CHECK(body_of("<p><menuitem>b</menuitem>c") == "<p><menuitem>b</>c</>");
}

TEST_CASE(
    "control characters and the attribute behind a repeated one are read as the standard says") {
  CHECK(body_of("<p>a\x07<p b=1 b=2 c=3>") == "<p>a\x07</><p b=1 c=3></>");
}

}  // namespace
}  // namespace crawld::parsers
