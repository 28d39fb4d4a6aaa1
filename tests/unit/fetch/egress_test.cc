// "Egress" of the faults that must be survived: nothing internal is ever dialled.
#include <catch2/catch.hpp>

#include "tests/support/name_server.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;
using Type = DnsRecord::Type;

namespace {

fetch::SiteFetchConfig guarded_site() {
  auto site = loopback_site();
  site.allow_addresses.clear();
  return site;
}

}  // namespace

TEST_CASE("every spelling of an internal address is refused, and the canary stays silent") {
  TinyServer canary(always(ok("canary")));
  const std::string port = ":" + std::to_string(canary.port());
  const auto host = GENERATE(
      "localhost", "localhost.", "sub.localhost", "2130706433", "0177.0.0.01", "0x7f.0x0.0x0.0x1",
      "0x7f000001", "127.1", "0.0.0.0", "0", "127.0.0.1.", "127.0.0.%31", "[::1]", "[::]",
      "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]",
      "[fd00:ec2::254]", "169.254.169.254", "2852039166", "10.0.0.1", "192.168.1.1", "100.64.0.1",
      "224.0.0.1", "255.255.255.255", "own-host@127.0.0.1", "127.0.0.1", "%6cocalhost",
      "①②⑦.0.0.1");
  Fetching web(guarded_site());
  INFO(host);
  const auto fetched = web.get("http://" + std::string(host) + port + "/");
  CHECK(outcome(fetched) == "blocked_address");
  CHECK(canary.connections() == 0);
}

TEST_CASE("a name is refused when any of its addresses is internal") {
  TinyServer canary(always(ok("canary")));
  NameServer server([](const std::string& name, Type type) {
    if (name == "inside.test" && type == Type::a)
      return DnsReply{.records = {{Type::a, "127.0.0.1"}}};
    if (name == "both.test" && type == Type::a) {
      return DnsReply{.records = {{Type::a, "8.8.8.8"}, {Type::a, "127.0.0.1"}}};
    }
    if (name == "six.test" && type == Type::a) return DnsReply{.records = {{Type::a, "8.8.8.8"}}};
    if (name == "six.test") return DnsReply{.records = {{Type::aaaa, "::1"}}};
    if (name == "mapped.test" && type == Type::aaaa) {
      return DnsReply{.records = {{Type::aaaa, "::ffff:127.0.0.1"}}};
    }
    return DnsReply{};
  });
  fetch::DnsConfig dns;
  dns.servers = {server.address()};
  Fetching web(guarded_site(), dns);
  for (const char* name : {"inside.test", "both.test", "six.test", "mapped.test"}) {
    INFO(name);
    CHECK(outcome(web.get(canary.url("/", name))) == "blocked_address");
  }
  CHECK(canary.connections() == 0);
}

TEST_CASE("a hosts entry is judged like any other address") {
  TinyServer canary(always(ok("canary")));
  Fetching web(guarded_site(),
               {.hosts = {{"a.test", "127.0.0.1"}},
                .resolve = {"b.test:" + std::to_string(canary.port()) + ":127.0.0.1"}});
  CHECK(outcome(web.get(canary.url("/", "a.test"))) == "blocked_address");
  CHECK(outcome(web.get(canary.url("/", "b.test"))) == "blocked_address");
  CHECK(canary.connections() == 0);
}

TEST_CASE("one site's opened addresses do not open another's") {
  TinyServer canary(always(ok("canary")));
  base::SystemClock clock;
  auto context = fetch::FetchContext::open(
      {.user_agent = "t", .sites = {loopback_site(), guarded_site()}, .clock = &clock});
  REQUIRE(context);
  fetch::CurlFetcher fetcher(**context);
  auto request = request_for(canary.url("/"));
  CHECK(outcome(fetcher.fetch({.request = request})) == "200");
  request.site = 1;
  CHECK(outcome(fetcher.fetch({.request = request})) == "blocked_address");
}

TEST_CASE("a name that changes its mind between look-up and connect gains nothing") {
  // Judged are the addresses that are dialled, and they come from one look-up.
  TinyServer canary(always(ok("canary")));
  std::atomic<int> asked{0};
  NameServer server([&](const std::string&, Type type) {
    if (type != Type::a) return DnsReply{};
    return DnsReply{.records = {{Type::a, asked++ == 0 ? "192.0.2.1" : "127.0.0.1", 0}}};
  });
  auto site = guarded_site();
  site.allow_addresses = {"192.0.2.0/24"};  // nobody there
  site.connect_timeout = std::chrono::milliseconds(200);
  fetch::DnsConfig dns;
  dns.servers = {server.address()};
  Fetching web(site, dns);
  for (int i = 0; i < 3; ++i) (void)web.get(canary.url("/", "rebind.test"));
  CHECK(canary.connections() == 0);
}
