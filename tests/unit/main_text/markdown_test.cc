#include "parsers/main_text/markdown.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {
namespace {

std::string markdown(std::string_view html) {
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  const auto page = outline_page(tree->document());
  std::vector<std::size_t> all(page.blocks.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return to_markdown(page, all, model::Url::parse("https://a.test/dir/page"));
}

}  // namespace

TEST_CASE("headings and paragraphs are apart by an empty line") {
  CHECK(markdown("<h2>One</h2><p>Two\n three</p><p>Four") == "## One\n\nTwo three\n\nFour\n");
}

TEST_CASE("emphasis, code and links are marked, white space stays outside of the marks") {
  CHECK(markdown("<p>a <b>bold </b>and <i>slanted</i> <code>x*y</code> <a href=../z>here</a>.") ==
        "a **bold** and *slanted* `x*y` [here](https://a.test/z).\n");
}

TEST_CASE("emphasis is written where CommonMark reads it (section 6.2)") {
  CHECK(markdown("<p>a<b>.</b>b") == "a.b\n");
  CHECK(markdown("<p><b>Note:</b>text") == "**Note**:text\n");
  CHECK(markdown("<p>x<i>(y)</i>z") == "x(*y*)z\n");
  CHECK(markdown("<p>x <i>\"y\"</i> z") == "x *\"y\"* z\n");
  CHECK(markdown("<p>は<b>強調。</b>次") == "は**強調**。次\n");
  CHECK(markdown("<p><b>a&nbsp;</b>b") == "**a** b\n");
  CHECK(markdown("<p><b><br>a<br></b>b") == "**a**\\\nb\n");
  CHECK(markdown("<p><b>a*</b>b") == "**a**\\*b\n");
  CHECK(markdown("<p>a<b><img src=i alt=x></b>c") == "a![x](https://a.test/dir/i)c\n");
  CHECK(markdown("<p><i>a</i><b>b</b><i>c</i>") == "*a***b***c*\n");
}

TEST_CASE("neighbours in one style are one, whatever held them apart") {
  CHECK(markdown("<p><b>a</b><a><b>b</b></a><b>c</b>") == "**abc**\n");
  CHECK(markdown("<p><code>a</code><b><code>b</code></b>") == "`ab`\n");
}

TEST_CASE("backticks stand within a code span (section 6.1)") {
  CHECK(markdown("<p><code>`a`</code> <code>a``b</code>") == "`` `a` `` ```a``b```\n");
}

TEST_CASE("a link keeps its address and makes no image of what stands before it") {
  CHECK(markdown("<p>Hey!<a href='w_(x)'>y</a>") == "Hey\\![y](https://a.test/dir/w_(x))\n");
  CHECK(markdown("<p><a href='w_(x'>y</a>") == "[y](https://a.test/dir/w_\\(x)\n");
  CHECK(markdown("<p><a href='?a=1&amp;amp;b'>y</a>") ==
        "[y](https://a.test/dir/page?a=1\\&amp;b)\n");
}

TEST_CASE("links that lead nowhere on the web keep their text") {
  CHECK(markdown("<p><a href='javascript:alert(1)'>run</a> <a href='mailto:a@b'>write</a>") ==
        "run write\n");
}

TEST_CASE("lists nest, ordered ones are numbered") {
  CHECK(markdown("<ul><li>a<ol><li>b<li>c</ol><li>d</ul>") == "- a\n  1. b\n  2. c\n- d\n");
}

TEST_CASE("quotes and code blocks keep their lines") {
  CHECK(markdown("<blockquote><p>a<p>b</blockquote>") == "> a\n>\n> b\n");
  CHECK(markdown("<pre>x = 1\n  y</pre>") == "```\nx = 1\n  y\n```\n");
}

TEST_CASE("data tables become tables, a bar in a cell is escaped") {
  CHECK(markdown("<table><tr><th>a<th>b<tr><td>1<td>2|3</table>") ==
        "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |\n");
}

TEST_CASE("a table that would be written as empty places mostly keeps its texts and no columns") {
  constexpr int kRows = 2'000;
  std::string html = "<table><tr>";
  for (int i = 0; i < kRows; ++i) html += "<td>x";
  for (int i = 0; i < kRows; ++i) html += "<tr><td>y<td>z";
  const std::string text = markdown(html);
  CHECK(text.size() < 4 * html.size());
  CHECK(std::count(text.begin(), text.end(), 'x') == kRows);
  CHECK(text.ends_with("| y | z |\n"));
}

TEST_CASE("cells of a table keep their columns where others are empty or span") {
  CHECK(markdown("<table><tr><th>a<th>b<th>c<tr><td>1<td><td>3<tr><td colspan=2>x<td>y"
                 "<tr><td rowspan=2>r<td>s<td>t<tr><td>u<td>v</table>") ==
        "| a | b | c |\n| --- | --- | --- |\n| 1 |  | 3 |\n| x |  | y |\n| r | s | t |\n"
        "|  | u | v |\n");
  CHECK(markdown("<table><thead><tr><th rowspan=9>a<th>b<tbody><tr><td>1<td>2</table>") ==
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n");
}

TEST_CASE("a column without text is none") {
  CHECK(markdown("<table><tr><td>a<td>&nbsp;<td>b<tr><td>1<td><td>2</table>") ==
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n");
}

TEST_CASE("the items of a list stand below the text of the item that holds them") {
  CHECK(markdown("<ol start=9><li>a<li>b<ul><li>c</ul>d<li value=20>e</ol>") ==
        "9. a\n10. b\n    - c\n\n    d\n20. e\n");
  CHECK(markdown("<ul><li><ul><li><ul><li>a</ul></ul></ul>") == "- a\n");
}

TEST_CASE("lists and quotes stand within each other as on the page (CommonMark 5.1, 5.2)") {
  CHECK(markdown("<ul><li>a<blockquote>b<ul><li>c</ul></blockquote>d<li>e</ul>") ==
        "- a\n\n  > b\n  >\n  > - c\n\n  d\n- e\n");
  CHECK(markdown("<ul><li><blockquote>a</blockquote></ul>") == "- > a\n");
  CHECK(markdown("<blockquote><ol><li>a<pre>b\nc</pre></ol></blockquote>") ==
        "> 1. a\n>\n>    ```\n>    b\n>    c\n>    ```\n");
  CHECK(markdown("<blockquote>a</blockquote><blockquote>b</blockquote>") == "> a\n\n> b\n");
}

TEST_CASE("a list that starts late has an empty line before it (CommonMark 5.2)") {
  CHECK(markdown("<ul><li>a<ol start=4><li>b<li>c</ol></ul>") == "- a\n\n  4. b\n  5. c\n");
}

TEST_CASE("a star at the edge of emphasis is no third mark") {
  CHECK(markdown("<p>a <b> * b</b>") == "a **\\* b**\n");
}

TEST_CASE("a code block keeps the language that its class tells") {
  CHECK(markdown("<pre><code class='hljs language-c++'>x;</code></pre>") == "```c++\nx;\n```\n");
}

TEST_CASE("what only looks like markup is escaped") {
  CHECK(markdown("<p># no *heading* [x]") == "\\# no \\*heading\\* \\[x\\]\n");
  CHECK(markdown("<p>1. no list") == "1\\. no list\n");
  CHECK(markdown("<p>&amp;lt; is &lt;b>") == "\\&lt; is \\<b>\n");
}

TEST_CASE("a line after a break begins no list or heading") {
  CHECK(markdown("<p>a<br>- b<br># c<br>2) d<br>--") == "a\\\n\\- b\\\n\\# c\\\n2\\) d\\\n\\--\n");
}

TEST_CASE("a line that only seems to be markup stays a line of text") {
  CHECK(markdown("<h2>Track #</h2>") == "## Track \\#\n");
  CHECK(markdown("<h2>C#</h2>") == "## C#\n");
  CHECK(markdown("<p>a<br> * b") == "a\\\n\\* b\n");
  CHECK(markdown("<p> _ _ _") == "\\_ \\_ \\_\n");
  CHECK(markdown("<p>a | b<br>-|-") == "a | b\\\n\\-|-\n");
  CHECK(markdown("<p>a ~~b~~ ~c") == "a \\~\\~b\\~\\~ ~c\n");
}

TEST_CASE("what Markdown takes for text is written as it stands") {
  CHECK(markdown("<p>-5 is 1.5 * 2 &lt; snake_case & #tag") ==
        "-5 is 1.5 * 2 < snake_case & #tag\n");
  CHECK(markdown("<p>1.5 litres") == "1.5 litres\n");
  CHECK(markdown("<p>#tag") == "#tag\n");
}

TEST_CASE("images stand with their absolute address") {
  CHECK(markdown("<p>see <img src=i.png alt='a b'>") == "see ![a b](https://a.test/dir/i.png)\n");
}

}  // namespace crawld::parsers
