// Pages made to hurt: selectors, records, main text, Markdown and structured data grow with
// the page, not with its square.
#include <catch2/catch.hpp>
#include <ctime>
#include <functional>

#include "parsers/gumbo_parser.h"

namespace crawld::parsers {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

RuleSet all_kinds_of_rules() {
  Rule rule{.name = "r", .match = {}, .each = "div:has(p) p:not(:nth-child(2n of .x))"};
  rule.fields = {{.name = "a", .source = "css:a::text"},
                 {.name = "x", .source = "xpath://a[last()]"},
                 {.name = "t", .source = "tables"},
                 {.name = "s", .source = "css::root :is(i, b) ~ :has(~ u), li li"}};
  return {.rules = {rule}};
}

// CPU seconds of this thread: other programs do not count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double cost(GumboParser& parser, const std::string& html) {
  const ParseJob job{.url = "http://a.test/",
                     .headers = {.content_type = "text/html; charset=utf-8"},
                     .body = html,
                     .wants = {.main_text = true, .markdown = true, .structured = true},
                     .rule_set = 1};
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double start = cpu_seconds();
    const auto outcome = parser.parse(job, {});
    best = std::min(best, cpu_seconds() - start);
    CHECK(std::holds_alternative<model::ParsedPage>(outcome));
  }
  return best;
}

using Make = std::function<std::string(std::size_t)>;

Make many(std::string piece, std::string around = {}) {
  return [=](std::size_t n) { return around + repeated(piece, n) + "x"; };
}

const std::pair<const char*, Make> kPages[] = {
    {"elements nested in each other", many("<div>")},
    {"formatting nested in itself", many("<b>")},
    {"paragraphs side by side", many("<p>some words here, and more.</p>", "<div>")},
    {"links in one list", many("<li><a href=/x>abc def</a>", "<ul>")},
    {"one giant class attribute",
     [](std::size_t n) { return "<p class='" + repeated("abcdefgh ", n * 8) + "'>x"; }},
    {"one giant text", many("some words, and more ", "<p>")},
    {"rows of a table", many("<tr><td>1<td>2", "<table>")},
    {"tables in tables", many("<table><tr><td>")},
    {"cells that span the table", many("<tr><td colspan=1000 rowspan=60000>x", "<table>")},
    {"lists in lists", many("<ul><li>")},
    {"quotes in quotes", many("<blockquote><p>words, and words")},
    {"items in items", many("<div itemscope itemprop=a>")},
    {"items that refer to the same parts",
     many("<i itemscope itemref='a b'></i>", "<p id=a itemprop=x>y<p id=b itemprop=y>z")},
    {"microformats in microformats", many("<div class='h-entry p-name'>")},
    {"RDFa in RDFa", many("<div vocab='http://s/' typeof=T property=p>")},
    {"arrays in arrays of JSON-LD", many("{\"a\":[", "<script type=application/ld+json>")},
    {"back quotes in code", many("`\n", "<pre><code>")},
    {"marks that Markdown escapes", many("<b>*_[a](b)</b>", "<p>")},
};

}  // namespace

TEST_CASE("what is made of a hostile page grows with the page and not with its square") {
  constexpr std::size_t kSmall = 2'000;
  constexpr std::size_t kTimes = 8;
  // Linear work costs 8 times as much, quadratic work 64 times.
  constexpr double kMost = 24;
  constexpr double kFloor = 0.002;  // seconds; below, start-up costs decide
  GumboParser parser({all_kinds_of_rules()});
  for (const auto& [name, make] : kPages) {
    INFO(name);
    const double small = std::max(kFloor, cost(parser, make(kSmall)));
    CHECK(cost(parser, make(kSmall * kTimes)) / small < kMost);
  }
}

TEST_CASE("where a page is too large for paths its other fields are read") {
  Rule rule{.name = "r", .match = {}, .each = {}};
  rule.fields = {{.name = "c", .source = "css:h1"}, {.name = "x", .source = "xpath://h1"}};
  GumboParser parser({{.rules = {rule}}});
  const std::string html = "<h1>T</h1>" + repeated("<p a b c d e f g h>", 100'000);
  const auto outcome = parser.parse({.url = "http://a.test/",
                                     .headers = {.content_type = "text/html"},
                                     .body = html,
                                     .rule_set = 1},
                                    {});
  const auto& record = std::get<model::ParsedPage>(outcome).records.at(0);
  CHECK(record.fields_json == R"({"c":"T","x":null})");
  CHECK_THAT(record.errors_json, Catch::Contains("too large for paths"));
}

}  // namespace crawld::parsers
