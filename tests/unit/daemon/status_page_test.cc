#include "crawler/daemon/status_page.h"

#include <openssl/evp.h>

#include <array>
#include <catch2/catch.hpp>

using crawld::daemon::kStatusPagePolicy;
using crawld::daemon::StatusPage;

namespace {

std::string base64_of_sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  REQUIRE(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  std::array<unsigned char, 64> out{};
  const int length = EVP_EncodeBlock(out.data(), digest.data(), static_cast<int>(size));
  return {out.begin(), out.begin() + length};
}

}  // namespace

TEST_CASE("the status page says what a crawl does and what limits it") {
  const std::string page = StatusPage().of(R"({
    "version":"1.2","pid":7,"database":"/x/crawl.db","seconds":3700.5,"limit":"politeness",
    "pages":12345,"requests":20000,"errors":3,"waiting":1000000,"hosts":2,"in_flight":4,
    "states":{"queued":1000000},"problems":{"http_404":3},"sites":[
    {"name":"docs","paused":true,"paused_since":"2026-11-23T09:00:00.000Z"},{"name":"news"}],
    "queues":{"fetched":{"items":5,"bytes":2048,"threads_waiting":1}}})");
  CHECK_THAT(page, Catch::Contains("<h1>crawld 1.2</h1>"));
  CHECK_THAT(page, Catch::Contains("/x/crawl.db, pid 7, running for 1h 01m"));
  CHECK_THAT(page, Catch::Contains("<td>limited by</td><td>politeness</td>"));
  CHECK_THAT(page, Catch::Contains("<td>12,345, 3.3 a second</td>"));
  CHECK_THAT(page, Catch::Contains("1,000,000 URLs on 2 hosts"));
  CHECK_THAT(page, Catch::Contains("<td>docs</td><td>paused since 2026-11-23T09:00:00.000Z</td>"));
  CHECK_THAT(page, Catch::Contains("<td>news</td><td>crawled</td>"));
  CHECK_THAT(page, Catch::Contains("<td>fetched</td><td>5</td>"));
  CHECK_THAT(page, Catch::Contains("<td>http_404</td><td>3</td>"));
  CHECK_THAT(page, !Catch::Contains("Hooks"));
}

TEST_CASE("the status page tells why a crawl is held, in place of what limits it") {
  const std::string page =
      StatusPage().of(R"({"limit":"disk","held_because":"1.0GiB of disk are free"})");
  CHECK_THAT(page, Catch::Contains("<td>limited by</td><td>1.0GiB of disk are free</td>"));
}

TEST_CASE("pages a second are those since the status page before") {
  StatusPage page;
  CHECK_THAT(page.of(R"({"seconds":10,"pages":1000})"), Catch::Contains("1,000, 100 a second"));
  CHECK_THAT(page.of(R"({"seconds":15,"pages":1010})"), Catch::Contains("1,010, 2.0 a second"));
  CHECK_THAT(page.of(R"({"seconds":15,"pages":1010})"), Catch::Contains("1,010, 0.0 a second"));
}

TEST_CASE("the status page tells of each host why it is held back") {
  const std::string page = StatusPage().of(R"({"busiest_hosts":[
    {"host":"http://dead.test","circuit_open":true,"opens_in_ms":61000},
    {"host":"http://slow.test","troubles":2,"opens_in_ms":1500},
    {"host":"http://calm.test","opens_in_ms":800},
    {"host":"http://busy.test","in_flight":1,"opens_in_ms":800}]})");
  CHECK_THAT(page, Catch::Contains("<td>does not answer, opens in 1m 01s</td>"));
  CHECK_THAT(page, Catch::Contains("<td>2 troubles in a row, opens in 1.5s</td>"));
  CHECK_THAT(page, Catch::Contains("<td>politeness, opens in 0.8s</td>"));
  CHECK_THAT(page, Catch::Matches("[^]*busy.test</td>(<td>[^<]*</td>){5}<td></td></tr>[^]*"));
}

TEST_CASE("nothing that a site is called becomes a part of the status page") {
  const std::string page = StatusPage().of(R"({
    "database":"<script>alert(1)</script>",
    "last_problems":[{"at":"t","reason":"\"><img src=x>","url":"http://a.test/?'<b>&\u001b"}],
    "hooks":[{"name":"<i>","problem":"</table><form action=//evil>"}],
    "coverage_drops":["<u>"],"states":{"<s>":1}})");
  CHECK_THAT(page, Catch::Contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK_THAT(page, Catch::Contains("http://a.test/?&#39;&lt;b&gt;&amp;\\x1b"));
  for (const char* tag : {"<script", "<img", "<b>", "<i>", "<form", "<u>", "<s>"}) {
    CHECK_THAT(page, !Catch::Contains(tag));
  }
}

TEST_CASE("the policy of the status page allows its style and nothing else") {
  const std::string page = StatusPage().of("{}");
  const std::size_t at = page.find("<style>") + 7;
  const std::string style = page.substr(at, page.find("</style>") - at);
  CHECK(kStatusPagePolicy ==
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "style-src 'sha256-" +
            base64_of_sha256(style) + "'");
  CHECK_THAT(page, Catch::Contains("http-equiv=\"refresh\""));
}
