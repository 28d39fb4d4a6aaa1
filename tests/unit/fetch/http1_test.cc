// HTTP/1 as servers speak it, well and badly.
#include <catch2/catch.hpp>

#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;

TEST_CASE("a response keeps status, headers, raw body, address and timings") {
  TinyServer server(always(ok("hello", "ETag: \"a\"\r\nX-Two: 1\r\nX-Two: 2\r\n")));
  Fetching web;
  const auto fetched = web.get(server.url("/page?q=1#part"));
  INFO((fetched.failure() ? fetched.failure()->detail : ""));
  REQUIRE(outcome(fetched) == "200");
  const auto& response = *fetched.response();
  CHECK(response.body == "hello");
  CHECK(response.headers.get("etag") == "\"a\"");
  CHECK(response.headers.joined("x-two") == "1, 2");
  CHECK(response.http_version == "1.1");
  CHECK(response.remote_address == "127.0.0.1");
  CHECK(response.remote_port == server.port());
  CHECK_FALSE(response.truncated);
  CHECK(fetched.timings.total.count() > 0);
  CHECK(fetched.timings.bytes_received > 5);
  REQUIRE(server.requests().size() == 1);
  const std::string request = server.requests()[0];
  CHECK(request.starts_with("GET /page?q=1 HTTP/1.1\r\n"));
  CHECK(request.find("User-Agent: testbot/1.0\r\n") != std::string::npos);
  CHECK(request.find("Accept-Encoding: gzip, deflate, br, zstd\r\n") != std::string::npos);
}

TEST_CASE("the body of a type that is not wanted stays on the wire") {
  const std::string film(1 << 20, 'x');
  // The path, without its slash, is the type that the server says.
  TinyServer server([&](Connection& c) {
    while (const auto request = c.read_request()) {
      const std::string type = request->substr(5, request->find(' ', 5) - 5);
      c.send("HTTP/1.1 200 OK\r\nContent-Type: " + type +
             "\r\nContent-Length: " + std::to_string(film.size()) + "\r\n\r\n" + film);
    }
  });
  auto site = loopback_site();
  site.content_types = {"text/*", "application/pdf"};
  Fetching web(site);
  const auto refused = web.get(server.url("/video/mp4"));
  REQUIRE(outcome(refused) == "200");
  CHECK(refused.response()->unwanted);
  CHECK(refused.response()->body.empty());
  CHECK(refused.timings.bytes_received < film.size());
  for (const char* wanted :
       {"/text/html;charset=utf-8", "/Application/PDF", "/", "/video/mp4,text/html"}) {
    INFO(wanted);
    const auto fetched = web.get(server.url(wanted));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body.size() == film.size());
  }
  model::Request sitemap = request_for(server.url("/application/xml"));
  sitemap.purpose = model::Purpose::sitemap;
  CHECK_FALSE(web.get(sitemap).response()->unwanted);
}

TEST_CASE("a short body of a type that is not wanted costs no connection") {
  TinyServer server(
      always("HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: 6\r\n\r\nGIF89a"));
  auto site = loopback_site();
  site.content_types = {"text/*"};
  Fetching web(site);
  for (int i = 0; i < 3; ++i) CHECK(web.get(server.url("/")).response()->body.empty());
  CHECK(server.connections() == 1);
}

TEST_CASE("a connection is used again for the same origin") {
  TinyServer server(always(ok("x")));
  Fetching web;
  for (int i = 0; i < 5; ++i) REQUIRE(outcome(web.get(server.url("/"))) == "200");
  CHECK(server.connections() == 1);
  CHECK(web.context->counts().connected == 1);
}

TEST_CASE("a host that ends each connection is connected to again by its name") {
  TinyServer server([](Connection& connection) {
    if (connection.read_request()) connection.send(ok("x", "Connection: close\r\n"));
  });
  Fetching web(loopback_site(), {.hosts = {{"a.test", "127.0.0.1"}}});
  for (int i = 0; i < 3; ++i) {
    CHECK(outcome(web.get("http://a.test:" + std::to_string(server.port()) + "/")) == "200");
  }
  CHECK(server.connections() == 3);
}

// RFC 9112 section 5.1 and 5.2: who is to read such a line is told differently everywhere. What is
// 5 bytes of 10 to one reader is all there is to another.
TEST_CASE("a framing header that is folded or has a space before its colon is a bad response") {
  const auto [header, body] = GENERATE(table<std::string, std::string>({
      {"Content-Length : 10\r\n", "hello"},
      {"Content-Length\t: 5\r\n", "hello"},
      {"Content-Length: \r\n 10\r\n", "hello"},
      {"Transfer-Encoding : chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"},
      {"Transfer-Encoding:\r\n chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"},
  }));
  const std::string answer = "HTTP/1.1 200 OK\r\n" + header + "\r\n" + body;
  TinyServer server([&](Connection& connection) {
    if (connection.read_request()) connection.send(answer);
  });
  Fetching web;
  CHECK(outcome(web.get(server.url("/"))) == "bad_response");
}

// RFC 9112 section 6.3 and its appendix C.4: "identity" is no coding any more. The connection stays
// open, so a reader that waits for its end gets nothing.
TEST_CASE("a body under no transfer coding but identity ends at its Content-Length") {
  const std::string coding = GENERATE("", "identity", "Identity, ");
  const bool length_first = GENERATE(true, false);
  const auto [body, sent] = GENERATE(
      table<std::string, std::string>({{"hello", "hello"}, {"hello", "helloHTTP/1.1"}, {"", ""}}));
  const std::string line = "Transfer-Encoding: " + coding + "\r\n";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  TinyServer server(always("HTTP/1.1 200 OK\r\n" + (length_first ? length + line : line + length) +
                           "\r\n" + sent));
  Fetching web;
  for (int i = 0; i < 2; ++i) {
    const auto fetched = web.get(server.url("/"));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->body == body);
    CHECK_FALSE(fetched.response()->truncated);
  }
}

TEST_CASE("a body under identity that ends before its Content-Length is truncated") {
  TinyServer server([](Connection& connection) {
    if (!connection.read_request()) return;
    connection.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 10\r\n\r\nhello");
  });
  Fetching web;
  CHECK(outcome(web.get(server.url("/"))) == "truncated");
}

// RFC 9112 section 5.2. libcurl 7.88 wrote such a line behind the last header of the answer
// before, which was freed.
TEST_CASE("an answer whose first header line is folded harms nobody on a connection in use") {
  TinyServer server([](Connection& connection) {
    if (!connection.read_request()) return;
    connection.send(ok("x", "X-Last: of the first answer\r\n"));
    if (!connection.read_request()) return;
    connection.send("HTTP/1.1 200 OK\r\n folded: " + std::string(500, 'f') +
                    "\r\nContent-Length: 1\r\n\r\ny");
  });
  Fetching web;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(outcome(web.get(server.url("/"))) == "200");
    const auto second = web.get(server.url("/folded"));
    CHECK(second.timings.reused_connection);
    CHECK((outcome(second) == "bad_response" || outcome(second) == "200"));
  }
}

TEST_CASE("another thread's fetcher uses the idle connection of the origin") {
  TinyServer server(always(ok("x")));
  Fetching web;
  REQUIRE(outcome(web.get(server.url("/"))) == "200");
  fetch::CurlFetcher other(*web.context);
  const auto fetched = other.fetch({.request = request_for(server.url("/"))});
  CHECK(outcome(fetched) == "200");
  CHECK(fetched.timings.reused_connection);
  CHECK(server.connections() == 1);
}

TEST_CASE("abort ends a stalled transfer at once") {
  TinyServer server([](Connection& c) { c.stay_silent(); });
  Fetching web;
  std::thread stopper([&] {
    while (server.connections() == 0) std::this_thread::yield();
    web.fetcher->abort();
  });
  const auto before = std::chrono::steady_clock::now();
  const auto fetched = web.get(server.url("/"));
  stopper.join();
  CHECK(outcome(fetched) == "aborted");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(15));
  CHECK(outcome(web.get(server.url("/"))) == "aborted");
}
