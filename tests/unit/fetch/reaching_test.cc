// Hosts that take their time to be reached: whoever has other things to do is told when they are.
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/unit/fetch/fetching.h"

namespace crawld::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string answer() { return "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"; }

TinyServer::Script always_answers() {
  return [](Connection& connection) {
    while (connection.read_request()) connection.send(answer());
  };
}

// The connections that stand, or failed, as the fetcher tells them.
class Told {
 public:
  explicit Told(fetch::Fetcher& fetcher) {
    fetcher.on_reached([this](std::uint64_t connection) {
      const std::lock_guard lock(mutex_);
      all_.push_back(connection);
      changed_.notify_all();
    });
  }
  // The first `count`; fewer where they are not told within a minute.
  std::vector<std::uint64_t> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(60), [&] { return all_.size() >= count; });
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> all_;
};

// Connections of a server, from its side.
class Seen {
 public:
  TinyServer::Script script() {
    return [this](Connection& connection) {
      std::size_t requests = 0;
      while (connection.read_request()) {
        ++requests;
        connection.send(answer());
      }
      const std::lock_guard lock(mutex_);
      left_.push_back(requests);
      changed_.notify_all();
    };
  }
  // How many requests came over each of the first `count` that the client has left; fewer where it
  // does not within a minute.
  std::vector<std::size_t> left(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(60), [&] { return left_.size() >= count; });
    return left_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> left_;
};

// A name with four addresses, of which only the last has somebody who answers: it is come to after
// three quarters of a second.
struct SlowHost {
  Seen seen;
  TinyServer server{seen.script(), "127.0.3.9"};
  std::vector<SilentAddress> silent;
  fetch::DnsConfig dns;

  SlowHost() {
    for (int i = 1; i <= 3; ++i) silent.emplace_back("127.0.3." + std::to_string(i), server.port());
    dns.hosts = {{"slow.test", "127.0.3.1,127.0.3.2,127.0.3.3,127.0.3.9"}};
  }
  std::string url(const std::string& path) { return server.url(path, "slow.test"); }
};

TEST_CASE("a host that is reached at once is fetched from at once") {
  TinyServer server(always_answers());
  Fetching web;
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for(server.url("/"))};
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "200");
  CHECK(fetched->timings.connect.count() > 0);
  CHECK_FALSE(fetched->timings.reused_connection);
}

TEST_CASE("a connection of before is used without dialling") {
  TinyServer server(always_answers());
  Fetching web;
  Told told(*web.fetcher);
  for (const bool again : {false, true}) {
    model::Lease lease{.request = request_for(server.url("/"))};
    const auto fetched = web.fetcher->fetch_if_reached(lease);
    REQUIRE(fetched);
    CHECK(fetched->timings.reused_connection == again);
  }
}

TEST_CASE("a host that takes its time is told when it is reached, and fetched from then") {
  SlowHost host;
  Fetching web(loopback_site(), host.dns);
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for(host.url("/"))};
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  REQUIRE(lease.connection != 0);
  CHECK(lease.request.url.href() == host.url("/"));
  REQUIRE(told.wait_for(1) == std::vector<std::uint64_t>{lease.connection});
  // By any of the threads.
  fetch::CurlFetcher other(*web.context);
  Told told_other(other);
  const auto fetched = other.fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "200");
  CHECK(fetched->response()->remote_address == "127.0.3.9");
  CHECK(fetched->timings.connect >= milliseconds(500));  // two more addresses had their time alone
  // The gap to the next request counts from when this one could go out.
  CHECK(fetched->timings.before_lease >= milliseconds(500));
  CHECK(web.context->counts().connected == 1);
}

TEST_CASE("a host that is never reached is told, and has timed out") {
  TinyServer server(always_answers(), "127.0.3.9");
  SilentAddress silent("127.0.3.1", server.port());
  auto site = loopback_site();
  site.connect_timeout = milliseconds(600);
  Fetching web(site);
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for("http://127.0.3.1:" + std::to_string(server.port()))};
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  REQUIRE(told.wait_for(1).size() == 1);
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "timeout");
  CHECK(fetched->timings.total >= milliseconds(600));
}

TEST_CASE("a connection that was made under other settings is not used") {
  SlowHost host;
  Fetching web(loopback_site(), host.dns);
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for(host.url("/"))};
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  REQUIRE(told.wait_for(1).size() == 1);
  auto closed = loopback_site();
  closed.allow_addresses = {};
  REQUIRE(web.context->replace_sites({closed}));
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "blocked_address");
}

TEST_CASE("a connection of a site that left the configuration is closed") {
  SlowHost host;
  Fetching web(loopback_site(), host.dns);
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for(host.url("/"))};
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  REQUIRE(told.wait_for(1).size() == 1);
  REQUIRE(web.context->replace_sites({}));
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "aborted");
  CHECK(host.seen.left(1) == std::vector<std::size_t>{0});
}

TEST_CASE("a connection that another has become idle for meanwhile is closed") {
  SlowHost host;
  Fetching web(loopback_site(), host.dns);
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for(host.url("/"))};
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  REQUIRE(told.wait_for(1).size() == 1);
  REQUIRE(outcome(web.get(host.url("/other"))) == "200");
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(fetched->timings.reused_connection);
  CHECK(host.seen.left(1) == std::vector<std::size_t>{0});
}

TEST_CASE("other settings end the wait for hosts that were dialled under those of before") {
  TinyServer server(always_answers(), "127.0.3.9");
  SilentAddress silent("127.0.3.1", server.port());
  auto site = loopback_site();
  site.connect_timeout = std::chrono::hours(1);
  Fetching web(site);
  Told told(*web.fetcher);
  model::Lease lease{.request = request_for("http://127.0.3.1:" + std::to_string(server.port()))};
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  REQUIRE(web.context->replace_sites({site}));
  CHECK(told.wait_for(1) == std::vector<std::uint64_t>{lease.connection});
  // It is dialled anew, under those of now.
  const std::uint64_t before = lease.connection;
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  CHECK(lease.connection != before);
}

TEST_CASE("whoever waits for every host is never sent away") {
  SlowHost host;
  Fetching web(loopback_site(), host.dns);
  model::Lease lease{.request = request_for(host.url("/"))};
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "200");
}

TEST_CASE("a fetcher that is gone is told of nothing") {
  TinyServer server(always_answers(), "127.0.3.9");
  SilentAddress silent("127.0.3.1", server.port());
  Fetching web;
  model::Lease lease{.request = request_for("http://127.0.3.1:" + std::to_string(server.port()))};
  {
    fetch::CurlFetcher brief(*web.context);
    Told told(brief);
    REQUIRE_FALSE(brief.fetch_if_reached(lease));
  }
  // Its connection is not to be had either: the host is dialled again.
  Told told(*web.fetcher);
  const std::uint64_t before = lease.connection;
  REQUIRE_FALSE(web.fetcher->fetch_if_reached(lease));
  CHECK(lease.connection != before);
}

TEST_CASE("a stop ends the wait for a host") {
  TinyServer server(always_answers(), "127.0.3.9");
  SilentAddress silent("127.0.3.1", server.port());
  Fetching web;
  Told told(*web.fetcher);
  web.fetcher->abort();
  model::Lease lease{.request = request_for("http://127.0.3.1:" + std::to_string(server.port()))};
  const auto fetched = web.fetcher->fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(outcome(*fetched) == "aborted");
}

}  // namespace
}  // namespace crawld::tests
