// HTTP Strict Transport Security, RFC 6797.
#include <catch2/catch.hpp>

#include "crawler/fetch/hsts_header.h"
#include "crawler/fetch/hsts_hosts.h"

using namespace crawld;
using fetch::HstsHosts;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

const base::WallTime kNow = base::from_millis(1'700'000'000'000);

model::Url url(const std::string& text) { return *model::Url::parse(text); }

std::optional<model::HstsHost> say(HstsHosts& hosts, const std::string& from,
                                   const std::string& value, base::WallTime now = kNow) {
  model::Headers headers;
  headers.add("strict-transport-security", value);
  return hosts.note(url(from), headers, now);
}

std::string asked(const HstsHosts& hosts, const std::string& text, base::WallTime now = kNow) {
  const auto found = hosts.in_place_of(url(text), now);
  return found ? std::string(found->href()) : "as it is";
}

}  // namespace

TEST_CASE("a Strict-Transport-Security header is read as its grammar has it", "[6.1]") {
  const auto max_age = [](const char* text) {
    const auto header = fetch::parse_hsts_header(text);
    return header ? header->max_age.count() : -1;
  };
  CHECK(max_age("max-age=31536000") == 31'536'000);
  CHECK(max_age("MAX-AGE = \"10\" ; preload") == 10);
  CHECK(max_age(";; max-age=1\\") == -1);
  CHECK(max_age(";; max-age=1;") == 1);
  CHECK(max_age("x=\"a;b\\\"\"; max-age=2") == 2);
  CHECK(max_age("max-age=0") == 0);
  CHECK(max_age("max-age=99999999999999999999999") == 100LL * 366 * 86'400);
  for (const char* bad :
       {"", "includeSubDomains", "max-age", "max-age=", "max-age=-1", "max-age=1.5",
        "max-age=1, includeSubDomains", "max-age=1; max-age=1",
        "max-age=1; includeSubDomains; includesubdomains", "max-age=1; includeSubDomains=1",
        "max-age=\"1", "max-age=1 2", "max-age=1; =x"}) {
    INFO(bad);
    CHECK(max_age(bad) == -1);
  }
  CHECK_FALSE(fetch::parse_hsts_header("max-age=1")->with_subdomains);
  CHECK(fetch::parse_hsts_header("includesubdomains;max-age=1")->with_subdomains);
}

TEST_CASE("a host that said so is asked over https until its time is over", "[8.3]") {
  HstsHosts hosts;
  CHECK(asked(hosts, "http://a.test/x?y") == "as it is");
  REQUIRE(say(hosts, "https://a.test/", "max-age=60"));
  CHECK(asked(hosts, "http://a.test/x?y") == "https://a.test/x?y");
  CHECK(asked(hosts, "https://a.test/x") == "as it is");
  CHECK(asked(hosts, "http://a.test/", kNow + seconds(59)) == "https://a.test/");
  CHECK(asked(hosts, "http://a.test/", kNow + seconds(60)) == "as it is");
}

TEST_CASE("port 80 becomes 443, and another port stays", "[8.3]") {
  HstsHosts hosts;
  say(hosts, "https://a.test:8443/", "max-age=60");
  CHECK(asked(hosts, "http://a.test:80/") == "https://a.test/");
  CHECK(asked(hosts, "http://a.test:8080/x") == "https://a.test:8080/x");
  CHECK(asked(hosts, "http://a.test:443/x") == "https://a.test/x");
}

TEST_CASE("hosts below another are meant where it says so, and never those above", "[8.2]") {
  HstsHosts hosts;
  say(hosts, "https://www.a.test/", "max-age=60");
  say(hosts, "https://b.test/", "max-age=60; includeSubDomains");
  CHECK(asked(hosts, "http://x.www.a.test/") == "as it is");
  CHECK(asked(hosts, "http://a.test/") == "as it is");
  CHECK(asked(hosts, "http://x.y.b.test/") == "https://x.y.b.test/");
  CHECK(asked(hosts, "http://bb.test/") == "as it is");
  // What a host says for itself does not undo what the one above it says.
  say(hosts, "https://x.b.test/", "max-age=60");
  CHECK(asked(hosts, "http://y.x.b.test/") == "https://y.x.b.test/");
  say(hosts, "https://x.b.test/", "max-age=0");
  CHECK(asked(hosts, "http://x.b.test/") == "https://x.b.test/");
}

TEST_CASE("a dot at the end and the case of a name do not lead around", "[8.2]") {
  HstsHosts hosts;
  say(hosts, "https://A.test./", "max-age=60; includeSubDomains");
  CHECK(asked(hosts, "http://a.TEST/") == "https://a.test/");
  CHECK(asked(hosts, "http://x.a.test./") == "https://x.a.test./");
  say(hosts, "https://b\xC3\xBC.test/", "max-age=60");
  CHECK(asked(hosts, "http://b%C3%BC\xE3\x80\x82test/") == "https://xn--b-eha.test/");
}

TEST_CASE("an address is no name, and a header that breaks the grammar says nothing", "[8.1]") {
  HstsHosts hosts;
  for (const char* from : {"https://127.0.0.1/", "https://0x7f.1/", "https://[::1]/"}) {
    CHECK_FALSE(say(hosts, from, "max-age=60; includeSubDomains"));
  }
  CHECK_FALSE(say(hosts, "https://a.test/", "max-age=sixty"));
  CHECK(hosts.size() == 0);
}

TEST_CASE("of several headers the first counts", "[8.1]") {
  HstsHosts hosts;
  model::Headers headers;
  headers.add("Strict-Transport-Security", "max-age=");
  headers.add("Strict-Transport-Security", "max-age=60");
  CHECK_FALSE(hosts.note(url("https://a.test/"), headers, kNow));
  CHECK(hosts.size() == 0);
}

TEST_CASE("max-age=0 forgets a host, and a later header replaces what was said", "[8.1]") {
  HstsHosts hosts;
  say(hosts, "https://a.test/", "max-age=60; includeSubDomains");
  const auto narrowed = say(hosts, "https://a.test/", "max-age=60");
  REQUIRE(narrowed);
  CHECK_FALSE(narrowed->with_subdomains);
  CHECK(asked(hosts, "http://x.a.test/") == "as it is");
  const auto forgotten = say(hosts, "https://a.test/", "max-age=0");
  REQUIRE(forgotten);
  CHECK(forgotten->until == forgotten->told_at);
  CHECK(asked(hosts, "http://a.test/") == "as it is");
  CHECK_FALSE(say(hosts, "https://a.test/", "max-age=0"));
}

TEST_CASE("the same word again is stored once a day, or a quarter of its time") {
  HstsHosts hosts;
  const std::string year = "max-age=31536000";
  REQUIRE(say(hosts, "https://a.test/", year));
  CHECK_FALSE(say(hosts, "https://a.test/", year, kNow + hours(24)));
  CHECK(say(hosts, "https://a.test/", year, kNow + hours(25)));
  CHECK_FALSE(say(hosts, "https://a.test/", year, kNow + hours(26)));
  REQUIRE(say(hosts, "https://b.test/", "max-age=100"));
  CHECK_FALSE(say(hosts, "https://b.test/", "max-age=100", kNow + seconds(25)));
  CHECK(asked(hosts, "http://b.test/", kNow + seconds(120)) == "https://b.test/");
  CHECK(say(hosts, "https://b.test/", "max-age=100", kNow + seconds(26)));
  // A shorter time is stored at once.
  CHECK(say(hosts, "https://a.test/", "max-age=60", kNow + hours(26)));
}

TEST_CASE("what was stored holds again, and nobody is bound for more than a year") {
  HstsHosts hosts;
  const auto told = say(hosts, "https://a.test/", "max-age=99999999999; includeSubDomains");
  REQUIRE(told);
  CHECK(told->until == kNow + hours(365 * 24));
  HstsHosts later;
  const model::HstsHost stored[] = {*told,
                                    {.name = "b.test", .told_at = kNow, .until = kNow + hours(1)}};
  later.restore(stored, kNow + hours(2));
  CHECK(later.size() == 1);
  CHECK(asked(later, "http://x.a.test/", kNow + hours(2)) == "https://x.a.test/");
  CHECK_FALSE(say(later, "https://a.test/", "max-age=31536000; includeSubDomains", kNow));
}

TEST_CASE("the newest of a flood of hosts give way until others have run out") {
  HstsHosts hosts;
  for (std::size_t i = 0; i < HstsHosts::kMost; ++i) {
    say(hosts, "https://h" + std::to_string(i) + ".test/", i % 2 ? "max-age=60" : "max-age=600");
  }
  CHECK_FALSE(say(hosts, "https://late.test/", "max-age=600"));
  CHECK(hosts.size() == HstsHosts::kMost);
  CHECK(say(hosts, "https://h0.test/", "max-age=6000"));  // who is known is heard
  CHECK(say(hosts, "https://late.test/", "max-age=600", kNow + seconds(61)));
  CHECK(hosts.size() == HstsHosts::kMost / 2 + 1);
}

TEST_CASE("the hosts of one registrable domain leave room for those of others") {
  HstsHosts hosts;
  const auto fill = [](HstsHosts& list, const std::string& domain) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < 2 * HstsHosts::kMostOfDomain; ++i) {
      kept += say(list, "https://h" + std::to_string(i) + "." + domain + "/", "max-age=60") ? 1 : 0;
    }
    return kept;
  };
  CHECK(fill(hosts, "a.co.uk") == HstsHosts::kMostOfDomain);
  CHECK(fill(hosts, "b.co.uk") == HstsHosts::kMostOfDomain);
  // Who is forgotten, or has run out, makes room in its own domain.
  CHECK_FALSE(say(hosts, "https://late.a.co.uk/", "max-age=60"));
  CHECK(say(hosts, "https://h1.a.co.uk/", "max-age=0"));
  CHECK(say(hosts, "https://late.a.co.uk/", "max-age=60"));
  CHECK(say(hosts, "https://later.a.co.uk/", "max-age=60", kNow + seconds(61)));
  CHECK(hosts.size() == 1);
}

TEST_CASE("what was stored of one registrable domain is taken up to its bound") {
  std::vector<model::HstsHost> stored;
  for (std::size_t i = 0; i < 2 * HstsHosts::kMostOfDomain; ++i) {
    stored.push_back(
        {.name = "h" + std::to_string(i) + ".a.test", .told_at = kNow, .until = kNow + hours(1)});
  }
  stored.push_back({.name = "b.test", .told_at = kNow, .until = kNow + hours(1)});
  HstsHosts hosts;
  hosts.restore(stored, kNow);
  CHECK(hosts.size() == HstsHosts::kMostOfDomain + 1);
}
