// Pages made to hurt (../shared/faults.md, "Content"): each is read in bounded time.
#include <catch2/catch.hpp>
#include <ctime>

#include "parsers/html/page_scan.h"

namespace crawld::parsers {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

struct Scanned {
  model::ParsedPage page;
  double seconds;  // of CPU
};

Scanned scan(const std::string& html) {
  Scanned scanned;
  ScanExtras extras;
  ScanOptions options;
  options.url = "http://a.test/";
  options.css_urls = options.form_links = true;
  const std::clock_t start = std::clock();
  PageScanner().scan(html, options, scanned.page, extras);
  scanned.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return scanned;
}

// Generous, for sanitized builds and busy machines; quadratic work would take minutes.
constexpr double kSeconds = 5;

TEST_CASE("hostile pages are scanned in bounded time") {
  const std::string link = "<a href=/found>x</a>";
  const std::vector<std::pair<const char*, std::string>> pages = {
      {"one attribute of 7 MB", "<a title='" + std::string(7u << 20, 'x') + "' href=/found>"},
      {"a tag with 100,000 attributes",
       [] {
         std::string tag = "<a ";
         for (int i = 0; i < 100'000; ++i) tag += "a" + std::to_string(i) + "=1 ";
         return tag + "href=/found>";
       }()},
      {"a tag with 100,000 known attributes",
       "<a " + repeated("title=1 ", 100'000) + "href=/found>"},
      {"6 MB of ampersands", link + repeated("&", 6u << 20)},
      {"half entities", link + repeated("&am&#x&notin", 500'000)},
      {"NUL bytes",
       std::string("<a\0 b\0=c href=/nul>\0</a>", 25) + std::string(100'000, '\0') + link},
      {"div nested 100,000 deep", link + repeated("<div>", 100'000)},
      {"b nested 1,000,000 deep", link + repeated("<b>", 1'000'000)},
      {"formatting opened again and again", link + repeated("<b id=x><p>", 100'000)},
      {"ever other formatting opened again",
       [&] {
         std::string html = link;
         for (int i = 0; i < 600; ++i) html += "<b id=" + std::to_string(i) + ">";
         return html + repeated("<p>x</p>", 300'000);
       }()},
      {"misnested soup", link + repeated("<a><b><i><p>", 60'000)},
      {"misnested ends", link + repeated("<a><b><i><p></a></b></i></p>", 30'000)},
      {"foster parenting", link + repeated("x<table>", 40'000)},
      {"foster parenting in one table", link + "<table>" + repeated("x<tr><a>", 100'000)},
      {"svg nested 20,000 deep", link + repeated("<svg><foreignObject>", 20'000)},
      {"templates nested 20,000 deep", link + repeated("<template>", 20'000)},
      {"selects and tables", link + repeated("<table><tr><td><select>", 20'000)},
      {"ends that close nothing",
       link + repeated("<div>", 510) + repeated("</p></x></li>", 200'000)},
      {"scripts that never end", link + repeated("<script><!--<script>", 100'000)},
      {"comments that never end", link + "<!--" + repeated("-- >", 1'000'000)},
      {"CSS that never ends", link + "<style>" + repeated("url(", 500'000)},
      {"srcset of commas", link + "<img srcset='" + repeated("a,", 500'000) + "'>"},
      {"rel of one word", link + "<a href=x rel='" + repeated("nofollowx ", 100'000) + "'>"},
      {"100,000 html and body tags", link + repeated("<html a=b><body c=d>", 100'000)},
      {"cells within cells", link + repeated("<table><td>", 100'000)},
  };
  for (const auto& [name, html] : pages) {
    const Scanned scanned = scan(html);
    INFO(name << ": " << scanned.seconds << " s of CPU");
    CHECK(scanned.seconds < kSeconds);
    bool found = false;
    for (const model::Link& each : scanned.page.links) found |= each.url == "http://a.test/found";
    CHECK(found);
  }
}

TEST_CASE("400,000 links are cut at the limit") {
  const Scanned scanned = scan(repeated("<a href=/l/x>y</a>", 400'000));
  CHECK(scanned.page.links.size() == 100'000);
  CHECK(scanned.page.links_truncated);
  CHECK(scanned.seconds < kSeconds);
}

TEST_CASE("a base of 1 MB makes no links of its size") {
  const Scanned scanned =
      scan("<base href='/" + std::string(1u << 20, 'b') + "/'>" + repeated("<a href=x>", 200));
  CHECK(scanned.page.links.empty());
}

}  // namespace
}  // namespace crawld::parsers
