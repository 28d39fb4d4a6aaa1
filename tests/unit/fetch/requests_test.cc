// What a request carries, and to whom.
#include <catch2/catch.hpp>

#include "tests/support/environment_variable.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

bool has(const std::string& request, const std::string& line) {
  return request.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("validators make the request conditional, and a 304 comes back as it is") {
  TinyServer server(always("HTTP/1.1 304 Not Modified\r\nETag: W/\"1\"\r\n\r\n"));
  Fetching web;
  auto request = request_for(server.url("/"));
  request.validators = {"W/\"1\"", "Tue, 01 Sep 2020 10:00:00 GMT"};
  const auto fetched = web.get(request);
  REQUIRE(outcome(fetched) == "304");
  CHECK(fetched.response()->body.empty());
  CHECK(has(server.requests()[0], "If-None-Match: W/\"1\""));
  CHECK(has(server.requests()[0], "If-Modified-Since: Tue, 01 Sep 2020 10:00:00 GMT"));
  CHECK(outcome(web.get(server.url("/"))) == "304");
  CHECK(server.requests()[1].find("If-") == std::string::npos);
  CHECK(server.connections() == 1);
}

TEST_CASE("a validator cannot add a header") {
  TinyServer server(always(ok("x")));
  Fetching web;
  auto request = request_for(server.url("/"));
  request.validators = {"\"a\"\r\nX-Injected: 1", "x\nX-Injected: 1"};
  REQUIRE(outcome(web.get(request)) == "200");
  CHECK(server.requests()[0].find("X-Injected") == std::string::npos);
}

TEST_CASE("headers and credentials go to their own origins only") {
  TinyServer own(always(ok("x")));
  TinyServer other(always(ok("x")));
  auto site = loopback_site();
  site.headers = {{"X-Token", "secret"}, {"Accept", "text/plain"}, {"X-Empty", ""}};
  site.auth = "basic user:pass";
  site.credential_origins = {"http://127.0.0.1:" + std::to_string(own.port())};
  Fetching web(site);
  REQUIRE(outcome(web.get(own.url("/"))) == "200");
  REQUIRE(outcome(web.get(other.url("/"))) == "200");
  REQUIRE(outcome(web.get(own.url("/", "localhost"))) == "200");

  const std::string request = own.requests()[0];
  CHECK(has(request, "X-Token: secret"));
  CHECK(has(request, "X-Empty:"));
  CHECK(has(request, "Accept: text/plain"));
  CHECK(request.find("text/html") == std::string::npos);
  CHECK(has(request, "Authorization: Basic dXNlcjpwYXNz"));
  for (const std::string& stranger : {other.requests()[0], own.requests()[1]}) {
    CHECK(stranger.find("secret") == std::string::npos);
    CHECK(stranger.find("Authorization") == std::string::npos);
    CHECK(stranger.find("Accept: text/html") != std::string::npos);
  }
}

TEST_CASE("the name that a site gives itself goes to every host, and nothing of the run's") {
  TinyServer other(always(ok("x")));
  auto site = loopback_site();
  site.headers = {{"user-agent", "ShopBot/2.0"}};
  Fetching web(site);
  REQUIRE(outcome(web.get(other.url("/"))) == "200");
  const std::string request = other.requests()[0];
  CHECK(has(request, "user-agent: ShopBot/2.0"));
  CHECK(request.find("User-Agent:") == std::string::npos);
}

TEST_CASE("a bearer token is sent") {
  TinyServer server(always(ok("x")));
  auto site = loopback_site();
  site.auth = "bearer abc.def";
  site.credential_origins = {"http://127.0.0.1:" + std::to_string(server.port())};
  Fetching web(site);
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  CHECK(has(server.requests()[0], "Authorization: Bearer abc.def"));
}

TEST_CASE("digest authentication answers the challenge within one fetch") {
  TinyServer server([](Connection& connection) {
    while (auto request = connection.read_request()) {
      const bool knows = request->find("Authorization: Digest") != std::string::npos;
      connection.send(knows ? ok("welcome", "X-Second: 1\r\n")
                            : "HTTP/1.1 401 Unauthorized\r\nX-First: 1\r\nWWW-Authenticate: Digest "
                              "realm=\"r\", nonce=\"n\", qop=\"auth\"\r\nContent-Length: "
                              "4\r\n\r\nnope");
    }
  });
  auto site = loopback_site();
  site.auth = "digest user:pass";
  site.credential_origins = {"http://127.0.0.1:" + std::to_string(server.port())};
  Fetching web(site);
  const auto fetched = web.get(server.url("/"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body == "welcome");
  CHECK(fetched.response()->headers.has("X-Second"));
  CHECK_FALSE(fetched.response()->headers.has("X-First"));
}

TEST_CASE("credentials in a URL are neither sent nor shown") {
  TinyServer server(always(ok("x")));
  Fetching web;
  const std::string url = "http://user:hunter2@127.0.0.1:" + std::to_string(server.port()) + "/";
  REQUIRE(outcome(web.get(url)) == "200");
  CHECK(server.requests()[0].find("Authorization") == std::string::npos);
  CHECK(server.requests()[0].find("hunter2") == std::string::npos);
}

TEST_CASE("settings that cannot be read are refused with the site's name, without secrets") {
  base::SystemClock clock;
  const auto open = [&](fetch::SiteFetchConfig site) {
    site.name = "docs";
    auto opened = fetch::FetchContext::open({.user_agent = "t", .sites = {site}, .clock = &clock});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().message.find("docs") != std::string::npos);
    CHECK(opened.error().message.find("hunter2") == std::string::npos);
  };
  open({.headers = {{"X-A", "hunter2\r\nX-B: 1"}}});
  open({.headers = {{"X A", "1"}}});
  open({.auth = "basic hunter2"});
  open({.auth = "ntlm user:hunter2"});
  open({.proxies = {"http://"}});
  open({.cookie_file = "/nowhere/docs-cookies.txt"});
  open({.ca_certificate = "/nowhere/ca.pem"});
  open({.certificate = "/nowhere/client.pem"});
  open({.tls_ciphers = "AES-9000"});
  open({.bind_address = "192.0.2.1"});
  open({.allow_addresses = {"localhost"}});
}

TEST_CASE("a URL that is neither http nor https is not fetched") {
  Fetching web;
  for (const char* url : {"ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:70/",
                          "data:text/html,x", "javascript:1"}) {
    CHECK(outcome(web.get(url)) == "blocked_scheme");
  }
}

TEST_CASE("a port of another protocol is not dialled unless the site opens it") {
  auto site = loopback_site();
  Fetching closed(site);
  CHECK(outcome(closed.get("http://127.0.0.1:25/")) == "blocked_port");
  site.ports = {25};
  Fetching opened(site);
  CHECK(outcome(opened.get("http://127.0.0.1:25/")) == "connect");
}

TEST_CASE("a proxy is spoken to, and asked for nothing internal") {
  TinyServer proxy(always(ok("via proxy")));
  auto site = loopback_site();
  site.allow_addresses.clear();  // the proxy's own address needs no opening
  site.proxies = {"http://user:hunter2@127.0.0.1:" + std::to_string(proxy.port())};
  Fetching web(site, {.hosts = {{"inside.test", "10.0.0.1"}, {"outside.test", "8.8.8.8"}}});
  const auto fetched = web.get("http://outside.test/x");
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body == "via proxy");
  CHECK(proxy.requests()[0].starts_with("GET http://outside.test/x HTTP/1.1\r\n"));
  CHECK(outcome(web.get("http://10.0.0.1/")) == "blocked_address");
  CHECK(outcome(web.get("http://inside.test/")) == "blocked_address");
  CHECK(outcome(web.get("http://169.254.169.254/")) == "blocked_address");
  CHECK(proxy.requests().size() == 1);
}

TEST_CASE("what a proxy refuses to tunnel is no fault of the host") {
  const std::string refusal = GENERATE("403 Forbidden", "407 Proxy Authentication Required");
  TinyServer proxy(always("HTTP/1.1 " + refusal + "\r\nContent-Length: 0\r\n\r\n"));
  auto site = loopback_site();
  site.proxies = {"http://127.0.0.1:" + std::to_string(proxy.port())};
  Fetching web(site, {.hosts = {{"outside.test", "8.8.8.8"}}});
  CHECK(outcome(web.get("https://outside.test/x")) == "proxy");
  CHECK(proxy.requests()[0].starts_with("CONNECT outside.test:443 HTTP/1.1\r\n"));
}

TEST_CASE("a login that a proxy asks for is no answer of the host") {
  TinyServer proxy(
      always("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
  auto site = loopback_site();
  site.proxies = {"http://127.0.0.1:" + std::to_string(proxy.port())};
  Fetching web(site, {.hosts = {{"outside.test", "8.8.8.8"}}});
  CHECK(outcome(web.get("http://outside.test/robots.txt")) == "proxy");
}

TEST_CASE(
    "a proxy that cannot be reached is no fault of the host, and named without its password") {
  auto site = loopback_site();
  site.proxies = {"http://user:hunter2@127.0.0.1:9"};
  Fetching web(site, {.hosts = {{"outside.test", "8.8.8.8"}}});
  const auto fetched = web.get("http://outside.test/x");
  CHECK(outcome(fetched) == "proxy");
  REQUIRE(fetched.failure() != nullptr);
  CHECK(fetched.failure()->detail == "the proxy 127.0.0.1:9: Connection refused");
}

TEST_CASE("connections start at the address or interface of the site, those to a proxy too") {
  TinyServer server([](Connection& connection) {
    while (connection.read_request()) connection.send(ok(connection.client_address()));
  });
  const auto seen_from = [&](const std::string& bind_address, bool by_proxy = false) {
    auto site = loopback_site();
    site.bind_address = bind_address;
    if (by_proxy) site.proxies = {server.url("")};
    const auto fetched = Fetching(site).get(server.url("/"));
    REQUIRE(outcome(fetched) == "200");
    return fetched.response()->body;
  };
  CHECK(seen_from("") == "127.0.0.1");
  CHECK(seen_from("127.0.0.2") == "127.0.0.2");
  CHECK(seen_from("127.0.0.3", true) == "127.0.0.3");
  CHECK(seen_from("0.0.0.0") == "127.0.0.1");
  CHECK(seen_from("lo") == "127.0.0.1");
}

TEST_CASE("a host without an address of the family that connections start from is told so") {
  TinyServer server(always(ok("x")));
  auto site = loopback_site();
  site.bind_address = "::";
  Fetching web(site, {.hosts = {{"old.test", "127.0.0.1"}}});
  const auto fetched = web.get(server.url("/", "old.test"));
  REQUIRE(fetched.failure() != nullptr);
  CHECK(outcome(fetched) == "connect");
  CHECK(fetched.failure()->detail == "bind_address ::: no address of its family to connect to");
  CHECK(web.fetcher->address_of({.request = request_for(server.url("/", "old.test"))})->empty());
}

TEST_CASE("a connection from one address serves no site that starts at another") {
  TinyServer server([](Connection& connection) {
    while (connection.read_request()) connection.send(ok(connection.client_address()));
  });
  auto second = loopback_site();
  second.bind_address = "127.0.0.2";
  base::SystemClock clock;
  auto context = fetch::FetchContext::open(
      {.user_agent = "t", .sites = {loopback_site(), second}, .clock = &clock});
  REQUIRE(context);
  fetch::CurlFetcher fetcher(**context);
  auto request = request_for(server.url("/"));
  for (const auto& [site, address] :
       {std::pair{0, "127.0.0.1"}, {1, "127.0.0.2"}, {0, "127.0.0.1"}}) {
    request.site = static_cast<model::SiteId>(site);
    const auto fetched = fetcher.fetch({.request = request});
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body == address);
  }
}

TEST_CASE("the proxies of the environment are not used") {
  const EnvironmentVariable proxy("http_proxy", "http://127.0.0.1:9/");
  TinyServer server(always(ok("x")));
  Fetching web;
  CHECK(outcome(web.get(server.url("/"))) == "200");
}

TEST_CASE("requests of all threads together keep to the global rate") {
  TinyServer server(always(ok("x")));
  base::SystemClock clock;
  auto context = fetch::FetchContext::open({.user_agent = "t",
                                            .sites = {loopback_site()},
                                            .max_requests_per_second = 20,
                                            .clock = &clock});
  REQUIRE(context);
  const auto before = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      fetch::CurlFetcher fetcher(**context);
      for (int n = 0; n < 4; ++n) (void)fetcher.fetch({.request = request_for(server.url("/"))});
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(server.requests().size() == 12);
  CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(545));
}

TEST_CASE("a body that is not wanted yet waits with the system, whatever the time-outs") {
  TinyServer server(always(ok(std::string(200'000, 'x'))));
  auto site = loopback_site();
  site.total_timeout = std::chrono::milliseconds(3'000);
  Fetching web(site);
  int held = 0;
  web.fetcher->before_body([&] {
    if (held++ == 0) std::this_thread::sleep_for(std::chrono::milliseconds(3'500));
  });
  for (const int fetches : {1, 2}) {
    const auto fetched = web.get(server.url("/"));
    INFO((fetched.failure() ? fetched.failure()->detail : ""));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body.size() == 200'000);
    CHECK(held == fetches);
  }
}

TEST_CASE("bodies of all threads together keep to the global bandwidth") {
  TinyServer server(always(ok(std::string(300'000, 'x'))));
  base::SystemClock clock;
  auto site = loopback_site();
  site.total_timeout = std::chrono::milliseconds(2'000);  // waiting for the cap does not count
  auto context = fetch::FetchContext::open(
      {.user_agent = "t", .sites = {site}, .limit_rate = 100'000, .clock = &clock});
  REQUIRE(context);
  fetch::CurlFetcher fetcher(**context);
  const auto before = std::chrono::steady_clock::now();
  for (int n = 0; n < 2; ++n) {
    CHECK(outcome(fetcher.fetch({.request = request_for(server.url("/"))})) == "200");
  }
  CHECK(std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(4'200));
}

TEST_CASE("abort ends a wait for the global rate") {
  TinyServer server(always(ok("x")));
  base::SystemClock clock;
  auto context = fetch::FetchContext::open({.user_agent = "t",
                                            .sites = {loopback_site()},
                                            .max_requests_per_second = 0.01,
                                            .clock = &clock});
  REQUIRE(context);
  fetch::CurlFetcher fetcher(**context);
  REQUIRE(outcome(fetcher.fetch({.request = request_for(server.url("/"))})) == "200");
  std::thread stopper([&] { fetcher.abort(); });
  CHECK(outcome(fetcher.fetch({.request = request_for(server.url("/"))})) == "aborted");
  stopper.join();
}

TEST_CASE("a site index beyond the sites aborts, so that the URL stays queued") {
  Fetching web;
  auto request = request_for("http://127.0.0.1/");
  request.site = 7;
  CHECK(outcome(web.get(request)) == "aborted");
}

TEST_CASE("a form is sent once, with its type and its sender, and the connection serves again") {
  std::string body;
  TinyServer server([&](Connection& connection) {
    while (auto request = connection.read_request()) {
      if (request->starts_with("POST")) body = connection.read_bytes(7).value_or("");
      if (!connection.send(ok("x"))) return;
    }
  });
  Fetching web;
  auto request = request_for(server.url("/in"));
  request.purpose = model::Purpose::login_answer;
  request.post = std::make_shared<const model::FormPost>(
      model::FormPost{.content_type = "application/x-www-form-urlencoded",
                      .body = "a=1&b=2",
                      .origin = "http://a.test",
                      .referer = "http://a.test/login"});
  REQUIRE(outcome(web.get(request)) == "200");
  CHECK(body == "a=1&b=2");
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[0].starts_with("POST /in HTTP/1.1"));
  CHECK(has(server.requests()[0], "Content-Length: 7"));
  CHECK(has(server.requests()[0], "Content-Type: application/x-www-form-urlencoded"));
  CHECK(has(server.requests()[0], "Origin: http://a.test"));
  CHECK(has(server.requests()[0], "Referer: http://a.test/login"));
  CHECK(server.requests()[1].starts_with("GET / HTTP/1.1"));
  CHECK(server.requests()[1].find("Content-") == std::string::npos);
  CHECK(server.connections() == 1);
}

TEST_CASE("a form is not sent over a connection that served before, nor a second time") {
  TinyServer server([&](Connection& connection) {
    while (auto request = connection.read_request()) {
      if (request->starts_with("POST")) return;  // takes it, and says nothing
      if (!connection.send(ok("x"))) return;
    }
  });
  Fetching web;
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  auto request = request_for(server.url("/in"));
  request.post = std::make_shared<const model::FormPost>(model::FormPost{.body = "a=1"});
  CHECK(outcome(web.get(request)) != "200");
  CHECK(server.requests().size() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE("the family of addresses that a site wants is dialled first, or alone") {
  TinyServer server(always(ok("x")));
  const auto first_address = [&](base::AddressFamily family) {
    auto site = loopback_site();
    site.address_family = family;
    Fetching web(site, {.hosts = {{"both.test", "::1,127.0.0.1"}}});
    return web.fetcher->address_of({.request = request_for("http://both.test/")});
  };
  using base::AddressFamily;
  CHECK(first_address(AddressFamily::any) == "::1");
  CHECK(first_address(AddressFamily::prefer_ipv4) == "127.0.0.1");
  CHECK(first_address(AddressFamily::ipv4) == "127.0.0.1");
  CHECK(first_address(AddressFamily::prefer_ipv6) == "::1");
  CHECK(first_address(AddressFamily::ipv6) == "::1");

  auto site = loopback_site();
  site.address_family = AddressFamily::ipv6;
  const fetch::DnsConfig dns{.hosts = {{"both.test", "::1,127.0.0.1"}, {"old.test", "127.0.0.1"}}};
  Fetching web(site, dns);
  for (const char* host : {"old.test", "127.0.0.1"}) {
    const auto fetched = web.get(server.url("/", host));
    REQUIRE(outcome(fetched) == "connect");
    CHECK(fetched.failure()->detail == "address_family: no IPv6 address to connect to");
  }
  // Nobody listens at [::1], and the other address is not for this site.
  CHECK(outcome(web.get(server.url("/", "both.test"))) == "connect");
  CHECK(server.connections() == 0);
  site.address_family = AddressFamily::prefer_ipv6;
  Fetching either(site, dns);
  CHECK(outcome(either.get(server.url("/", "both.test"))) == "200");
}
