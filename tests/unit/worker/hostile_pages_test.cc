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

std::string repeated(std::string_view unit, std::size_t bytes, std::string_view before = {}) {
  std::string page(before);
  while (page.size() < bytes) page += unit;
  return page;
}

// Makes 16 KB of every "x".
std::string long_base() { return repeated("d/", 16'000, "<base href='http://a.test/") + "'>"; }

// Of a worker that has read nothing else: "read", or why it was not.
std::string end_of(const std::string& html) {
  WorkerProcess worker(real_options());
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

TEST_CASE("a list of 150,000 items fits into a worker") {
  CHECK(end_of(repeated("<li>item 12345", 2 * kMegabyte, "<ul>")) == "read");
}

TEST_CASE("links that a base makes long fit into a worker") {
  const std::string base = long_base();
  CHECK(end_of(repeated("<a href=x>l</a>", kMegabyte, base)) == "read");
  CHECK(end_of(repeated("a<b>b</b>", kMegabyte, base + "<p><a href=x>")) == "read");
  CHECK(end_of(repeated("<p>text <img src=x alt=y>", kMegabyte, base)) == "read");
}

TEST_CASE("a million backticks are fenced in no time to speak of") {
  CHECK(end_of(repeated("`", kMegabyte, "<pre>x")) == "read");
}
