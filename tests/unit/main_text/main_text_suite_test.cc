// The main text of other projects' pages, scored as their benchmarks score it.
#include <catch2/catch.hpp>
#include <iostream>

#include "parsers/main_text/main_text.h"
#include "tests/support/suites_folder.h"
#include "tests/unit/main_text/article_suites.h"

namespace crawld {
namespace {

using article_suites::Case;
using article_suites::Suite;

std::string main_text(const Case& page) {
  const auto tree = parsers::HtmlTree::parse(page.html);
  return tree ? parsers::extract_article(*tree, {.url = page.url}).text : std::string{};
}

void say_missing(const char* suite) {
  std::cout << suite << ": no cases in " << tests::suites_folder() << ", nothing scored\n";
}

void score_shingles(Suite suite, const char* name, double least) {
  const auto cases = article_suites::load(suite);
  if (cases.empty()) return say_missing(name);
  article_suites::ShingleScore score;
  for (const auto& page : cases) score.add(page.truth, main_text(page));
  std::cout << name << " F1 " << score.f1() << " (precision " << score.precision / score.pages
            << ", recall " << score.recall / score.pages << ") on " << score.pages << " pages\n";
  CHECK(score.f1() >= least);
}

}  // namespace

TEST_CASE("main text of news pages is found as well as the figures in the docs say") {
  score_shingles(Suite::aeb, "article-aeb", 0.97);
}

TEST_CASE("main text of Readability's pages is found as well as the figures in the docs say") {
  score_shingles(Suite::readability, "article-readability", 0.95);
}

TEST_CASE("main text of trafilatura's pages holds what it must and not what it must not") {
  const auto cases = article_suites::load(Suite::trafilatura);
  if (cases.empty()) return say_missing("article-trafilatura");
  article_suites::SegmentScore score;
  for (const auto& page : cases) score.add(page, main_text(page));
  std::cout << "article-trafilatura F " << score.f1() << " (found " << score.found << ", missed "
            << score.missed << ", unwanted " << score.unwanted << ") on " << cases.size()
            << " pages\n";
  CHECK(score.f1() >= 0.93);
}

}  // namespace crawld
