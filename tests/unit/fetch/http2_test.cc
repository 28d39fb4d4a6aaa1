// "HTTP/2" of the faults that must be survived, in frames written by hand
// (RFC 9113 section 4.1).
#include <catch2/catch.hpp>

#include "tests/support/certificates.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;

namespace {

enum FrameType {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoaway = 7,
  kContinuation = 9
};
constexpr int kEndStream = 1;
constexpr int kAck = 1;
constexpr int kEndHeaders = 4;
constexpr int kIndexed200 = 0x88;  // ":status: 200", RFC 7541 appendix A

std::string number(std::uint32_t value, int width) {
  std::string out;
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
  return out;
}

std::string frame(int type, int flags, std::uint32_t stream, const std::string& payload = {}) {
  return number(static_cast<std::uint32_t>(payload.size()), 3) + static_cast<char>(type) +
         static_cast<char>(flags) + number(stream, 4) + payload;
}

std::string goaway(std::uint32_t last_stream) {
  return frame(kGoaway, 0, 0, number(last_stream, 4) + number(0, 4));
}

std::string status_200() { return std::string(1, static_cast<char>(kIndexed200)); }

// Says hello and returns the stream of the next request; 0 once the client left.
std::uint32_t next_stream(Connection& connection, bool first) {
  if (first) {
    if (!connection.read_bytes(24)) return 0;
    connection.send(frame(kSettings, 0, 0));
  }
  while (auto head = connection.read_bytes(9)) {
    const auto byte = [&](int i) {
      return static_cast<std::uint32_t>(
          static_cast<unsigned char>((*head)[static_cast<std::size_t>(i)]));
    };
    const std::uint32_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
    if (!connection.read_bytes(size)) return 0;
    if (byte(3) == kSettings && (byte(4) & kAck) == 0) connection.send(frame(kSettings, kAck, 0));
    if (byte(3) == kHeaders) return byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
  }
  return 0;
}

void answer(Connection& connection, std::uint32_t stream, const std::string& body) {
  connection.send(frame(kHeaders, kEndHeaders, stream, status_200()));
  connection.send(frame(kData, kEndStream, stream, body));
}

class Http2Server {
 public:
  explicit Http2Server(TinyServer::Script script)
      : files_(authority_.issue("127.0.0.1")),
        server(std::move(script), TinyServer::Tls{files_.certificate, files_.key, true}) {}

  fetch::SiteFetchConfig site(milliseconds total_timeout = std::chrono::seconds(30)) const {
    auto site = loopback_site();
    site.ca_certificate = authority_.certificate();
    site.total_timeout = total_timeout;
    return site;
  }

 private:
  TestAuthority authority_;
  TestAuthority::Files files_;

 public:
  TinyServer server;
};

}  // namespace

TEST_CASE("HTTP/2 is spoken where the server offers it, on one connection") {
  Http2Server peer([](Connection& connection) {
    bool first = true;
    while (const auto stream = next_stream(connection, std::exchange(first, false))) {
      answer(connection, stream, "hello");
    }
  });
  Fetching web(peer.site());
  for (int i = 0; i < 3; ++i) {
    const auto fetched = web.get(peer.server.url("/"));
    INFO((fetched.failure() ? fetched.failure()->detail : ""));
    REQUIRE(outcome(fetched) == "200");
    CHECK(fetched.response()->http_version == "2");
    CHECK(fetched.response()->body == "hello");
  }
  CHECK(peer.server.connections() == 1);
}

TEST_CASE("http2 off speaks HTTP/1.1") {
  TestAuthority authority;
  const auto files = authority.issue("127.0.0.1");
  TinyServer server(always(ok("x")), TinyServer::Tls{files.certificate, files.key, true});
  auto site = loopback_site();
  site.ca_certificate = authority.certificate();
  site.http2 = false;
  Fetching web(site);
  const auto fetched = web.get(server.url("/"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->http_version == "1.1");
}

TEST_CASE("a stream that GOAWAY left unprocessed is asked for once more, on a new connection") {
  Http2Server peer([](Connection& connection) {
    const auto stream = next_stream(connection, true);
    if (connection.number() == 0) {
      connection.send(goaway(0));
      connection.stay_silent();
    } else if (stream != 0) {
      answer(connection, stream, "hello");
    }
  });
  Fetching web(peer.site());
  const auto fetched = web.get(peer.server.url("/"));
  INFO((fetched.failure() ? fetched.failure()->detail : ""));
  CHECK(outcome(fetched) == "200");
  CHECK(peer.server.connections() == 2);
}

TEST_CASE("GOAWAY on every connection ends after the second") {
  Http2Server peer([](Connection& connection) {
    next_stream(connection, true);
    connection.send(goaway(0));
    connection.stay_silent();
  });
  Fetching web(peer.site());
  const auto fetched = web.get(peer.server.url("/"));
  CHECK(outcome(fetched) == "reset");
  CHECK(peer.server.connections() == 2);
}

TEST_CASE("a stream that the server refuses is asked for a bounded number of times") {
  Http2Server peer([](Connection& connection) {
    bool first = true;
    while (const auto stream = next_stream(connection, std::exchange(first, false))) {
      connection.send(frame(kReset, 0, stream, number(7, 4)));  // REFUSED_STREAM
    }
  });
  Fetching web(peer.site());
  CHECK(outcome(web.get(peer.server.url("/"))) == "reset");
  CHECK(peer.server.connections() <= 8);
}

TEST_CASE("CONTINUATION frames without end close the connection") {
  std::size_t sent = 0;
  Http2Server peer([&](Connection& connection) {
    const auto stream = next_stream(connection, true);
    connection.send(frame(kHeaders, 0, stream, status_200()));
    // A literal header that is not indexed, over and over.
    const std::string field =
        std::string("\0\1a", 3) + '\x7f' + std::string("\x81\x07", 2) + std::string(1'024, 'x');
    sent = connection.send_for_ever(frame(kContinuation, 0, stream, field));
  });
  Fetching web(peer.site());
  const auto fetched = web.get(peer.server.url("/"));
  REQUIRE(fetched.failure() != nullptr);
  INFO(outcome(fetched) << ": " << fetched.failure()->detail);
  CHECK(fetched.timings.total < std::chrono::seconds(20));
}

TEST_CASE("a flood of PING and SETTINGS does not outlast the time-out") {
  Http2Server peer([](Connection& connection) {
    next_stream(connection, true);
    connection.send_for_ever(frame(kPing, 0, 0, std::string(8, 'p')) + frame(kSettings, 0, 0));
  });
  Fetching web(peer.site(milliseconds(1'000)));
  const auto fetched = web.get(peer.server.url("/"));
  REQUIRE(fetched.failure() != nullptr);
  INFO(outcome(fetched) << ": " << fetched.failure()->detail);
  CHECK(fetched.timings.total < std::chrono::seconds(20));
}

TEST_CASE("headers and then no data for ever are a time-out") {
  Http2Server peer([](Connection& connection) {
    const auto stream = next_stream(connection, true);
    connection.send(frame(kHeaders, kEndHeaders, stream, status_200()));
    connection.stay_silent();
  });
  Fetching web(peer.site(milliseconds(1'000)));
  CHECK(outcome(web.get(peer.server.url("/"))) == "timeout");
}

TEST_CASE("an HTTP/2 body that breaks off is truncated, not a page") {
  Http2Server peer([](Connection& connection) {
    const auto stream = next_stream(connection, true);
    connection.send(frame(kHeaders, kEndHeaders, stream, status_200()) +
                    frame(kData, 0, stream, "hel"));
  });
  Fetching web(peer.site());
  CHECK(outcome(web.get(peer.server.url("/"))) == "truncated");
}

// Once it answers to this the client has read what was sent before.
void wait_until_taken(Connection& connection) {
  connection.send(frame(kPing, 0, 0, "12345678"));
  while (auto head = connection.read_bytes(9)) {
    const auto size = static_cast<unsigned char>((*head)[2]);
    if (!connection.read_bytes(size) || (*head)[3] == kPing) return;
  }
}

struct BreakOff {
  std::string how;
  std::string frames;
};

std::vector<BreakOff> ways_to_break_off() {
  return {{"the connection closes", ""},
          {"RST_STREAM, INTERNAL_ERROR", frame(kReset, 0, 1, number(2, 4))},
          {"RST_STREAM, CANCEL", frame(kReset, 0, 1, number(8, 4))},
          {"GOAWAY of this stream", goaway(0)}};
}

// A site whose answer of this status (RFC 7541 appendix A) breaks off, behind some data or none.
model::Fetched breaks_off(char status, const std::string& data, const BreakOff& end) {
  Http2Server peer([&](Connection& connection) {
    if (next_stream(connection, true) != 1) return;
    connection.send(frame(kHeaders, kEndHeaders, 1, std::string(1, status)) +
                    (data.empty() ? "" : frame(kData, 0, 1, data)));
    wait_until_taken(connection);
    connection.send(end.frames);
    connection.wait_until_read();
  });
  Fetching web(peer.site());
  return web.get(peer.server.url("/"));
}

TEST_CASE("an HTTP/2 answer that is no page holds however its body breaks off") {
  for (const BreakOff& end : ways_to_break_off()) {
    for (const std::string data : {"hel", ""}) {
      INFO(end.how << (data.empty() ? " behind the headers" : " behind data"));
      const auto fetched = breaks_off(static_cast<char>(0x8d), data, end);
      INFO((fetched.failure() ? fetched.failure()->detail : ""));
      CHECK(outcome(fetched) == "404");
      if (!fetched.response()) continue;
      CHECK(fetched.response()->truncated);
      CHECK(fetched.response()->broke_off);
      CHECK(fetched.response()->body == data);
    }
  }
}

TEST_CASE("an HTTP/2 page is whole or none, however it breaks off") {
  for (const BreakOff& end : ways_to_break_off()) {
    for (const std::string data : {"hel", ""}) {
      INFO(end.how << (data.empty() ? " behind the headers" : " behind data"));
      const auto fetched = breaks_off(static_cast<char>(kIndexed200), data, end);
      CHECK(outcome(fetched) == "truncated");
    }
  }
}

TEST_CASE("an HTTP/2 answer that is no page holds when its body never ends") {
  Http2Server peer([](Connection& connection) {
    if (next_stream(connection, true) != 1) return;
    connection.send(frame(kHeaders, kEndHeaders, 1, "\x8d") + frame(kData, 0, 1, "hel"));
    connection.stay_silent();
  });
  Fetching web(peer.site(milliseconds(1'000)));
  const auto fetched = web.get(peer.server.url("/"));
  REQUIRE(outcome(fetched) == "404");
  CHECK(fetched.response()->broke_off);
}
