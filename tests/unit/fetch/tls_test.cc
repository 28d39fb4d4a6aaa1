// "TLS" of the faults that must be survived.
#include <openssl/ssl.h>
#include <pthread.h>

#include <catch2/catch.hpp>

#include <ctime>

#include "tests/support/certificates.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

TestAuthority& authority() {
  static TestAuthority one;
  return one;
}

TinyServer::Tls tls(const TestAuthority::Files& files) { return {files.certificate, files.key}; }

fetch::SiteFetchConfig trusting_site() {
  auto site = loopback_site();
  site.ca_certificate = authority().certificate();
  return site;
}

}  // namespace

TEST_CASE("a server with a valid certificate is read, and its connection used again") {
  TinyServer server(always(ok("secret")), tls(authority().issue("127.0.0.1")));
  Fetching web(trusting_site());
  for (int i = 0; i < 3; ++i) {
    const auto fetched = web.get(server.url("/"));
    INFO((fetched.failure() ? fetched.failure()->detail : ""));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body == "secret");
    CHECK((fetched.timings.tls.count() > 0) == (i == 0));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("the name in the certificate is the name in the URL") {
  TinyServer server(always(ok("x")), tls(authority().issue("a.test")));
  Fetching web(trusting_site(), {.hosts = {{"a.test", "127.0.0.1"}, {"b.test", "127.0.0.1"}}});
  CHECK(outcome(web.get(server.url("/", "a.test"))) == "200");
  CHECK(outcome(web.get(server.url("/", "b.test"))) == "tls");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a certificate that is expired or not yet valid is refused before the request") {
  const auto validity =
      GENERATE(TestAuthority::Validity{-7'200, -3'600}, TestAuthority::Validity{3'600, 7'200});
  TinyServer server(always(ok("x")), tls(authority().issue("127.0.0.1", validity)));
  Fetching web(trusting_site());
  CHECK(outcome(web.get(server.url("/"))) == "tls");
  CHECK(server.requests().empty());
}

TEST_CASE("of a certificate that is expired or not yet valid the date is told") {
  const std::time_t now = std::time(nullptr);
  const auto day = [&](long from_now) {
    const std::time_t at = now + from_now;
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&at));
    return std::string(text);
  };
  constexpr long kDay = 86'400;
  // A minute later as well: midnight may come in between.
  const auto told = [](const TestAuthority::Validity& validity) {
    TinyServer server(always(ok("x")), tls(authority().issue("127.0.0.1", validity)));
    Fetching web(trusting_site());
    const auto fetched = web.get(server.url("/"));
    REQUIRE(fetched.failure());
    return fetched.failure()->detail;
  };
  CHECK_THAT(told({-9 * kDay, -4 * kDay}),
             Catch::Contains("has expired (valid until " + day(-4 * kDay)) ||
                 Catch::Contains("(valid until " + day(-4 * kDay + 60)));
  CHECK_THAT(told({4 * kDay, 9 * kDay}), Catch::Contains("(valid from " + day(4 * kDay)) ||
                                             Catch::Contains("(valid from " + day(4 * kDay + 60)));
}

TEST_CASE("a certificate of an unknown authority is refused before the request") {
  TinyServer server(always(ok("x")), tls(authority().issue("127.0.0.1")));
  Fetching web;
  CHECK(outcome(web.get(server.url("/"))) == "tls");
  CHECK(server.requests().empty());
}

TEST_CASE("verify_tls off takes any certificate") {
  TinyServer server(always(ok("x")), tls(authority().issue("elsewhere.test")));
  auto site = loopback_site();
  site.verify_tls = false;
  Fetching web(site);
  CHECK(outcome(web.get(server.url("/"))) == "200");
}

TEST_CASE("a version of TLS below the lowest that is accepted is refused before the request") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.max_version = TLS1_2_VERSION;
  TinyServer server(always(ok("x")), files);
  const auto with_lowest = [&](base::TlsVersion lowest) {
    auto site = trusting_site();
    site.tls_min_version = lowest;
    return outcome(Fetching(site).get(server.url("/")));
  };
  CHECK(with_lowest(base::TlsVersion::system) == "200");
  CHECK(with_lowest(base::TlsVersion::tls1_2) == "200");
  CHECK(with_lowest(base::TlsVersion::tls1_3) == "tls");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a server of old is reached where its version and ciphers are asked for") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.max_version = TLS1_1_VERSION;
  TinyServer server(always(ok("x")), files);
  auto site = trusting_site();
  CHECK(outcome(Fetching(site).get(server.url("/"))) == "tls");
  site.tls_min_version = base::TlsVersion::tls1_1;
  site.tls_ciphers = "DEFAULT@SECLEVEL=0";
  CHECK(outcome(Fetching(site).get(server.url("/"))) == "200");
}

TEST_CASE("only the ciphers of the list are offered") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.max_version = TLS1_2_VERSION;
  TinyServer server(always(ok("x")), files);
  const auto with_ciphers = [&](const std::string& ciphers) {
    auto site = trusting_site();
    site.tls_ciphers = ciphers;
    return outcome(Fetching(site).get(server.url("/")));
  };
  CHECK(with_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256") == "200");
  CHECK(with_ciphers("ECDHE-RSA-AES128-GCM-SHA256") == "tls");  // the certificate's key is EC
}

TEST_CASE("a server that never shakes hands is a timeout") {
  TinyServer server([](Connection& connection) { connection.stay_silent(); });
  auto site = loopback_site();
  site.connect_timeout = std::chrono::milliseconds(400);
  Fetching web(site);
  CHECK(outcome(web.get("https://127.0.0.1:" + std::to_string(server.port()) + "/")) == "timeout");
}

TEST_CASE("plain HTTP on a TLS port is a TLS failure") {
  TinyServer server([](Connection& connection) {
    connection.read_bytes(5);
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  Fetching web;
  CHECK(outcome(web.get("https://127.0.0.1:" + std::to_string(server.port()) + "/")) == "tls");
}

TEST_CASE("a body without length is whole only after close_notify") {
  const bool cut = GENERATE(false, true);
  TinyServer server(
      [&](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
        if (!cut) connection.close_tls();
      },
      tls(authority().issue("127.0.0.1")));
  Fetching web(trusting_site());
  const auto fetched = web.get(server.url("/"));
  CHECK(outcome(fetched) == (cut ? "truncated" : "200"));
}

TEST_CASE("only chunks and a length end a body before the connection does") {
  TinyServer server(
      [&](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/2.0 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello");
      },
      tls(authority().issue("127.0.0.1")));
  Fetching web(trusting_site());
  CHECK(outcome(web.get(server.url("/"))) == "truncated");
}

TEST_CASE("bytes behind the body of a TLS answer never answer the next request") {
  // In the record of the body, which libcurl leaves half read; in one of their own.
  const bool own_record = GENERATE(false, true);
  std::atomic<int> poisoned = 0;
  TinyServer server(
      [&](Connection& connection) {
        while (connection.read_request()) {
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
          connection.send(own_record ? "good" : "good" + ok("poison"));
          if (own_record) connection.send(ok("poison"));
          ++poisoned;
        }
      },
      tls(authority().issue("127.0.0.1")));
  Fetching web(trusting_site());
  for (int i = 0; i < 3; ++i) {
    const auto fetched = web.get(server.url("/" + std::to_string(i)));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body == "good");
    while (poisoned <= i) std::this_thread::yield();
  }
}

TEST_CASE("a body with its length needs no close_notify") {
  TinyServer server(
      [](Connection& connection) {
        if (connection.read_request()) connection.send(ok("hello", "Connection: close\r\n"));
      },
      tls(authority().issue("127.0.0.1")));
  Fetching web(trusting_site());
  CHECK(outcome(web.get(server.url("/"))) == "200");
}

TEST_CASE("a connection made without verification serves no site that verifies") {
  TinyServer server(always(ok("x")), tls(authority().issue("elsewhere.test")));
  auto lax = loopback_site();
  lax.verify_tls = false;
  base::SystemClock clock;
  auto context = fetch::FetchContext::open(
      {.user_agent = "t", .sites = {lax, loopback_site()}, .clock = &clock});
  REQUIRE(context);
  fetch::CurlFetcher fetcher(**context);
  auto request = request_for(server.url("/"));
  CHECK(outcome(fetcher.fetch({.request = request})) == "200");
  request.site = 1;
  CHECK(outcome(fetcher.fetch({.request = request})) == "tls");
}

TEST_CASE("a client certificate is shown to the servers of the seeds alone") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.client_authority = authority().certificate();
  const auto tell_name = [](Connection& connection) {
    while (connection.read_request()) connection.send(ok(connection.client_name()));
  };
  TinyServer own(tell_name, files);
  TinyServer other(tell_name, files);
  const auto client = authority().issue("archive.test");
  auto site = trusting_site();
  site.certificate = client.certificate;
  site.private_key = authority().lock(client.key, "hunter2");
  site.private_key_password = "hunter2";
  site.credential_origins = {own.url("")};
  Fetching web(site);
  const auto at_own = web.get(own.url("/"));
  const auto at_other = web.get(other.url("/"));
  REQUIRE(outcome(at_own) == "200");
  REQUIRE(outcome(at_other) == "200");
  CHECK(at_own.response()->body == "archive.test");
  CHECK(at_other.response()->body.empty());
}

TEST_CASE("a server that turns away who shows no certificate is a TLS failure") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.client_authority = authority().certificate();
  files.client_must = true;
  files.max_version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  TinyServer server(always(ok("x")), files);
  Fetching web(trusting_site());
  const auto fetched = web.get(server.url("/"));
  REQUIRE(fetched.failure() != nullptr);
  CHECK(outcome(fetched) == "tls");
  CHECK_THAT(fetched.failure()->detail, Catch::Contains("alert"));
}

TEST_CASE("a server that asks for a certificate and breaks off is a TLS failure, too") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.client_authority = authority().certificate();
  TinyServer server(
      [](Connection& connection) {
        connection.read_request();
        connection.reset();
      },
      files);
  Fetching web(trusting_site());
  const auto fetched = web.get(server.url("/"));
  REQUIRE(fetched.failure() != nullptr);
  CHECK(outcome(fetched) == "tls");
  CHECK_THAT(fetched.failure()->detail, Catch::Contains("asked for a client certificate"));
}

TEST_CASE("an https proxy is not shown the certificate for the host") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.client_authority = authority().certificate();
  TinyServer proxy(
      [](Connection& connection) {
        while (connection.read_request()) connection.send(ok("<" + connection.client_name() + ">"));
      },
      files);
  const auto client = authority().issue("archive.test");
  auto site = trusting_site();
  site.certificate = client.certificate;
  site.private_key = client.key;
  site.credential_origins = {"http://outside.test"};
  site.proxies = {proxy.url("")};
  Fetching web(site, {.hosts = {{"outside.test", "8.8.8.8"}}});
  const auto fetched = web.get("http://outside.test/");
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body == "<>");
}

TEST_CASE("a connection made with a client certificate serves no site without it") {
  auto files = tls(authority().issue("127.0.0.1"));
  files.client_authority = authority().certificate();
  TinyServer server(
      [](Connection& connection) {
        while (connection.read_request()) connection.send(ok("<" + connection.client_name() + ">"));
      },
      files);
  const auto client = authority().issue("archive.test");
  auto known = trusting_site();
  known.certificate = client.certificate;
  known.private_key = client.key;
  known.credential_origins = {server.url("")};
  base::SystemClock clock;
  auto context = fetch::FetchContext::open(
      {.user_agent = "t", .sites = {known, trusting_site()}, .clock = &clock});
  REQUIRE(context);
  fetch::CurlFetcher fetcher(**context);
  auto request = request_for(server.url("/"));
  for (const auto& [site, name] :
       {std::pair{0, "<archive.test>"}, {1, "<>"}, {0, "<archive.test>"}}) {
    request.site = static_cast<model::SiteId>(site);
    const auto fetched = fetcher.fetch({.request = request});
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body == name);
  }
  CHECK(server.connections() == 2);
}

TEST_CASE("a TLS transfer fits on a stack of 128 KiB") {
  TinyServer server(always(ok("secret")), tls(authority().issue("127.0.0.1")));
  Fetching web(trusting_site());
  struct Job {
    Fetching& web;
    std::string url;
    std::string seen;
  } job{web, server.url("/"), ""};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 128 << 10) == 0);
  pthread_t thread;
  const auto body = [](void* arg) -> void* {
    Job& mine = *static_cast<Job*>(arg);
    mine.seen = outcome(mine.web.get(mine.url));
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, body, &job) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(job.seen == "200");
}

TEST_CASE("a host that said https only over a verified connection gets no request over http") {
  TinyServer secure(always(ok("x", "Strict-Transport-Security: max-age=600\r\n")),
                    tls(authority().issue("a.test")));
  TinyServer plain(always(ok("in clear")));
  const fetch::DnsConfig dns{.hosts = {{"a.test", "127.0.0.1"}}};
  auto site = trusting_site();
  const bool verified = GENERATE(true, false);
  site.verify_tls = verified;
  Fetching web(site, dns);
  REQUIRE(outcome(web.get(plain.url("/", "a.test"))) == "200");
  const auto told = web.get(secure.url("/", "a.test"));
  REQUIRE(outcome(told) == "200");
  CHECK(told.hsts.has_value() == verified);
  const auto again = web.get(plain.url("/x?y", "a.test"));
  if (!verified) {
    CHECK(outcome(again) == "200");
    return;
  }
  REQUIRE(outcome(again) == "307");
  CHECK(again.response()->by_hsts);
  CHECK(again.response()->headers.get("Location") ==
        "https://a.test:" + std::to_string(plain.port()) + "/x?y");
  CHECK_FALSE(again.hsts);
  CHECK(plain.requests().size() == 1);
  // Said over and over, it is to be stored once.
  CHECK_FALSE(web.get(secure.url("/", "a.test")).hsts);
}

TEST_CASE(
    "what a host says over http of https only is heeded by nobody, and by no site without hsts") {
  TinyServer plain(always(ok("x", "Strict-Transport-Security: max-age=600\r\n")));
  const fetch::DnsConfig dns{.hosts = {{"a.test", "127.0.0.1"}}};
  Fetching web(loopback_site(), dns);
  for (int i = 0; i < 2; ++i) CHECK(outcome(web.get(plain.url("/", "a.test"))) == "200");
  TinyServer secure(always(ok("x", "Strict-Transport-Security: max-age=600\r\n")),
                    tls(authority().issue("a.test")));
  auto site = trusting_site();
  site.hsts = false;
  Fetching careless(site, dns);
  CHECK_FALSE(careless.get(secure.url("/", "a.test")).hsts);
  const model::HstsHost known[] = {{.name = "a.test",
                                    .told_at = careless.clock.wall(),
                                    .until = careless.clock.wall() + std::chrono::hours(1)}};
  careless.context->hsts_hosts().restore(known, careless.clock.wall());
  CHECK(outcome(careless.get(plain.url("/", "a.test"))) == "200");
}

TEST_CASE("no version of TLS above the highest is offered, also to a server that has it") {
  TinyServer server(
      [](Connection& connection) {
        while (connection.read_request()) connection.send(ok(connection.tls_version()));
      },
      tls(authority().issue("127.0.0.1")));
  const auto spoken = [&](base::TlsVersion highest) {
    auto site = trusting_site();
    site.tls_max_version = highest;
    Fetching web(site);
    const auto fetched = web.get(server.url("/"));
    REQUIRE(outcome(fetched) == "200");
    return fetched.response()->body;
  };
  CHECK(spoken(base::TlsVersion::tls1_2) == "TLSv1.2");
  CHECK(spoken(base::TlsVersion::tls1_3) == "TLSv1.3");
  CHECK(spoken(base::TlsVersion::system) == "TLSv1.3");
}
