// What the parser promises beyond the suites, each with its clause of the URL standard.
#include "crawler/model/url.h"

#include <catch2/catch.hpp>
#include <string>

#include "crawler/model/punycode.h"

namespace {

using crawld::model::Scheme;
using crawld::model::Url;

Url url(std::string_view text) {
  auto parsed = Url::parse(text);
  REQUIRE(parsed.has_value());
  return *std::move(parsed);
}

}  // namespace

TEST_CASE("a URL knows where its parts stand") {
  const Url full = url("https://me:secret@www.example.org:8443/a/b?x=1#top");
  CHECK(full.scheme_kind() == Scheme::https);
  CHECK(full.crawlable());
  CHECK(full.scheme() == "https");
  CHECK(full.username() == "me");
  CHECK(full.password() == "secret");
  CHECK(full.hostname() == "www.example.org");
  CHECK(full.host() == "www.example.org:8443");
  CHECK(full.port() == 8443);
  CHECK(full.path() == "/a/b");
  CHECK(full.query() == "x=1");
  CHECK(full.fragment() == "top");
  CHECK(full.path_and_query() == "/a/b?x=1");
  CHECK(full.origin() == "https://www.example.org:8443");
}

TEST_CASE("the port of a URL without one is that of its scheme") {
  CHECK(url("http://a.test/").port() == 80);
  CHECK(url("https://a.test:443/").port() == 443);
  CHECK(url("https://a.test:443/").port_text().empty());
  CHECK(url("ftp://a.test/").port() == 0);
}

TEST_CASE("an empty query is told from none") {
  CHECK(url("http://a.test/?").has_query());
  CHECK(url("http://a.test/?").query().empty());
  CHECK_FALSE(url("http://a.test/").has_query());
}

TEST_CASE("other schemes are recognised and not crawled") {
  for (const char* text : {"mailto:a@b.test", "data:,x", "javascript:void(0)", "ftp://a.test/",
                           "file:///etc/passwd", "ws://a.test/", "blob:https://a.test/1"}) {
    CHECK_FALSE(url(text).crawlable());
    CHECK(url(text).scheme_kind() == Scheme::other);
  }
}

TEST_CASE("fragment and credentials come off without moving the other parts") {
  const Url full = url("http://u:p@a.test:81/p?q#f");
  CHECK(full.without_fragment().href() == "http://u:p@a.test:81/p?q");
  const Url bare = full.without_credentials();
  CHECK(bare.href() == "http://a.test:81/p?q#f");
  CHECK(bare.host() == "a.test:81");
  CHECK(bare.path() == "/p");
  CHECK(bare.query() == "q");
  CHECK(bare.fragment() == "f");
  CHECK(bare.username().empty());
}

TEST_CASE("a reference resolves against the base as browsers do it") {
  const Url base = url("http://a.test/b/c?d#e");
  const auto resolved = [&](std::string_view reference) { return base.resolve(reference)->href(); };
  CHECK(resolved("") == "http://a.test/b/c?d");
  CHECK(resolved("#f") == "http://a.test/b/c?d#f");
  CHECK(resolved("?x") == "http://a.test/b/c?x");
  CHECK(resolved("g") == "http://a.test/b/g");
  CHECK(resolved("../g") == "http://a.test/g");
  CHECK(resolved("%2E%2e/g") == "http://a.test/g");
  CHECK(resolved("\\g") == "http://a.test/g");
  CHECK(resolved("//h.test/i") == "http://h.test/i");
  CHECK(resolved(" \n/a\tb ") == "http://a.test/ab");
}

TEST_CASE("octets that are no UTF-8 keep their value in a path") {
  CHECK(url("http://a.test/caf\xE9").href() == "http://a.test/caf%E9");
}

TEST_CASE("a host of invalid UTF-8 is refused") {
  CHECK_FALSE(Url::parse("http://a\xFF.test/").has_value());
}

TEST_CASE("every notation of an IPv4 address is the same host") {
  for (const char* host : {"127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "127.0.0.1.",
                           "%31%32%37.1", "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.1"}) {
    CHECK(url("http://" + std::string(host) + "/").hostname() == "127.0.0.1");
  }
}

TEST_CASE("the serialized URL parses to itself") {
  for (const char* text : {"http://a.test/", "web+demo:/.//not-a-host/", "foo:bar baz%20?q",
                           "http://[::1]:81/x", "file:///C:/x", "https://xn--bcher-kva.test/"}) {
    const Url once = url(text);
    CHECK(url(once.href()) == once);
    CHECK(url(once.href()).path() == once.path());
  }
}

TEST_CASE("Punycode is that of RFC 3492 section 7.1") {
  using crawld::model::punycode;
  CHECK(punycode({0xFC}) == "tda");
  CHECK(punycode({0x33, 0x5E74, 0x62, 0x7D44, 0x91D1, 0x516B, 0x5148, 0x751F}) ==
        "3b-ww4c5e180e575a65lsy2b");
  CHECK(punycode({0x305D, 0x306E, 0x30B9, 0x30D4, 0x30FC, 0x30C9, 0x3067}) == "d9juau41awczczp");
  CHECK(punycode({0x4ED6, 0x4EEC, 0x4E3A, 0x4EC0, 0x4E48, 0x4E0D, 0x8BF4, 0x4E2D, 0x6587}) ==
        "ihqwcrb4cv8a8dqg056pqjye");
}

TEST_CASE("letters newer than ICU's Unicode are let into domains") {
  CHECK(url("http://\xF0\xB2\xA4\xB1.test/").hostname() == "xn--982o.test");
  CHECK_FALSE(Url::parse("http://\xF0\xB2\xA4\xB1\xD7\x90.test/").has_value());  // mixed direction
}

TEST_CASE("no label of a name from right to left begins with a hyphen newer than ICU's Unicode") {
  CHECK_FALSE(Url::parse("http://\u1806a.\u05d0/"));  // RFC 5893 section 2, rule 1
  CHECK(Url::parse("http://a\u1806a.\u05d0/"));
  CHECK(Url::parse("http://\u05d0\u1806\u05d0/"));
  REQUIRE(Url::parse("http://\u1806a/"));
  CHECK(Url::parse("http://\u1806a\u2600/"));
}

TEST_CASE("symbols, digits and capitals newer than ICU's Unicode are let into domains") {
  const auto host = [](std::string_view name) {
    const auto url = Url::parse("http://" + std::string(name) + "/");
    return url ? std::string(url->host()) : std::string();
  };
  CHECK(host("a\u1806b") == "xn--ab-h0o");
  CHECK(host("\u2427") == "xn--1ph");
  CHECK(host("\u1C89") == "xn--d4f");
  CHECK(host("\uA7F1") == "s");
  CHECK(host("\U00016EA0") == "xn--zs0f");
}

TEST_CASE("a Unicode name does not hide a label that looks like Punycode once decoded") {
  CHECK_FALSE(Url::parse("http://\xC3\xBC.xn--xn---epa/").has_value());
}
