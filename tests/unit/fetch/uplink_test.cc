// A network that is gone, and what is fetched then.
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <future>

#include "crawler/fetch/enduring_fetcher.h"
#include "crawler/fetch/uplink.h"

using namespace crawld;
using fetch::Uplink;
using Finding = Uplink::Finding;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

base::Instant now() { return std::chrono::steady_clock::now(); }

// A network that can be taken away.
struct Net {
  std::atomic<Finding> finding{Finding::reached};
  std::atomic<int> dials{0};
  Uplink uplink{[this](std::span<const Uplink::Endpoint>, const std::stop_token&) {
    ++dials;
    return finding.load();
  }};

  // So many hosts were reached, long ago.
  void knows(int hosts) {
    for (int i = 0; i < hosts; ++i)
      uplink.reached({"192.0.2." + std::to_string(i + 1), 80}, now() - hours(1));
  }
  bool was_gone() { return uplink.was_gone(now(), {}); }
};

// Fails at first, as told; then everything answers.
class Failing final : public fetch::Fetcher {
 public:
  Failing(Net& net, int& fetches) : net_(net), fetches_(fetches) {}
  std::optional<std::string> address_of(const model::Lease&) override { return "192.0.2.1"; }
  model::Fetched fetch(model::Lease lease) override {
    ++fetches_;
    model::Fetched fetched{.lease = std::move(lease)};
    if (net_.finding == Finding::reached) {
      fetched.outcome = model::Response{.status = 200, .remote_address = "192.0.2.1"};
    } else {
      fetched.outcome = model::FetchFailure{model::FetchFailureKind::connect, "no route"};
    }
    return fetched;
  }
  void abort() override {}

 private:
  Net& net_;
  int& fetches_;
};

void wait_for(const auto& condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace

TEST_CASE("a host fails by itself where others can be reached") {
  Net net;
  net.knows(4);
  const base::Instant began = now();
  CHECK_FALSE(net.uplink.was_gone(began, {}));
  CHECK(net.dials == 1);
  SECTION("and they are not dialled for each one that does") {
    CHECK_FALSE(net.uplink.was_gone(began, {}));
    CHECK(net.dials == 1);
  }
}

TEST_CASE("a network that is gone is waited for, by all who miss it") {
  Net net;
  net.knows(4);
  net.finding = GENERATE(Finding::silent, Finding::no_route);
  auto first = std::async(std::launch::async, [&] { return net.was_gone(); });
  auto second = std::async(std::launch::async, [&] { return net.was_gone(); });
  wait_for([&] { return net.uplink.waiting() == 2; });
  net.finding = Finding::reached;
  CHECK(first.get());
  CHECK(second.get());
  CHECK(net.uplink.waiting() == 0);
}

TEST_CASE("two silent hosts are no proof that the network is gone, but a missing route is") {
  Net net;
  net.knows(2);
  net.finding = Finding::silent;
  CHECK_FALSE(net.was_gone());
  net.finding = Finding::no_route;
  auto waits =
      std::async(std::launch::async, [&] { return net.uplink.was_gone(now() + seconds(10), {}); });
  wait_for([&] { return net.uplink.waiting() == 1; });
  net.finding = Finding::reached;
  net.uplink.reached({"192.0.2.1", 80}, now() + seconds(20));
  CHECK(waits.get());
}

TEST_CASE("nobody waits for a network that was never there") {
  Net net;
  net.finding = Finding::no_route;
  CHECK_FALSE(net.was_gone());
}

TEST_CASE("a stop ends the wait for the network") {
  Net net;
  net.knows(4);
  net.finding = Finding::no_route;
  std::stop_source stop;
  auto waits =
      std::async(std::launch::async, [&] { return net.uplink.was_gone(now(), stop.get_token()); });
  wait_for([&] { return net.uplink.waiting() == 1; });
  stop.request_stop();
  CHECK_FALSE(waits.get());
}

TEST_CASE("what failed for want of a network is fetched again when there is one") {
  Net net;
  net.knows(4);
  net.finding = Finding::no_route;
  int fetches = 0;
  fetch::EnduringFetcher fetcher(std::make_unique<Failing>(net, fetches), net.uplink);
  auto fetched = std::async(std::launch::async, [&] {
    return fetcher.fetch({.request = {.url = *model::Url::parse("http://a.test/")}});
  });
  wait_for([&] { return net.uplink.waiting() == 1; });
  net.finding = Finding::reached;
  const model::Fetched outcome = fetched.get();
  REQUIRE(outcome.response() != nullptr);
  CHECK(fetches == 2);
  SECTION("and the host's clock counts from then on") {
    CHECK(outcome.timings.dns > std::chrono::microseconds(0));
  }
}

namespace {

// A host that takes its time to be reached, and then answers.
class Slow final : public fetch::Fetcher {
 public:
  std::optional<std::string> address_of(const model::Lease&) override { return "192.0.2.1"; }
  void on_reached(const std::function<void(std::uint64_t)>& reached) override {
    reached_ = reached;
  }
  model::Fetched fetch(model::Lease lease) override {
    return {.lease = std::move(lease),
            .outcome = model::Response{.status = 200, .remote_address = "192.0.2.1"}};
  }
  std::optional<model::Fetched> fetch_if_reached(model::Lease& lease) override {
    if (lease.connection != 0) return fetch(std::move(lease));
    lease.connection = 7;
    reached_(7);
    return std::nullopt;
  }
  void abort() override {}

 private:
  std::function<void(std::uint64_t)> reached_;
};

}  // namespace

TEST_CASE("a host that takes its time is told through the wait for the network") {
  Net net;
  fetch::EnduringFetcher fetcher(std::make_unique<Slow>(), net.uplink);
  std::uint64_t told = 0;
  fetcher.on_reached([&](std::uint64_t connection) { told = connection; });
  model::Lease lease{.request = {.url = *model::Url::parse("http://a.test/")}};
  CHECK_FALSE(fetcher.fetch_if_reached(lease));
  CHECK(told == 7);
  CHECK(lease.connection == 7);
  const auto fetched = fetcher.fetch_if_reached(lease);
  REQUIRE(fetched);
  CHECK(fetched->response()->status == 200);
}

TEST_CASE(
    "a host that could not be reached for want of a network is asked again when there is one") {
  Net net;
  net.knows(4);
  net.finding = Finding::no_route;
  int fetches = 0;
  fetch::EnduringFetcher fetcher(std::make_unique<Failing>(net, fetches), net.uplink);
  model::Lease lease{.request = {.url = *model::Url::parse("http://a.test/")}};
  auto fetched = std::async(std::launch::async, [&] { return fetcher.fetch_if_reached(lease); });
  wait_for([&] { return net.uplink.waiting() == 1; });
  net.finding = Finding::reached;
  CHECK(fetched.get()->response() != nullptr);
  CHECK(fetches == 2);
}
