#include "storage/archive/surt.h"

#include <catch2/catch.hpp>

using crawld::storage::surt_of;

// What warcio.js 2.4.11 makes of the same URLs.
TEST_CASE("URLs sort by their host from the right") {
  CHECK(surt_of("http://example.org:8080/") == "org,example:8080)/");
  CHECK(surt_of("http://192.0.2.1/x") == "1,2,0,192)/x");
  CHECK(surt_of("http://[2001:db8::1]:81/x") == "[2001:db8::1]:81)/x");
}

TEST_CASE("a URL has the key under which replay tools look for it") {
  CHECK(surt_of("https://www.example.org/a?b") == "org,example)/a?b");
  CHECK(surt_of("http://www2.a.test/B%2F?z=1&a=2&a=1&") == "test,a)/b%2f?&a=1&a=2&z=1");
  CHECK(surt_of("http://a.test/?") == "test,a)/");
  CHECK(surt_of("http://wwwx.a.test/") == "test,a,wwwx)/");
  CHECK(surt_of("http://a.test/x/?q=%7E|") == "test,a)/x/?q=%7e|");
  CHECK(surt_of("data:text/plain,A") == "data:text/plain,A");
}
