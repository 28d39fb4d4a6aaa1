// Exact copies of a page at other addresses: no tree is made for them, and nothing else differs.
#include <array>
#include <catch2/catch.hpp>

#include "parsers/html/document_base.h"
#include "parsers/tree_readings.h"
#include "tests/unit/worker/copy_comparison.h"
#include "tests/unit/worker/worker_fixture.h"

namespace crawld::parsers {
namespace {

using tests::CopyComparison;
using Part = DocumentBase::Part;

const std::vector<RuleSet> kRules = {
    {{{.name = "page", .fields = {{.name = "head", .source = "css:h1"}}}}},
    {{{.name = "page",
       .fields = {{.name = "at", .source = "url"}, {.name = "h", .source = "css:h1"}}}}},
    {{{.name = "links",
       .fields = {{.name = "to", .source = "css:a::attr(href)", .type = ValueType::url}}}}},
    {{{.name = "shop", .match = "/shop/", .fields = {{.name = "h", .source = "css:h1"}}},
      {.name = "page", .fields = {{.name = "h", .source = "css:h1"}}}}},
    {{{.name = "page",
       .fields = {{.name = "c", .source = "canonical"}, {.name = "h", .source = "css:h1"}}}}},
    {{{.name = "page", .fields = {{.name = "date", .source = "date"}}}}}};

struct Asked {
  std::string_view body;
  std::uint32_t rule_set = 0;
  bool article = false;
  bool structured = false;
};

ParseJob job(const Asked& asked, std::string_view url) {
  return {.url = std::string(url),
          .headers = {.content_type = "text/html"},
          .body = asked.body,
          .wants = {.main_text = asked.article,
                    .markdown = asked.article,
                    .structured = asked.structured},
          .rule_set = asked.rule_set};
}

// Whether the page at `copy` is told without a tree after that at `first`.
bool is_told(const Asked& asked, std::string_view first, std::string_view copy) {
  CopyComparison parsers(kRules);
  INFO(asked.body << " at " << first << ", then " << copy);
  CHECK(parsers.same(job(asked, first)));
  CHECK_FALSE(parsers.was_told());
  CHECK(parsers.same(job(asked, copy)));
  return parsers.was_told();
}

std::string article(std::string_view piece) {
  std::string page = "<title>T</title><article><h1>A heading</h1>";
  for (int i = 0; i < 5; ++i) {
    page += "<p>One sentence that is long enough to be taken for the text of an article, and ";
    page.append(piece) += " so is the next, which has some words more.</p>";
  }
  return page + "</article>";
}

}  // namespace

TEST_CASE("an exact copy of a page needs no tree where its address is not used") {
  CHECK(is_told({.body = "<h1>x</h1>", .rule_set = 1}, "http://a.test/1", "https://b.test/d/2?q"));
  const std::string plain = article("");
  CHECK(is_told({.body = plain, .article = true, .structured = true}, "http://a.test/1",
                "https://b.test/d/2?q"));
  const std::string absolute = article("<a href='http://c.test/'>leads elsewhere</a>");
  CHECK(is_told({.body = absolute, .article = true}, "http://a.test/1", "https://b.test/d/2?q"));
}

TEST_CASE("an exact copy needs no tree where its links lead where those of the page lead") {
  const std::string in_folder = article("<a href=next.html>leads on</a>");
  const Asked relative{.body = in_folder, .article = true};
  CHECK(is_told(relative, "http://a.test/d/1?session=7", "http://a.test/d/2"));
  CHECK_FALSE(is_told(relative, "http://a.test/d/1", "http://a.test/e/1"));
  CHECK_FALSE(is_told(relative, "http://a.test/d/1", "https://a.test/d/1"));
  const std::string at_root = article("<a href=/next.html>leads on</a>");
  const Asked rooted{.body = at_root, .article = true};
  CHECK(is_told(rooted, "http://a.test/d/1", "http://a.test/e/2?q"));
  CHECK_FALSE(is_told(rooted, "http://a.test/d/1", "http://b.test/d/1"));
  const std::string to_itself = article("<a href='#top'>leads up</a>");
  const Asked own{.body = to_itself, .article = true};
  CHECK_FALSE(is_told(own, "http://a.test/d/1", "http://a.test/d/2"));
  CHECK(is_told(own, "http://a.test/d/1", "http://a.test/d/1"));
  const std::string with_base = "<base href='http://c.test/d/'>" + in_folder;
  CHECK(is_told({.body = with_base, .article = true}, "http://a.test/1", "http://b.test/e/2"));
  const Asked field{.body = "<a href=x>x</a>", .rule_set = 3};
  CHECK(is_told(field, "http://a.test/d/1", "http://a.test/d/2"));
  CHECK_FALSE(is_told(field, "http://a.test/d/1", "http://a.test/e/2"));
}

TEST_CASE("a copy is read anew where its address says something by itself") {
  const std::string page = "<link rel=canonical href=c><h1>x</h1>";
  CHECK_FALSE(is_told({.body = page, .rule_set = 2}, "http://a.test/1", "http://a.test/2"));
  CHECK_FALSE(is_told({.body = page, .rule_set = 4}, "http://a.test/1", "http://a.test/shop/1"));
  CHECK(is_told({.body = page, .rule_set = 4}, "http://a.test/shop/2", "http://a.test/shop/1"));
  CHECK_FALSE(is_told({.body = page, .rule_set = 5}, "http://a.test/1", "http://b.test/1"));
  CHECK_FALSE(is_told({.body = page, .rule_set = 6}, "http://a.test/2019/11/18/n",
                      "http://a.test/2019/11/19/n"));
  const std::string rdfa =
      "<div vocab=http://schema.org/ typeof=Person><b property=name>x</b></div>";
  const std::string of_page = "<p property=dc:title>x</p>";
  CHECK_FALSE(is_told({.body = of_page, .structured = true}, "http://a.test/1", "http://a.test/2"));
  CHECK_FALSE(is_told({.body = rdfa, .structured = true}, "http://a.test/1", "http://b.test/2"));
}

TEST_CASE("a copy is read anew where something else is asked of it") {
  const std::string page = article("");
  CopyComparison parsers(kRules);
  CHECK(parsers.same(job({.body = page, .rule_set = 1}, "http://a.test/1")));
  for (const Asked& asked :
       {Asked{.body = page, .rule_set = 6}, Asked{.body = page, .article = true},
        Asked{.body = page, .rule_set = 1, .article = true},
        Asked{.body = page, .rule_set = 1, .structured = true}}) {
    CHECK(parsers.same(job(asked, "http://a.test/2")));
    CHECK_FALSE(parsers.was_told());
  }
  ParseJob other = job({.body = page, .rule_set = 1}, "http://a.test/3");
  CHECK(parsers.same(other));
  CHECK(parsers.was_told());
  other.wants.always_tree = true;
  CHECK(parsers.same(other));
  CHECK_FALSE(parsers.was_told());
  other.wants.always_tree = false;
  other.marker = "h1";
  CHECK(parsers.same(other));
  CHECK_FALSE(parsers.was_told());
  other.marker.clear();
  other.headers.content_type = "text/html; charset=utf-16le";
  CHECK(parsers.same(other));
  CHECK_FALSE(parsers.was_told());
}

TEST_CASE("a copy of a page beyond the limits of a tree is told so, too") {
  std::string deep;
  for (int i = 0; i < 5'000; ++i) deep += "<div>";
  deep += "<h1>x";
  CopyComparison parsers(kRules);
  CHECK(parsers.same(job({.body = deep, .rule_set = 1}, "http://a.test/1")));
  CHECK(parsers.same(job({.body = deep, .rule_set = 1}, "http://a.test/2")));
}

TEST_CASE("what trees gave is kept as far as its memory reaches, the last used longest") {
  constexpr std::size_t kBytes = 64U << 10;
  TreeReadings readings(kBytes);
  const DocumentBase base(model::Url::parse("http://a.test/"));
  model::ParsedPage page;
  page.main_text = std::string(2'000, 'x');
  model::ParsedPage told;
  readings.keep("first", base, page);
  for (int i = 0; i < 100; ++i) {
    readings.keep(std::to_string(i), base, page);
    CHECK(readings.recall("first", base, told));
  }
  CHECK(told.main_text == page.main_text);
  CHECK(readings.recall("99", base, told));
  CHECK_FALSE(readings.recall("0", base, told));
  page.main_text = std::string(kBytes / 8, 'x');
  readings.keep("large", base, page);
  CHECK_FALSE(readings.recall("large", base, told));
  CHECK(readings.recall("99", base, told));
  readings.forget();
  CHECK_FALSE(readings.recall("99", base, told));
  page.main_text = "other";
  readings.keep("99", base, page);
  page.main_text = "newer";
  readings.keep("99", base, page);
  REQUIRE(readings.recall("99", base, told));
  CHECK(told.main_text == "newer");
}

TEST_CASE("a large page takes the memory of those that were read before it") {
  GumboParser parser(kRules, 8U << 20);
  const Asked small{.body = "<h1>x</h1>", .rule_set = 1};
  const auto used_tree = [&](const Asked& asked) {
    return std::get<model::ParsedPage>(parser.parse(job(asked, "http://a.test/"), {})).used_tree;
  };
  CHECK(used_tree(small));
  CHECK_FALSE(used_tree(small));
  const std::string large = "<h1>x</h1>" + std::string(2U << 20, ' ');
  CHECK(used_tree({.body = large, .rule_set = 1}));
  CHECK(used_tree(small));
}

TEST_CASE("a worker makes one tree of exact copies") {
  auto options = test::real_options();
  options.rule_sets = kRules;
  WorkerProcess worker(options);
  const auto page_at = [&](std::string_view url) {
    const auto outcome = worker.parse(job({.body = "<h1>x</h1>", .rule_set = 1}, url),
                                      test::in(std::chrono::seconds(20)));
    REQUIRE(std::holds_alternative<model::ParsedPage>(outcome));
    return std::get<model::ParsedPage>(outcome);
  };
  CHECK(page_at("http://a.test/?session=1").used_tree);
  const auto copy = page_at("http://a.test/?session=2");
  CHECK_FALSE(copy.used_tree);
  REQUIRE(copy.records.size() == 1);
  CHECK(copy.records[0].fields_json == R"({"head":"x"})");
}

TEST_CASE("references take from their base what URL Standard 4.4 says") {
  const std::array bases = {"http://u:p@a.test:81/d/e/page?q#f", "http://u:p@a.test:81/d/e/x",
                            "http://u:p@a.test:81/other", "https://b.test/d/e/page?q#f",
                            "https://a.test/"};
  for (const auto& [reference, part] : {std::pair{"http://c.test/x", Part::nothing},
                                        {"mailto:x@y", Part::nothing},
                                        {"ftp:x", Part::nothing},
                                        {"/x", Part::origin},
                                        {"//c.test/", Part::origin},
                                        {"\\x", Part::origin},
                                        {"x", Part::folder},
                                        {"../x?y", Part::folder},
                                        {" x", Part::folder},
                                        {"", Part::all},
                                        {"?x", Part::all},
                                        {"#x", Part::all},
                                        {"http:x", Part::all},
                                        {"x\ty", Part::all},
                                        {"1:x", Part::folder},
                                        {".", Part::folder},
                                        {"%", Part::folder}}) {
    INFO(reference);
    const DocumentBase of(model::Url::parse(bases[0]));
    const auto answer = of.resolve(reference);
    CHECK(of.used() == part);
    for (const char* text : bases) {
      const DocumentBase other(model::Url::parse(text));
      if (other.up_to(of.used()) != of.up_to(of.used())) continue;
      const auto again = other.resolve(reference);
      REQUIRE(again.has_value() == answer.has_value());
      if (answer) CHECK(again->href() == answer->href());
    }
  }
  const DocumentBase opaque(model::Url::parse("data:text/html,x"));
  (void)opaque.resolve("y");
  CHECK(opaque.used() == Part::all);
  CHECK(DocumentBase(model::Url::parse(bases[0])).up_to(Part::origin) == "http://u:p@a.test:81");
  CHECK(DocumentBase(model::Url::parse(bases[0])).up_to(Part::folder) ==
        "http://u:p@a.test:81/d/e/");
}

}  // namespace crawld::parsers
