// Exact copies of real pages: see tests/unit/worker/copies_test.cc.
#include <array>
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/unit/main_text/article_suites.h"
#include "tests/unit/worker/copy_comparison.h"

namespace crawld {
namespace {

using tests::CopyComparison;

const std::vector<parsers::RuleSet> kRules = {
    {{{.name = "links",
       .fields = {
           {.name = "to", .source = "css:h1 a::attr(href)", .type = parsers::ValueType::url}}}}}};

}  // namespace

TEST_CASE("copies of the pages of the article suites are told as their own trees tell them") {
  constexpr std::array<std::string_view, 6> kAddresses = {
      "http://a.test/d/page",         "http://a.test/d/page?session=1", "http://a.test/d/other",
      "http://a.test/2019/11/18/one", "https://b.test/d/page",          "http://a.test/d/page"};
  std::size_t pages = 0;
  std::size_t told = 0;
  for (const auto suite : {article_suites::Suite::aeb, article_suites::Suite::readability,
                           article_suites::Suite::trafilatura}) {
    std::size_t number = 0;
    for (const auto& page : article_suites::load(suite)) {
      if (++number % 16 != 0) continue;  // as many as the time allows
      CopyComparison parsers(kRules);
      for (const bool structured : {false, true}) {
        for (const std::string_view address : kAddresses) {
          INFO("page " << number << " of its suite at " << address);
          CHECK(parsers.same(
              {.url = std::string(address),
               .headers = {.content_type = "text/html"},
               .body = page.html,
               .wants = {.main_text = true, .markdown = true, .structured = structured},
               .rule_set = 1}));
          ++pages;
          told += parsers.was_told() ? 1 : 0;
        }
      }
    }
  }
  std::cout << "copies told without a tree: " << told << " of " << pages << "\n";
  CHECK((told > 0 || pages == 0));
}

}  // namespace crawld
