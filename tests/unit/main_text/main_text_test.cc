#include "parsers/main_text/main_text.h"

#include <catch2/catch.hpp>
#include <ctime>

#include "crawler/base/utf8.h"

namespace crawld::parsers {
namespace {

Article extract(std::string_view html, bool markdown = false) {
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  return extract_article(*tree, {.url = "https://a.test/", .markdown = markdown});
}

const std::string kParagraph =
    "The council met on Monday, as it does every week, and decided to repair the old bridge "
    "before winter comes, which will cost the town about two million over three years. ";

std::string news_page() {
  return "<html><body><nav><ul><li><a href=/a>Home</a><li><a href=/b>Sport</a></ul></nav>"
         "<article><h1>The bridge</h1><p>" +
         kParagraph + "<p>Second: " + kParagraph + "<p>Third: " + kParagraph +
         "</article><aside class=sidebar><h3>Related</h3><ul><li><a href=/c>More news</a></ul>"
         "</aside><footer>Copyright 2020 The Paper. All rights reserved.</footer></body></html>";
}

}  // namespace

TEST_CASE("paragraphs are kept, navigation, sidebar and footer are not") {
  const auto text = extract(news_page()).text;
  CHECK(text.find("The council met on Monday") != text.npos);
  CHECK(text.find("Third: The council") != text.npos);
  CHECK(text.find("Sport") == text.npos);
  CHECK(text.find("More news") == text.npos);
  CHECK(text.find("All rights reserved") == text.npos);
}

TEST_CASE("no-break spaces are spaces and soft hyphens nothing") {
  const auto text = extract("<article><p>Two&nbsp;words co&shy;op: " + kParagraph).text;
  CHECK(text.find("Two words coop: The council") != text.npos);
}

TEST_CASE("a page of one word gives that word") { CHECK(extract("<p>Hello").text == "Hello"); }

TEST_CASE("an empty page has no article") {
  const auto article = extract("", true);
  CHECK(article.text.empty());
  CHECK(article.markdown.empty());
}

TEST_CASE("a page of many blocks takes linear time") {
  std::string html = "<article>";
  for (int i = 0; i < 50'000; ++i) html += "<div><p>a b, c.</p><br><br><li>x</div>";
  const auto tree = HtmlTree::parse(html);
  REQUIRE(tree);
  const std::clock_t start = std::clock();
  const auto article = extract_article(*tree, {.url = "https://a.test/", .markdown = true});
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 20);  // CPU; quadratic work takes minutes
  CHECK(base::is_utf8(article.text));
}

}  // namespace crawld::parsers
