// What is typed, and what is shown of foreign text.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "config/nearest_name.h"
#include "crawler/cli/flags/secret_arguments.h"
#include "crawler/cli/flags/time_option.h"
#include "crawler/cli/flags/url_list.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/progress.h"
#include "crawler/cli/output/report_html.h"

using namespace crawld;
using namespace crawld::cli;

TEST_CASE("moments are a day, or a day and a time, with a zone or in UTC") {
  CHECK(moment_from("1970-01-02") == 86'400'000);
  CHECK(moment_from("2026-11-21T08:00:00Z") == 1'795'248'000'000);
  CHECK(moment_from("2026-11-21T09:00:00+01:00") == moment_from("2026-11-21T08:00:00Z"));
  CHECK(moment_from("2026-11-21T02:30:00-05:30") == moment_from("2026-11-21T08:00:00Z"));
  for (const char* wrong : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-11-21T25:00:00Z",
                            "2026-11-21T08:00:00Zulu", "21.11.2026"}) {
    CAPTURE(wrong);
    CHECK_FALSE(moment_from(wrong));
  }
}

TEST_CASE("JSON on a terminal holds no raw control, and is the same value") {
  const std::string raw =
      "{\"t\":\"a\xc2\x9b"
      "2J\x7f ü €\"}";
  const std::string safe = without_raw_controls(raw);
  CHECK(safe == "{\"t\":\"a\\u009b2J\\u007f ü €\"}");
  CHECK(nlohmann::json::parse(safe) == nlohmann::json::parse(raw));
  CHECK(without_raw_controls("\xc2") == "\xc2");
  CHECK(without_raw_controls("").empty());
}

TEST_CASE("a line of JSON is one line for those who know more line ends than LF") {
  CHECK(without_raw_controls("\"a\u2028b\u2029\xc2\x85\u2027â\"") ==
        "\"a\\u2028b\\u2029\\u0085\u2027â\"");
}

TEST_CASE("nothing in JSON turns round the line that a terminal shows it in") {
  CHECK(without_raw_controls("\"\u2029\u202A\u202E\u202F\u2065\u2066\u2069\u206A\"") ==
        "\"\\u2029\\u202a\\u202e\u202F\u2065\\u2066\\u2069\u206A\"");
  CHECK(without_raw_controls("\xe2") == "\xe2");
  CHECK(without_raw_controls("\xe2\x80") == "\xe2\x80");
}

TEST_CASE("lines stay lines when their controls are made text") {
  CHECK(printable_lines("a\x1b[0m\r\nb\tc\n") == "a\\x1b[0m\r\nb\tc\n");
  CHECK(printable_lines("no end\x07") == "no end\\x07");
}

TEST_CASE("a line of a URL list is a URL, its metadata, or nothing") {
  CHECK_FALSE(read_list_line(""));
  CHECK_FALSE(read_list_line("  # comment"));
  const auto bare = read_list_line("example.org/a \r");
  REQUIRE(bare);
  CHECK(bare->url->href() == "http://example.org/a");
  CHECK(bare->metadata.empty());
  const auto rich = read_list_line("https://a.test/\tteam=red \"x\"\tnothing\t=y\tn=1\r");
  REQUIRE(rich);
  CHECK(rich->metadata == R"({"team":"red \"x\"","n":"1"})");
  const auto wrong = read_list_line("ftp://a.test/");
  REQUIRE(wrong);
  CHECK_FALSE(wrong->url);
  CHECK(wrong->typed == "ftp://a.test/");
  CHECK(wrong->other_scheme);
  CHECK_FALSE(read_list_line("mailto:info@127.0.0.1")->url);
  CHECK_FALSE(read_list_line("-r2")->url);
  CHECK(read_list_line("u:p@a.test")->url);
  CHECK(read_list_line("\xEF\xBB\xBFhttp://a.test/")->url->href() == "http://a.test/");
}

TEST_CASE("the nearest name is told for a slip, and none for another word") {
  const std::set<std::string> names{"export", "extract", "crawl"};
  CHECK(config::nearest_name("exprot", names) == "export");
  CHECK(config::nearest_name("crwal", names) == "crawl");
  CHECK(config::nearest_name("xyzzyplugh", names).empty());
  CHECK(config::nearest_name(std::string(5'000, 'x'), names).empty());
}

TEST_CASE("the HTML report shows what pages say as text only") {
  const std::string html = report_html(
      "<b>.db", "now",
      {{.title = "Links & more",
        .bar = 1,
        .columns = {"url", "n"},
        .rows = {{"<script>alert('x')</script>\x1b[2J\"", "3"}, {"javascript:x", "9e99"}}},
       {.title = "Empty", .bar = -1, .columns = {"a"}, .rows = {}}});
  CHECK(html.find("<script") == html.npos);
  CHECK(html.find("<b>.db") == html.npos);
  CHECK(html.find('\x1b') == html.npos);
  CHECK(html.find("href") == html.npos);
  CHECK_THAT(html, Catch::Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
  CHECK_THAT(html, Catch::Contains("default-src 'none'"));
  CHECK_THAT(html, Catch::Contains("Links &amp; more"));
  CHECK_THAT(html, Catch::Contains("<p class=\"none\">none</p>"));
}

TEST_CASE("secrets of the command line are covered where ps would show them, and nothing else is") {
  std::string words[] = {"crawl",
                         "--header",
                         "Cookie: a=b",
                         "--header",
                         "secret",
                         "--header=X-Key: k",
                         "-U",
                         "http://a.test/@me",
                         "https://me:p@ss@b.test/x?y=@",
                         "--headers",
                         "X: y",
                         "u:p@a.test:80/",
                         "--proxy=u:p@a.test:3128",
                         "--proxy=http://u:p@a.test/",
                         "-Ubot (u:p@a.test)",
                         "me@a.test.jsonl"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  hide_secrets(arguments);
  CHECK(words[2] == "Cookie:****");
  CHECK(words[4] == "******");
  CHECK(words[5] == "--header=X-Key:**");
  CHECK(words[7] == "http://a.test/@me");
  CHECK(words[8] == "https://*******@b.test/x?y=@");
  CHECK(words[10] == "X: y");
  CHECK(words[11] == "***@a.test:80/");
  CHECK(words[12] == "--proxy=***@a.test:3128");
  CHECK(words[13] == "--proxy=http://***@a.test/");
  CHECK(words[14] == "-Ubot (u:p@a.test)");
  CHECK(words[15] == "me@a.test.jsonl");
}

TEST_CASE("the time that is left to a page limit goes by pages, not by requests") {
  pipeline::Status status;
  status.elapsed = std::chrono::seconds(10);
  status.stage_fetched = 100;  // most of them redirects and errors
  CHECK(time_left({.pages = 50}, status).empty());
  status.totals.pages = 20;
  CHECK(time_left({.pages = 50}, status) == "15.0s");
  CHECK(time_left({.pages = 50, .time = std::chrono::seconds(18)}, status) == "8.0s");
  CHECK(time_left({.pages = 10}, status) == "0.0s");
  CHECK(time_left({}, status).empty());
}
