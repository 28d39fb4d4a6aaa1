// Pages that were made to cost: with all that can be read of a page wanted, a worker of the
// default size reads them and lives.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "tests/unit/worker/worker_fixture.h"

using namespace crawld;
using namespace crawld::parsers;
using namespace crawld::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMegabyte = 1'000'000;
// Sanitizers take five times as long.
constexpr std::chrono::milliseconds kCpu = kSandboxPossible ? 2s : 10s;

std::string repeated(std::string_view unit, std::size_t bytes, std::string_view before = {}) {
  std::string page(before);
  while (page.size() < bytes) page += unit;
  return page;
}

// `count` words of letters: aa, ab, ...
std::string words(std::string_view prefix, int count, std::string_view between) {
  std::string all;
  for (int n = 0; n < count; ++n) {
    all += prefix;
    for (int rest = n + 26; rest > 0; rest /= 26) all += static_cast<char>('a' + rest % 26);
    all += between;
  }
  return all;
}

// Makes 16 KB of every "x".
std::string long_base() { return repeated("d/", 16'000, "<base href='http://a.test/") + "'>"; }

// Of a worker that has read nothing else: "read", or why it was not.
std::string end_of(const std::string& html, std::chrono::milliseconds cpu = kCpu) {
  WorkerOptions options = real_options();
  options.page_cpu = cpu;
  WorkerProcess worker(options);
  const auto outcome =
      worker.parse({.url = "http://a.test/",
                    .headers = {.content_type = "text/html"},
                    .body = html,
                    .wants = {.main_text = true, .markdown = true, .structured = true}},
                   in(60s));
  if (std::holds_alternative<model::ParsedPage>(outcome)) return "read";
  const auto failure = failure_of(outcome);
  return std::string(to_string(failure.kind)) + ": " + failure.detail;
}

}  // namespace

TEST_CASE("a page of 250,000 short paragraphs fits into a worker") {
  CHECK(end_of(repeated("<p>a", kMegabyte)) == "read");
}

TEST_CASE("a table that is nearly as large as a body may be fits into a worker") {
  constexpr std::string_view row =
      "<tr class='row even' id=row-12345>\n<td class=num>12345</td>\n<td><a href=/item/12345 "
      "title='Item 12345'>Item 12345 alpha beta</a></td>\n<td class=desc>alpha beta gamma delta "
      "epsilon zeta eta theta</td>\n<td><span class=price data-v=12345>$ 12345.50</span></td>\n";
  // Memory is asked for here: sanitizers take longer.
  CHECK(end_of(repeated(row, 9 * kMegabyte, "<!doctype html><table class='wikitable'>"), 30s) ==
        "read");
}

TEST_CASE("a page of the tightest markup costs its tree and not the page") {
  CHECK(end_of(repeated("<p a b c d e f g h>", 8 * kMegabyte)) == "read");
}

TEST_CASE("a list of 150,000 items fits into a worker") {
  CHECK(end_of(repeated("<li>item 12345", 2 * kMegabyte, "<ul>")) == "read");
}

TEST_CASE("links that a base makes long fit into a worker") {
  const std::string base = long_base();
  CHECK(end_of(repeated("<a href=x>l</a>", kMegabyte, base)) == "read");
  CHECK(end_of(repeated("a<b>b</b>", kMegabyte, base + "<p><a href=x>")) == "read");
  CHECK(end_of(repeated("<p>text <img src=x alt=y>", kMegabyte, base)) == "read");
}

TEST_CASE("structured data that a base makes long fits into a worker") {
  const std::string base = long_base();
  CHECK(end_of(repeated("<i class=u-url><a class=u-url href=x>l</a></i>", kMegabyte,
                        base + "<div class=h-card>")) == "read");
  CHECK(end_of(base + "<a href=x rel='" + words("", 200'000, " ") + "'>") == "read");
  CHECK(end_of(repeated("<a itemprop=url href=x>l</a>", kMegabyte, base + "<div itemscope>")) ==
        "read");
  CHECK(end_of(repeated("<a property=url href=x>l</a>", kMegabyte,
                        base + "<div vocab=http://s.test/ typeof=T>")) == "read");
}

TEST_CASE("a value that has 100,000 names fits into a worker") {
  const std::string names = words("", 100'000, " ");
  const std::string value = std::string(kMegabyte / 2, 'x');
  CHECK(end_of("<div itemscope><p itemprop='" + names + "'>" + value) == "read");
  CHECK(end_of("<div vocab=http://s.test/ typeof=T><p property='" + names + "'>" + value) ==
        "read");
}

TEST_CASE("a vocabulary of half a megabyte fits into a worker, and names nothing") {
  const std::string vocabulary = "<div vocab='http://s.test/" + std::string(kMegabyte / 2, 'x');
  CHECK(end_of(repeated("<p property=a>v</p>", kMegabyte, vocabulary + "' typeof=T>")) == "read");
  CHECK(end_of(vocabulary + "'><p rel='" + words("", 50'000, " ") + "'><i about=x></i>") == "read");
}

TEST_CASE("an item of 80,000 properties takes no time to speak of") {
  CHECK(end_of("<div class=h-entry>" + words("<p class=p-", 80'000, ">v</p>")) == "read");
}

TEST_CASE("links with 1,000 relations each take no time to speak of") {
  std::string page;
  const std::string relations = words("", 1'000, " ");
  for (int n = 0; n < 1'200; ++n) {
    page += "<a href=" + std::to_string(n) + " rel='" + relations + "'>";
  }
  page += "<a href=x rel='" + words("", 200'000, " ") + "'>";
  CHECK(end_of(page) == "read");
}

TEST_CASE("millions of empty lines in quotes within quotes fit into a worker") {
  CHECK(end_of(repeated("\n", 8 * kMegabyte, repeated("<blockquote>", 240) + "<pre>x") + "x") ==
        "read");
}

TEST_CASE("a million backticks are fenced in no time to speak of") {
  CHECK(end_of(repeated("`", kMegabyte, "<pre>x")) == "read");
}
