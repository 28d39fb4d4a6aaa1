// Which proxy takes a request, and what becomes of those that cannot be had.
#include <catch2/catch.hpp>
#include <set>

#include "crawler/fetch/proxy_rests.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;
using fetch::Proxy;
using fetch::ProxyRests;
using std::chrono::seconds;

namespace {

const base::Instant kStart{};

std::vector<Proxy> proxies(int count) {
  std::vector<Proxy> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(*Proxy::parse("http://user:hunter2@p" + std::to_string(i) + ".test:3128"));
  }
  return all;
}

std::string host(int number) { return "h" + std::to_string(number) + ".test"; }

// Those of a pool, and what it does with one host.
struct Pool {
  explicit Pool(int count) : all(proxies(count)), own(at(kStart)) {}

  const Proxy* at(base::Instant now, std::vector<const Proxy*> given_up = {}) {
    return rests.choose("a.test", all, given_up, now);
  }

  ProxyRests rests;
  std::vector<Proxy> all;
  const Proxy* own;
};

// Names that the guard lets through, as many as are wanted.
fetch::DnsConfig public_hosts(int count) {
  fetch::DnsConfig dns;
  for (int i = 0; i < count; ++i) dns.hosts.emplace_back(host(i), "8.8.8.8");
  return dns;
}

fetch::SiteFetchConfig behind(std::vector<std::string> urls) {
  auto site = loopback_site();
  site.allow_addresses.clear();
  site.proxies = std::move(urls);
  return site;
}

// Which proxy a host goes through hangs on the port that a test's proxy was given: of so many hosts
// each of two proxies has some.
constexpr int kManyHosts = 40;

// Nobody listens there.
constexpr const char* kDead = "http://user:hunter2@127.0.0.1:9";

}  // namespace

TEST_CASE("a host keeps to one proxy, and hosts spread over all of them") {
  ProxyRests rests;
  const auto all = proxies(4);
  std::map<const Proxy*, int> hosts;
  for (int i = 0; i < 400; ++i) {
    const Proxy* first = rests.choose(host(i), all, {}, kStart);
    CHECK(rests.choose(host(i), all, {}, kStart + seconds(i)) == first);
    ++hosts[first];
  }
  REQUIRE(hosts.size() == 4);
  for (const auto& [proxy, count] : hosts) CHECK(count > 60);
}

TEST_CASE("only the hosts of a proxy that failed move, and they return when it works") {
  ProxyRests rests;
  const auto all = proxies(4);
  rests.failed(all[1], "Connection refused", kStart);
  std::set<const Proxy*> heirs;
  for (int i = 0; i < 100; ++i) {
    const Proxy* own = ProxyRests().choose(host(i), all, {}, kStart);
    const Proxy* now = rests.choose(host(i), all, {}, kStart + seconds(9));
    if (own == &all[1]) heirs.insert(now);
    CHECK((now == own) == (own != &all[1]));
    CHECK(rests.choose(host(i), all, {}, kStart + seconds(10)) == own);
  }
  CHECK(heirs.size() == 3);
}

TEST_CASE("the rest of a proxy doubles while it fails, up to ten minutes, and begins anew") {
  Pool pool(2);
  base::Instant now = kStart;
  for (const int rest : {10, 20, 40, 80, 160, 320, 600, 600}) {
    pool.rests.begin(*pool.own, now);
    pool.rests.failed(*pool.own, "Connection refused", now);
    CHECK(pool.at(now + seconds(rest) - std::chrono::milliseconds(1)) != pool.own);
    now += seconds(rest);
    CHECK(pool.at(now) == pool.own);
  }
  pool.rests.worked(*pool.own);
  pool.rests.failed(*pool.own, "Connection refused", now);
  CHECK(pool.at(now + seconds(10)) == pool.own);
}

TEST_CASE("requests that were under way when a proxy failed do not make its rest longer") {
  Pool pool(2);
  for (int i = 0; i < 8; ++i) pool.rests.failed(*pool.own, "Connection refused", kStart);
  CHECK(pool.at(kStart + seconds(10)) == pool.own);
  REQUIRE(pool.rests.troubles().size() == 1);
  CHECK(pool.rests.troubles()[0].failures == 8);
}

TEST_CASE("one request tries a proxy whose rest is over, while the others stay away") {
  Pool pool(2);
  pool.rests.failed(*pool.own, "Connection refused", kStart);
  const auto over = kStart + seconds(10);
  pool.rests.begin(*pool.own, over);
  CHECK(pool.at(over) != pool.own);
  pool.rests.worked(*pool.own);
  CHECK(pool.at(over) == pool.own);
}

TEST_CASE("where all proxies rest a host's own is tried, once") {
  Pool pool(3);
  for (const Proxy& proxy : pool.all) pool.rests.failed(proxy, "Connection refused", kStart);
  CHECK(pool.at(kStart) == pool.own);
  CHECK(pool.at(kStart, {pool.own}) == nullptr);
}

TEST_CASE("a request goes to three proxies at most") {
  Pool pool(5);
  std::vector<const Proxy*> given_up;
  while (const Proxy* next = pool.at(kStart, given_up)) {
    CHECK(std::find(given_up.begin(), given_up.end(), next) == given_up.end());
    given_up.push_back(next);
  }
  CHECK(given_up.size() == 3);
}

TEST_CASE("troubles name the proxy without its login, and say whether it works again") {
  Pool pool(2);
  CHECK(pool.rests.troubles().empty());
  pool.rests.failed(pool.all[0], "Connection refused", kStart);
  REQUIRE(pool.rests.troubles().size() == 1);
  CHECK(pool.rests.troubles()[0].proxy == "p0.test:3128");
  CHECK(pool.rests.troubles()[0].last == "Connection refused");
  CHECK(pool.rests.troubles()[0].resting);
  pool.rests.worked(pool.all[0]);
  CHECK_FALSE(pool.rests.troubles()[0].resting);
}

TEST_CASE("each host goes through one proxy of the pool, on connections of its own") {
  TinyServer first(always(ok("first")));
  TinyServer second(always(ok("second")));
  Fetching web(behind({first.url(""), second.url("")}), public_hosts(kManyHosts));
  std::set<std::string> used;
  for (int i = 0; i < kManyHosts; ++i) {
    const auto once = web.get("http://" + host(i) + "/");
    const auto again = web.get("http://" + host(i) + "/2");
    REQUIRE(outcome(once) == "200");
    REQUIRE(outcome(again) == "200");
    CHECK(once.response()->body == again.response()->body);
    used.insert(once.response()->body);
  }
  CHECK(used.size() == 2);
  CHECK(first.connections() + second.connections() == kManyHosts);
}

TEST_CASE("another proxy takes the hosts of one that is out, within the same fetch") {
  const bool locked = GENERATE(false, true);
  TinyServer good(always(ok("good")));
  TinyServer turns_away(
      always("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
  const std::string bad = locked ? turns_away.url("") : kDead;
  Fetching web(behind({bad, good.url("")}), public_hosts(kManyHosts));
  for (int i = 0; i < kManyHosts; ++i) {
    const auto fetched = web.get("http://" + host(i) + "/");
    INFO((fetched.failure() ? fetched.failure()->detail : ""));
    CHECK(outcome(fetched) == "200");
  }
  CHECK(turns_away.requests().size() == (locked ? 1 : 0));
  const auto troubles = web.context->counts().proxies;
  REQUIRE(troubles.size() == 1);
  CHECK(troubles[0].failures == 1);
  CHECK(troubles[0].resting);
  CHECK(troubles[0].last == (locked ? "it asks for a login (HTTP 407)" : "Connection refused"));
}

TEST_CASE("a proxy whose name is unknown is out, and others stand in") {
  TinyServer good(always(ok("good")));
  auto dns = public_hosts(kManyHosts);
  dns.servers = {"127.0.0.1:9"};
  Fetching web(behind({"http://gone.test:3128", good.url("")}), dns);
  for (int i = 0; i < kManyHosts; ++i) CHECK(outcome(web.get("http://" + host(i) + "/")) == "200");
  REQUIRE(web.context->counts().proxies.size() == 1);
  CHECK(web.context->counts().proxies[0].proxy == "gone.test:3128");
}

TEST_CASE("a proxy without an address of the family that connections start from is out") {
  TinyServer good(always(ok("good")));
  auto site = behind({"http://[::1]:9", good.url("")});
  site.bind_address = "127.0.0.1";
  Fetching web(site, public_hosts(kManyHosts));
  for (int i = 0; i < kManyHosts; ++i) CHECK(outcome(web.get("http://" + host(i) + "/")) == "200");
  REQUIRE(web.context->counts().proxies.size() == 1);
  CHECK(web.context->counts().proxies[0].proxy == "[::1]:9");
}

TEST_CASE("a tunnel that a proxy refuses is about the host, and no other proxy is asked") {
  TinyServer first(always("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  TinyServer second(always("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  Fetching web(behind({first.url(""), second.url("")}), public_hosts(1));
  const auto fetched = web.get("https://" + host(0) + "/");
  REQUIRE(outcome(fetched) == "proxy");
  CHECK_THAT(fetched.failure()->detail, Catch::StartsWith("the proxy 127.0.0.1:"));
  CHECK(first.requests().size() + second.requests().size() == 1);
  CHECK(web.context->counts().proxies.empty());
}

TEST_CASE("a login that a proxy wants for a tunnel puts it out for every host") {
  TinyServer locked(
      always("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
  Fetching web(behind({locked.url("")}), public_hosts(1));
  CHECK(outcome(web.get("https://" + host(0) + "/")) == "proxy");
  REQUIRE(web.context->counts().proxies.size() == 1);
}

TEST_CASE("an https proxy that is none is out, and not the host's TLS") {
  TinyServer plain([](Connection& connection) {
    connection.read_bytes(5);
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  Fetching web(behind({"https://127.0.0.1:" + std::to_string(plain.port())}), public_hosts(1));
  CHECK(outcome(web.get("https://" + host(0) + "/")) == "proxy");
  CHECK(web.context->counts().proxies.size() == 1);
}

TEST_CASE("where every proxy is out the failure names the last one tried, without its login") {
  Fetching web(behind({kDead, "http://user:hunter2@127.0.0.2:9"}), public_hosts(1));
  const auto fetched = web.get("http://" + host(0) + "/");
  REQUIRE(outcome(fetched) == "proxy");
  CHECK_THAT(fetched.failure()->detail,
             Catch::StartsWith("the proxy 127.0.0.") && Catch::EndsWith(":9: Connection refused"));
  CHECK(web.context->counts().proxies.size() == 2);
}

TEST_CASE("a SOCKS proxy that is told addresses is told those that were judged, or none") {
  std::string asked;
  TinyServer socks([&](Connection& connection) {  // RFC 1928 section 4
    const auto greeting = connection.read_bytes(2);
    if (!greeting || !connection.read_bytes(static_cast<unsigned char>(greeting->at(1)))) return;
    connection.send(std::string("\x05\0", 2));
    if (const auto request = connection.read_bytes(10)) asked = *request;
    connection.send(std::string("\x05\x04\0\x01\0\0\0\0\0\0", 10));
  });
  Fetching web(behind({"socks5://127.0.0.1:" + std::to_string(socks.port())}), public_hosts(1));
  CHECK(outcome(web.get("http://" + host(0) + "/")) == "proxy");
  CHECK(asked == std::string("\x05\x01\0\x01\x08\x08\x08\x08\0\x50", 10));
  CHECK(outcome(web.get("http://" + host(1) + "/")) == "dns");
  CHECK(socks.connections() == 1);
}

TEST_CASE("a SOCKS proxy that takes no visitor without a login is out, one that reports is not") {
  const bool locked = GENERATE(true, false);
  TinyServer socks([&](Connection& connection) {  // RFC 1928 sections 3 and 6
    const auto greeting = connection.read_bytes(2);
    if (!greeting || !connection.read_bytes(static_cast<unsigned char>(greeting->at(1)))) return;
    connection.send(locked ? "\x05\xFF" : std::string("\x05\0", 2));
    if (locked || !connection.read_bytes(10)) return;
    connection.send(std::string("\x05\x04\0\x01\0\0\0\0\0\0", 10));  // host unreachable
  });
  Fetching web(behind({"socks5://127.0.0.1:" + std::to_string(socks.port())}), public_hosts(1));
  const auto fetched = web.get("http://" + host(0) + "/");
  INFO((fetched.failure() ? fetched.failure()->detail : ""));
  CHECK(outcome(fetched) == "proxy");
  CHECK(web.context->counts().proxies.size() == (locked ? 1 : 0));
}

TEST_CASE("an answer that is no page holds, and a page does not, where a proxy ends its body") {
  const bool reset = GENERATE(true, false);
  const auto [head, expected] = GENERATE(table<std::string, std::string>(
      {{"HTTP/1.1 404 Not Found\r\n", "404"}, {"HTTP/1.1 200 OK\r\n", "truncated"}}));
  TinyServer proxy([&](Connection& connection) {
    connection.read_request();
    connection.send(head + "Content-Length: 10\r\n\r\nhello");
    connection.wait_until_read();
    if (reset) connection.reset();
  });
  Fetching web(behind({proxy.url("")}), public_hosts(1));
  const auto fetched = web.get("http://" + host(0) + "/");
  CHECK(outcome(fetched) == expected);
  CHECK((!fetched.response() || fetched.response()->broke_off));
  CHECK(web.context->counts().proxies.empty());  // it is not out
}
