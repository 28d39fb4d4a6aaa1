// "Network and HTTP/1" of the faults that must be survived, at the fetcher.
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;

namespace {

// Whatever the request, these bytes and a close.
TinyServer::Script once(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection) {
    if (connection.read_request()) connection.send(bytes);
  };
}

// One fetch of "/" from a server that runs `script`.
model::Fetched fetch_from(TinyServer::Script script,
                          fetch::SiteFetchConfig site = loopback_site()) {
  TinyServer server(std::move(script));
  Fetching web(std::move(site));
  return web.get(server.url("/"));
}

}  // namespace

TEST_CASE("nothing listens on the port: connect") {
  std::uint16_t port = 0;
  { port = TinyServer(always("")).port(); }
  Fetching web;
  const auto fetched = web.get("http://127.0.0.1:" + std::to_string(port) + "/");
  CHECK(outcome(fetched) == "connect");
  CHECK_FALSE(fetched.failure()->detail.empty());
}

TEST_CASE("a server that closes every connection at once: empty_reply, one connection") {
  TinyServer server([](Connection& connection) { connection.read_request(); });
  Fetching web;
  CHECK(outcome(web.get(server.url("/"))) == "empty_reply");
  CHECK(server.connections() == 1);
}

TEST_CASE("a server that resets every connection at once: reset") {
  CHECK(outcome(fetch_from([](Connection& connection) {
          connection.read_request();
          connection.reset();
        })) == "reset");
}

TEST_CASE("a server that says nothing: timeout after the first-byte limit") {
  auto site = loopback_site();
  site.first_byte_timeout = milliseconds(300);
  const auto before = std::chrono::steady_clock::now();
  CHECK(outcome(fetch_from([](Connection& c) { c.stay_silent(); }, site)) == "timeout");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(15));
}

TEST_CASE("what is no HTTP is a bad response") {
  std::mt19937 random(7);
  std::string noise(4'096, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const auto bytes = GENERATE_COPY(
      std::string("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), noise, std::string("<html>0.9</html>"),
      std::string("HTTP/1.1 abc def\r\nContent-Length: 0\r\n\r\n"),
      std::string("HTTP/1.1 20x OK\r\nContent-Length: 0\r\n\r\n"),
      std::string("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"),
      std::string("HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello"),
      std::string("HTTP/1.1 200 OK\r\nContent-Length: 5, 9\r\n\r\nhello"),
      std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
      std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
      std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello"));
  INFO(bytes.substr(0, 60));
  CHECK(outcome(fetch_from(once(bytes))) == "bad_response");
}

TEST_CASE("the same Content-Length twice is one length") {
  const auto fetched =
      fetch_from(once("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body == "hello");
}

TEST_CASE("bytes behind the announced length never answer the next request") {
  const std::string poison = ok("poison");
  // Together with the answer, and a moment later, when the connection is idle.
  const bool late = GENERATE(false, true);
  std::atomic<int> poisoned = 0;
  TinyServer server([&](Connection& connection) {
    while (connection.read_request()) {
      connection.send(ok("good") + (late ? "" : poison));
      if (late) connection.send(poison);
      ++poisoned;
    }
  });
  Fetching web;
  for (int i = 0; i < 5; ++i) {
    const auto fetched = web.get(server.url("/" + std::to_string(i)));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body == "good");
    while (poisoned <= i) std::this_thread::yield();
  }
}

TEST_CASE("a length that no body can have is a bad response") {
  const std::string length = GENERATE("9223372036854775808", "18446744073709551616", "-1", "+5");
  const auto fetched =
      fetch_from(once("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nhello"));
  CHECK(outcome(fetched) == "bad_response");
}

TEST_CASE("a part that nobody asked for is a page cut short; all of it is a whole one") {
  const auto part = [](const std::string& range) {
    return once("HTTP/1.1 206 Partial Content\r\n" + range + "Content-Length: 5\r\n\r\nhello");
  };
  const auto is_cut = [](const model::Fetched& fetched) {
    REQUIRE(outcome(fetched) == "206");
    return fetched.response()->truncated;
  };
  CHECK(is_cut(fetch_from(part(""))));
  CHECK(is_cut(fetch_from(part("Content-Range: bytes 0-4/9\r\n"))));
  CHECK(is_cut(fetch_from(part("Content-Range: bytes 4-8/9\r\n"))));
  CHECK(is_cut(fetch_from(part("Content-Range: bytes 0-4/*\r\n"))));
  CHECK_FALSE(is_cut(fetch_from(part("Content-Range: bytes 0-4/5\r\n"))));
  for (const char* odd : {"0-18446744073709551615/0", "0-99999999999999999999/1", "0-/1", "0-4/"}) {
    INFO(odd);
    CHECK(is_cut(fetch_from(part("Content-Range: bytes " + std::string(odd) + "\r\n"))));
  }
  TinyServer server(part("Content-Range: bytes 4-8/9\r\n"));
  auto site = loopback_site();
  site.headers = {{"Range", "bytes=4-"}};
  site.credential_origins = {"http://127.0.0.1:" + std::to_string(server.port())};
  CHECK_FALSE(is_cut(Fetching(site).get(server.url("/"))));
}

TEST_CASE("a connection with both framings serves no second request") {
  TinyServer server(
      always("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
             "5\r\nhello\r\n0\r\n\r\n"));
  Fetching web;
  REQUIRE(web.get(server.url("/")).response()->body == "hello");
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  CHECK(server.connections() == 2);
}

TEST_CASE("a header byte a second is stopped by the total timeout") {
  auto site = loopback_site();
  site.total_timeout = milliseconds(800);
  const auto fetched = fetch_from(
      [](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\n");
        connection.send_for_ever("X", 100);
      },
      site);
  CHECK(outcome(fetched) == "timeout");
}

TEST_CASE("half a body and then silence is a timeout, not a page") {
  auto site = loopback_site();
  site.total_timeout = milliseconds(800);
  const auto fetched = fetch_from(
      [](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        connection.stay_silent();
      },
      site);
  CHECK(outcome(fetched) == "timeout");
}

TEST_CASE("a body below min_rate is too slow") {
  auto site = loopback_site();
  site.total_timeout = milliseconds(30'000);
  site.min_rate = 1'000;
  site.min_rate_window = milliseconds(1'000);
  const auto before = std::chrono::steady_clock::now();
  const auto fetched = fetch_from(
      [](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\n\r\n");
        connection.send_for_ever("x", 50);
      },
      site);
  CHECK(outcome(fetched) == "too_slow");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(25));
}

TEST_CASE("an endless body is cut at the limit and kept") {
  auto site = loopback_site();
  site.max_body_size = 1 << 20;
  const auto head = GENERATE(std::string("HTTP/1.1 200 OK\r\n\r\n"),
                             std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
                             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const bool chunked = head.find("chunked") != std::string::npos;
  const auto fetched = fetch_from(
      [&](Connection& connection) {
        connection.read_request();
        connection.send(head);
        const std::string bytes(0x4000, 'x');
        connection.send_for_ever(chunked ? "4000\r\n" + bytes + "\r\n" : bytes);
      },
      site);
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->truncated);
  CHECK(fetched.response()->body.size() == 1 << 20);
}

TEST_CASE("a body of exactly the limit is whole") {
  auto site = loopback_site();
  site.max_body_size = 5;
  const auto fetched = fetch_from(once(ok("hello")), site);
  REQUIRE(outcome(fetched) == "200");
  CHECK_FALSE(fetched.response()->truncated);
}

TEST_CASE("a body that ends before its announced end is truncated, not a page") {
  const auto bytes =
      GENERATE(std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"),
               std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
               std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"));
  CHECK(outcome(fetch_from(once(bytes))) == "truncated");
  CHECK(outcome(fetch_from([&](Connection& connection) {
          connection.read_request();
          connection.send(bytes);
          connection.wait_until_read();  // the reset must not overtake the bytes
          connection.reset();
        })) == "truncated");
}

TEST_CASE("an answer that is no page holds however its body breaks off") {
  const auto [head, status] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 301 Moved\r\nLocation: /next\r\n", "301"},
      {"HTTP/1.1 404 Not Found\r\n", "404"},
      {"HTTP/1.1 410 Gone\r\n", "410"},
      {"HTTP/1.1 429 Too Many\r\nRetry-After: 9\r\n", "429"},
      {"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\n", "503"},
  }));
  const bool silent = GENERATE(true, false);
  auto site = loopback_site();
  if (silent) site.total_timeout = milliseconds(800);
  TinyServer server([&](Connection& connection) {
    connection.read_request();
    connection.send(head + (silent ? "\r\nhello" : "Content-Length: 10\r\n\r\nhello"));
    if (silent) connection.stay_silent();
  });
  Fetching web(site);
  const auto fetched = web.get(server.url("/"));
  REQUIRE(outcome(fetched) == status);
  CHECK(fetched.response()->truncated);
  CHECK(fetched.response()->broke_off);
  CHECK(fetched.response()->body == "hello");
  web.get(server.url("/again"));
  CHECK(server.connections() == 2);  // what is left of a body answers no other request
}

TEST_CASE("trailers without end are cut by the header limit") {
  const auto fetched = fetch_from([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n");
    connection.send_for_ever("X-Trailer: " + std::string(1'000, 't') + "\r\n");
  });
  CHECK(outcome(fetched) == "bad_response");
}

TEST_CASE("a trailer that looks like a status line changes nothing") {
  const auto fetched = fetch_from(
      once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n5\r\nhello\r\n0\r\n"
           "HTTP/1.1 500 Broken: x\r\nX-B: 2\r\n\r\n"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->headers.get("X-A") == "1");
  CHECK_FALSE(fetched.response()->headers.has("X-B"));
}

TEST_CASE("a thousand header lines are enough, 256 KiB of them too") {
  const std::size_t size = GENERATE(10, 2'000);
  std::size_t sent = 0;
  const auto fetched = fetch_from([&](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    sent = connection.send_for_ever("X-Flood: " + std::string(size, 'h') + "\r\n");
  });
  CHECK(outcome(fetched) == "bad_response");
}

TEST_CASE("a header line without end is told as that") {
  const auto fetched = fetch_from([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nX-Endless: ");
    connection.send_for_ever(std::string(1'000, 'h'));
  });
  REQUIRE(fetched.failure() != nullptr);
  CHECK(outcome(fetched) == "bad_response");
  CHECK(fetched.failure()->detail == "a header line over 100 KiB, or no memory left");
}

TEST_CASE("informational responses without end are cut by the header limit") {
  const auto line = GENERATE(std::string("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
                             std::string("HTTP/1.1 100 Continue\r\n\r\n"));
  const auto fetched = fetch_from([&](Connection& connection) {
    connection.read_request();
    connection.send_for_ever(line);
  });
  CHECK(outcome(fetched) == "bad_response");
}

TEST_CASE("an early hint is not the response") {
  const auto fetched =
      fetch_from(once("HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n" + ok("hello")));
  REQUIRE(outcome(fetched) == "200");
  CHECK_FALSE(fetched.response()->headers.has("X-Hint"));
}

TEST_CASE("status 999 is kept as it is") {
  CHECK(outcome(fetch_from(once("HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n"))) == "999");
}

TEST_CASE("a NUL in a header is a bad response or kept safely") {
  const std::string nul(1, '\0');
  const auto fetched =
      fetch_from(once("HTTP/1.1 200 OK\r\nX-Nul: a" + nul + "b\r\nContent-Length: 0\r\n\r\n"));
  if (fetched.response() != nullptr) {
    CHECK(fetched.response()->headers.get("X-Nul") == "a b");
  } else {
    CHECK(outcome(fetched) == "bad_response");
  }
}

TEST_CASE("bare line feeds, folded headers and space before the colon are read") {
  const auto fetched = fetch_from(
      once("HTTP/1.1 200 OK\nX-Folded: one\n  two\nX-Space : three\nContent-Length: 5\n\nhello"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body == "hello");
  CHECK(fetched.response()->headers.get("X-Folded") == "one two");
  CHECK(fetched.response()->headers.get("X-Space") == "three");
}

TEST_CASE("a 401 is booked as it is, without a second request") {
  TinyServer server(
      always("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
             "Content-Length: 0\r\n\r\n"));
  Fetching web;
  CHECK(outcome(web.get(server.url("/"))) == "401");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a keep-alive connection that closes under the request is replaced silently") {
  TinyServer server([](Connection& connection) {
    if (!connection.read_request()) return;
    connection.send(ok("x", "Connection: keep-alive\r\n"));
    connection.read_request();  // and closes without a word
  });
  Fetching web;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(outcome(web.get(server.url("/" + std::to_string(i)))) == "200");
  }
}

TEST_CASE("a keep-alive connection that resets under the request is replaced silently") {
  TinyServer server([](Connection& connection) {
    if (!connection.read_request()) return;
    connection.send(ok("x", "Connection: keep-alive\r\n"));
    connection.read_request();
    connection.reset();
  });
  Fetching web;
  for (int i = 0; i < 5; ++i) REQUIRE(outcome(web.get(server.url("/"))) == "200");
}

TEST_CASE("a redirect is a response, and nothing is followed") {
  TinyServer server(always("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"));
  Fetching web;
  const auto fetched = web.get(server.url("/"));
  REQUIRE(outcome(fetched) == "302");
  CHECK(fetched.response()->headers.get("location") == "/next");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("encoded bodies are handed on as they were sent") {
  const auto fetched =
      fetch_from(once(ok("\x1f\x8b not gzip at all", "Content-Encoding: gzip\r\n")));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body == "\x1f\x8b not gzip at all");
}

TEST_CASE("an empty body is a response") {
  const auto fetched = fetch_from(once("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->body.empty());
}

TEST_CASE("HTTP/1.0 without a length ends with the connection") {
  const auto fetched = fetch_from(once("HTTP/1.0 200 OK\r\n\r\nhello"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->http_version == "1.0");
  CHECK(fetched.response()->body == "hello");
}
