#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "crawler/fetch/cookie_jar.h"
#include "tests/support/suite.h"
#include "tests/unit/fetch/cookie_times.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

// "\u00e6" -> "\xe6": JSON can hold bytes only as code points.
std::string latin1(const std::string& utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      out += utf8[i];
    } else if (i + 1 < utf8.size()) {
      out += static_cast<char>((lead & 0x03) << 6 | (utf8[++i] & 0x3F));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("cookies agree with the http-state suite") {
  auto cases = suite_cases("http-cookies/shared.jsonl");
  // The authors of the suite switched these off; browsers disagree on them.
  std::erase_if(cases, [](const Json& test) { return test.value("disabled", false); });
  run_suite("http-cookies", cases, [](const Json& test) -> std::string {
    fetch::CookieJar jar;
    const auto from = url(test["request_url"]);
    for (const auto& line : test["response_header_lines_latin1"]) {
      const std::string text = latin1(line);
      const auto colon = text.find(':');
      model::Headers headers;
      headers.add(text.substr(0, colon), text.substr(colon + 1));
      jar.store(from, headers, at(k2010));
    }
    const auto to = from.resolve(test["next_url"].get<std::string>());
    const auto& expected = test["expected_cookie_header"];
    const std::string wanted =
        expected.is_null() ? std::string() : latin1(expected.get<std::string>());
    const std::string sent = jar.header(*to, at(k2010));
    return sent == wanted ? "" : "sends " + sent;
  });
}

TEST_CASE("cookie dates agree with the http-state suite") {
  const auto cases = suite_cases("http-cookies/dates-shared.jsonl");
  run_suite("http-cookies-dates", cases, [](const Json& test) -> std::string {
    const auto date = fetch::parse_cookie_date(test["input"].get<std::string>());
    const std::string got = date ? "is read as " + std::to_string(*date) : "is refused";
    if (test["expected"].is_null()) return date ? got : "";
    const auto wanted = fetch::parse_cookie_date(test["expected"].get<std::string>());
    return date && date == wanted ? "" : got;
  });
}

TEST_CASE("cookie dates count seconds since 1970 and refuse what is no date") {
  CHECK(fetch::parse_cookie_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(fetch::parse_cookie_date("Tue, 29 Feb 2000 23:59:59 GMT") == 951'868'799);
  for (const char* text : {"", "tomorrow", "31 Feb 2020 10:00:00", "1 Jan 1600 10:00:00",
                           "1 Jan 2020 24:00:00", "1 Jan 2020 10:60:00", "1 Jan 2020 10:00:60",
                           "0 Jan 2020 10:00:00", "1 Jan 20200 10:00:00"}) {
    INFO(text);
    CHECK_FALSE(fetch::parse_cookie_date(text));
  }
}

TEST_CASE("a cookie ends when its time has come") {
  fetch::CookieJar jar;
  const auto page = url("https://a.test/");
  jar.store(page, "a=1; Max-Age=10", at(k2010));
  CHECK(jar.header(page, at(k2010 + 9)) == "a=1");
  CHECK(jar.header(page, at(k2010 + 10)).empty());
}

TEST_CASE("a public suffix takes no cookies for all its names") {
  fetch::CookieJar jar;
  jar.store(url("http://shop.co.uk/"), "a=1; Domain=co.uk", at(k2010));
  CHECK(jar.header(url("http://other.co.uk/"), at(k2010)).empty());
  CHECK(jar.size() == 0);
}

TEST_CASE("a host that is a public suffix keeps its cookies to itself, by section 5.3 step 5") {
  fetch::CookieJar jar;
  jar.store(url("http://github.io/"), "a=1; Domain=github.io", at(k2010));
  CHECK(jar.header(url("http://github.io/"), at(k2010)) == "a=1");
  CHECK(jar.header(url("http://other.github.io/"), at(k2010)).empty());
}

TEST_CASE("a host cannot make the jar or the Cookie header large") {
  fetch::CookieJar jar;
  const auto page = url("http://a.test/");
  for (int i = 0; i < 400; ++i) {
    jar.store(page, "c" + std::to_string(i) + "=" + std::string(4'000, 'x'), at(k2010));
  }
  jar.store(page, "huge=" + std::string(5'000, 'x'), at(k2010));
  CHECK(jar.size() == 50);
  const std::string header = jar.header(page, at(k2010));
  CHECK(header.size() > 4'000);
  CHECK(header.size() <= 16'384);
}

TEST_CASE("a cookie that came over https is not replaced from http") {
  fetch::CookieJar jar;
  const auto safe = url("https://shop.example.com/");
  const auto plain = url("http://shop.example.com/");
  jar.store(safe, "session=ours; Secure; Path=/", at(k2010));
  jar.store(safe, "of_all=ours; Secure; Domain=example.com", at(k2010));
  jar.store(plain, "session=theirs; Path=/", at(k2010));
  jar.store(plain, "session=theirs; Path=/; Domain=example.com", at(k2010));
  jar.store(plain, "session=theirs; Path=/cart", at(k2010));
  jar.store(plain, "session=; Max-Age=0; Path=/", at(k2010));
  jar.store(plain, "of_all=theirs", at(k2010));
  jar.store(url("http://example.com/"), "session=theirs; Domain=example.com", at(k2010));
  CHECK(jar.header(url("https://shop.example.com/cart"), at(k2010)) == "session=ours; of_all=ours");
  jar.store(plain, "new=theirs; Secure", at(k2010));
  jar.store(plain, "lang=en", at(k2010));
  CHECK(jar.header(safe, at(k2010)) == "session=ours; of_all=ours; lang=en");
  jar.store(safe, "session=next; Path=/", at(k2010));
  CHECK(jar.header(plain, at(k2010)) == "session=next; lang=en");
}

TEST_CASE("a cookie whose name promises a property is kept with that property only") {
  fetch::CookieJar jar;
  const auto from = url("https://a.example.com/dir/page");
  for (const char* line :
       {"__Secure-a=1", "__secure-b=1; Path=/", "__Host-c=1; Path=/", "__Host-d=1; Secure",
        "__Host-e=1; Secure; Path=/dir", "__Host-f=1; Secure; Path=/; Domain=example.com"}) {
    jar.store(from, line, at(k2010));
  }
  CHECK(jar.size() == 0);
  jar.store(from, "__Host-g=1; Secure; Path=/", at(k2010));
  jar.store(from, "__Secure-h=1; Secure; Path=/; Domain=example.com", at(k2010));
  CHECK(jar.header(from, at(k2010)) == "__Host-g=1; __Secure-h=1");
}

TEST_CASE("a cookie with control characters is not kept") {
  fetch::CookieJar jar;
  const auto page = url("http://a.test/");
  jar.store(page, "a=1\r\nX-Injected: 1", at(k2010));
  jar.store(page, std::string_view("b=1\0", 4), at(k2010));
  CHECK(jar.size() == 0);
}

TEST_CASE("a Netscape cookie file fills the jar") {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("cookies." + std::to_string(getpid()))).string();
  std::ofstream(path) << "# Netscape HTTP Cookie File\n"
                         ".a.test\tTRUE\t/\tFALSE\t0\tsid\tabc\r\n"
                         "#HttpOnly_b.test\tFALSE\t/x\tTRUE\t4102444800\ttoken\txyz\n"
                         "broken line\n"
                         "old.test\tFALSE\t/\tFALSE\t1\told\t1\n";
  fetch::CookieJar jar;
  REQUIRE(jar.load(path, at(k2010)));
  std::remove(path.c_str());
  CHECK(jar.header(url("http://www.a.test/"), at(k2010)) == "sid=abc");
  CHECK(jar.header(url("https://b.test/x/y"), at(k2010)) == "token=xyz");
  CHECK(jar.header(url("http://b.test/x"), at(k2010)).empty());
  CHECK(jar.header(url("https://www.b.test/x"), at(k2010)).empty());
  CHECK(jar.size() == 2);
  CHECK_FALSE(jar.load("/nowhere/cookies.txt", at(k2010)));
}

TEST_CASE("a cookie that a response sets is sent with the next request of its site") {
  TinyServer server(
      always(ok("x", "Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/private\r\n")));
  Fetching web;
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  REQUIRE(outcome(web.get(server.url("/page"))) == "200");
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[0].find("Cookie:") == std::string::npos);
  CHECK(server.requests()[1].find("Cookie: a=1\r\n") != std::string::npos);
}

TEST_CASE("a site without cookies sends none") {
  TinyServer server(always(ok("x", "Set-Cookie: a=1\r\n")));
  auto site = loopback_site();
  site.cookies = false;
  Fetching web(site);
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  CHECK(server.requests()[1].find("Cookie:") == std::string::npos);
}

TEST_CASE("a site keeps its cookies when the sites are reloaded") {
  TinyServer server(always(ok("x", "Set-Cookie: a=1\r\n")));
  Fetching web;
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  REQUIRE(web.context->replace_sites({loopback_site()}));
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  CHECK(server.requests()[1].find("Cookie: a=1\r\n") != std::string::npos);
  CHECK(server.connections() == 2);
}
