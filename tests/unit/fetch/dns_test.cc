// Names: "DNS" of the faults that must be survived, and the cache.

#include <atomic>
#include <catch2/catch.hpp>
#include <future>

#include "crawler/fetch/dns_message.h"
#include "tests/support/name_server.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;
using fetch::DnsFailure;
using std::chrono::milliseconds;
using Type = DnsRecord::Type;

namespace {

class HandClock final : public base::Clock {
 public:
  base::Instant now() const override { return now_; }
  base::WallTime wall() const override { return base::from_millis(0); }
  void advance(std::chrono::seconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<base::Instant> now_ = base::Instant() + std::chrono::hours(1);
};

fetch::DnsConfig asking(const NameServer& server) {
  fetch::DnsConfig dns;
  dns.servers = {server.address()};
  dns.query_timeout = milliseconds(1'000);
  dns.outage_at_start = dns.outage = milliseconds(0);
  return dns;
}

NameServer::Zone only_a(std::vector<DnsRecord> records) {
  return [records = std::move(records)](const std::string&, Type type) {
    return type == Type::a ? DnsReply{.records = records} : DnsReply{};
  };
}

std::unique_ptr<fetch::Resolver> resolver(const fetch::DnsConfig& config,
                                          const base::Clock& clock) {
  auto opened = fetch::Resolver::open(config, clock);
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  return std::move(*opened);
}

fetch::Resolution ask(fetch::Resolver& resolver, const std::string& name,
                      milliseconds timeout = milliseconds(20'000)) {
  return resolver.resolve(name, 80, timeout, {});
}

// A time that nothing here comes near, even on a busy machine.
constexpr milliseconds kLong = std::chrono::minutes(2);

std::vector<std::string> texts(const fetch::Resolution& resolution) {
  std::vector<std::string> out;
  for (const auto& address : resolution.addresses) out.push_back(address.text());
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a name has all its addresses, IPv4 first") {
  NameServer server([](const std::string&, Type type) {
    if (type == Type::a)
      return DnsReply{.records = {{Type::a, "192.0.2.1"}, {Type::a, "192.0.2.2"}}};
    return DnsReply{.records = {{Type::aaaa, "2001:db8::1"}}};
  });
  base::SystemClock clock;
  auto names = resolver(asking(server), clock);
  CHECK(texts(ask(*names, "a.test")) == Texts{"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  CHECK(texts(ask(*names, "A.Test.")) == Texts{"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  CHECK(server.questions("a.test") == 2);
}

TEST_CASE("an answer is asked for again when its TTL has passed, between 5 s and 1 h") {
  const auto [ttl, kept] =
      GENERATE(table<std::uint32_t, int>({{0, 5}, {100, 100}, {86'400, 3'600}}));
  NameServer server(only_a({{Type::a, "192.0.2.1", ttl}, {Type::a, "192.0.2.2", 90'000}}));
  HandClock clock;
  auto names = resolver(asking(server), clock);
  ask(*names, "a.test");
  clock.advance(std::chrono::seconds(kept - 1));
  ask(*names, "a.test");
  CHECK(server.questions("a.test") == 2);
  clock.advance(std::chrono::seconds(1));
  CHECK(texts(ask(*names, "a.test")).size() == 2);
  CHECK(server.questions("a.test") == 4);
}

TEST_CASE("no such name is remembered as long as the SOA says, or a minute") {
  const auto [minimum, kept] = GENERATE(table<int, int>({{-1, 60}, {20, 20}, {90'000, 3'600}}));
  NameServer server([minimum = minimum](const std::string&, Type) {
    DnsReply reply{.code = 3};
    if (minimum >= 0) reply.soa_minimum = static_cast<std::uint32_t>(minimum);
    return reply;
  });
  HandClock clock;
  auto names = resolver(asking(server), clock);
  CHECK(ask(*names, "a.test").failure == DnsFailure::no_such_name);
  const int asked = server.questions("a.test");
  clock.advance(std::chrono::seconds(kept - 1));
  CHECK(ask(*names, "a.test").failure == DnsFailure::no_such_name);
  CHECK(server.questions("a.test") == asked);
  clock.advance(std::chrono::seconds(1));
  ask(*names, "a.test");
  CHECK(server.questions("a.test") > asked);
}

TEST_CASE("failures have names and are forgotten after seconds") {
  NameServer server([](const std::string& name, Type) {
    if (name == "broken.test") return DnsReply{.code = 2};
    if (name == "loop.test") return DnsReply{.records = {{Type::cname, "loop.test"}}};
    if (name == "silent.test") return DnsReply{.silent = true};
    return DnsReply{};
  });
  HandClock clock;
  auto names = resolver(asking(server), clock);
  CHECK(ask(*names, "broken.test").failure == DnsFailure::server_failure);
  CHECK(ask(*names, "loop.test").failure == DnsFailure::no_address);
  CHECK(ask(*names, "empty.test").failure == DnsFailure::no_address);
  CHECK(ask(*names, "silent.test").failure == DnsFailure::timeout);
  CHECK(ask(*names, std::string(70, 'x') + ".test").failure == DnsFailure::bad_name);
  const int asked = server.questions("broken.test");
  ask(*names, "broken.test");
  CHECK(server.questions("broken.test") == asked);
  clock.advance(std::chrono::seconds(5));
  ask(*names, "broken.test");
  CHECK(server.questions("broken.test") > asked);
}

TEST_CASE("a silent name holds up no other") {
  NameServer server([](const std::string& name, Type type) {
    if (name.starts_with("silent")) return DnsReply{.silent = true};
    return type == Type::a ? DnsReply{.records = {{Type::a, "192.0.2.1"}}} : DnsReply{};
  });
  auto config = asking(server);
  config.query_timeout = kLong;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  std::stop_source stop;
  std::atomic<int> answered = 0;
  std::vector<std::thread> stuck;
  for (int i = 0; i < 20; ++i) {
    stuck.emplace_back([&, i] {
      names->resolve("silent" + std::to_string(i) + ".test", 80, kLong, stop.get_token());
      ++answered;
    });
  }
  CHECK(ask(*names, "good.test").failure == DnsFailure::none);
  CHECK(answered == 0);
  stop.request_stop();
  for (auto& thread : stuck) thread.join();
}

TEST_CASE("a waiter gives up after its own time-out") {
  NameServer server([](const std::string&, Type) { return DnsReply{.silent = true}; });
  auto config = asking(server);
  config.query_timeout = kLong;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  const auto before = std::chrono::steady_clock::now();
  CHECK(ask(*names, "a.test", milliseconds(100)).failure == DnsFailure::timeout);
  CHECK(std::chrono::steady_clock::now() - before < kLong / 2);
}

TEST_CASE("a server that drops AAAA questions does not delay the answer by its whole time-out") {
  NameServer server([](const std::string&, Type type) {
    if (type == Type::aaaa) return DnsReply{.silent = true};
    return DnsReply{.records = {{Type::a, "192.0.2.1"}}};
  });
  auto config = asking(server);
  config.query_timeout = kLong;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  const auto before = std::chrono::steady_clock::now();
  CHECK(texts(ask(*names, "a.test", kLong)) == Texts{"192.0.2.1"});
  CHECK(std::chrono::steady_clock::now() - before < kLong / 2);
}

TEST_CASE("a family that is needed gets all the time, though the other was answered at once") {
  NameServer server([&](const std::string&, Type type) {
    if (type == Type::a) return DnsReply{.records = {{Type::a, "192.0.2.1"}}};
    return DnsReply{.records = {{Type::aaaa, "2001:db8::1"}}, .delay_ms = 3'000};
  });
  auto config = asking(server);
  config.query_timeout = kLong;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  const auto addresses = [&](std::optional<fetch::Family> needed) {
    return texts(names->resolve("a.test", 80, kLong, {}, needed));
  };
  // Whoever takes either does not wait, and what it was told is not enough for the other.
  CHECK(addresses(std::nullopt) == Texts{"192.0.2.1"});
  CHECK(addresses(fetch::Family::ipv4) == Texts{"192.0.2.1"});
  CHECK(names->counts().asked == 1);
  CHECK(addresses(fetch::Family::ipv6) == Texts{"192.0.2.1", "2001:db8::1"});
  CHECK(addresses(std::nullopt) == Texts{"192.0.2.1", "2001:db8::1"});
  CHECK(names->counts().asked == 2);
}

TEST_CASE("many threads asking for one name make one look-up") {
  NameServer server([](const std::string&, Type type) {
    DnsReply reply{.delay_ms = 100};
    if (type == Type::a) reply.records = {{Type::a, "192.0.2.1"}};
    return reply;
  });
  base::SystemClock clock;
  auto names = resolver(asking(server), clock);
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { good += ask(*names, "a.test").addresses.size() == 1; });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 16);
  CHECK(server.questions("a.test") == 2);
}

TEST_CASE("the cache does not grow beyond its size") {
  NameServer server(only_a({{Type::a, "192.0.2.1"}}));
  auto config = asking(server);
  config.max_cached = 40;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  for (int i = 0; i < 200; ++i) ask(*names, "n" + std::to_string(i) + ".test");
  CHECK(names->counts().cached <= 40);
}

TEST_CASE("who asked ahead is told when there is an answer, and finds it however late he comes") {
  for (const DnsFailure failure : {DnsFailure::none, DnsFailure::timeout}) {
    const bool silent = failure == DnsFailure::timeout;
    std::promise<void> asked;
    const std::shared_future<void> may_answer = asked.get_future().share();
    NameServer server([&](const std::string&, Type type) {
      may_answer.wait();
      DnsReply reply{.silent = silent};
      if (type == Type::a) reply.records = {{Type::a, "192.0.2.1", 5}};
      return reply;
    });
    auto config = asking(server);
    config.query_timeout = silent ? milliseconds(300) : kLong;
    HandClock clock;
    auto names = resolver(config, clock);
    const auto ahead = [&](std::function<void()> later) {
      return names->ask_ahead("a.test", 80, milliseconds(0), {}, {}, {&server, std::move(later)});
    };
    const auto is_asked_anew = [&] {
      const auto before = names->counts().asked;
      CHECK(ask(*names, "a.test").failure == failure);
      return names->counts().asked > before;
    };

    std::promise<void> told;
    REQUIRE_FALSE(ahead([&] { told.set_value(); }));
    clock.advance(std::chrono::seconds(2));
    asked.set_value();
    REQUIRE(told.get_future().wait_for(kLong) == std::future_status::ready);
    clock.advance(std::chrono::seconds(60));  // both answers are for five seconds
    const auto took = ahead([] {});
    REQUIRE(took);
    if (!silent) CHECK(*took == std::chrono::seconds(2));
    CHECK_FALSE(is_asked_anew());
    clock.advance(std::chrono::seconds(6));
    CHECK(is_asked_anew());
  }
}

TEST_CASE("who asked ahead and went away is not told") {
  NameServer server([](const std::string&, Type) { return DnsReply{.silent = true}; });
  base::SystemClock clock;
  auto names = resolver(asking(server), clock);
  const int owner = 0;
  std::atomic<int> told = 0;
  std::promise<void> other_told;
  const auto ask_for = [&](const void* who, std::function<void()> later) {
    REQUIRE_FALSE(names->ask_ahead("a.test", 80, milliseconds(0), {}, {}, {who, std::move(later)}));
  };
  ask_for(&owner, [&] { ++told; });
  ask_for(&server, [&] { other_told.set_value(); });
  names->forget(&owner);
  REQUIRE(other_told.get_future().wait_for(kLong) == std::future_status::ready);
  names.reset();
  CHECK(told == 0);
}

TEST_CASE("names that nobody answers for do not take the place of others for long") {
  NameServer server([](const std::string& name, Type type) {
    if (name.starts_with("silent")) return DnsReply{.silent = true};
    return type == Type::a ? DnsReply{.records = {{Type::a, "192.0.2.1"}}} : DnsReply{};
  });
  auto config = asking(server);
  config.query_timeout = kLong;
  config.max_parallel = 2;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  for (int i = 0; i < 8; ++i) {
    const std::string name = "silent" + std::to_string(i) + ".test";
    REQUIRE_FALSE(names->ask_ahead(name, 80, milliseconds(0), {}, {}, {&server, [] {}}));
  }
  CHECK(ask(*names, "good.test", kLong).failure == DnsFailure::none);
}

TEST_CASE("a stop ends a look-up at once") {
  NameServer server([](const std::string&, Type) { return DnsReply{.silent = true}; });
  auto config = asking(server);
  config.query_timeout = kLong;
  base::SystemClock clock;
  auto names = resolver(config, clock);
  std::stop_source stop;
  std::thread stopper([&] {
    while (server.questions("a.test") == 0) std::this_thread::yield();
    stop.request_stop();
  });
  const auto before = std::chrono::steady_clock::now();
  CHECK(names->resolve("a.test", 80, kLong, stop.get_token()).failure == DnsFailure::aborted);
  CHECK(std::chrono::steady_clock::now() - before < kLong / 2);
  stopper.join();
}

TEST_CASE("resolve entries win over hosts, hosts over the DNS, and a port has its own") {
  NameServer server(only_a({{Type::a, "192.0.2.3"}}));
  auto config = asking(server);
  config.hosts = {{"A.test", "192.0.2.1"}, {"b.test", "192.0.2.2,::2"}};
  config.resolve = {"a.test:8080:192.0.2.8,[::8]", "*:9999:192.0.2.9"};
  base::SystemClock clock;
  auto names = resolver(config, clock);
  CHECK(texts(ask(*names, "a.test")) == Texts{"192.0.2.1"});
  CHECK(texts(ask(*names, "b.test.")) == Texts{"192.0.2.2", "::2"});
  CHECK(texts(ask(*names, "c.test")) == Texts{"192.0.2.3"});
  CHECK(texts(names->resolve("a.test", 8'080, milliseconds(100), {})) == Texts{"192.0.2.8", "::8"});
  CHECK(texts(names->resolve("any.test", 9'999, milliseconds(100), {})) == Texts{"192.0.2.9"});
}

TEST_CASE("DNS settings that cannot be read are refused") {
  base::SystemClock clock;
  CHECK_FALSE(fetch::Resolver::open({.servers = {"nowhere"}}, clock));
  CHECK_FALSE(fetch::Resolver::open({.hosts = {{"a.test", "b.test"}}}, clock));
  for (const char* entry : {"", "a.test", "a.test:80", "a.test:80:", "a.test:x:192.0.2.1",
                            "a.test:80:b.test", ":80:192.0.2.1", "a.test:99999:192.0.2.1"}) {
    INFO(entry);
    CHECK_FALSE(fetch::Resolver::open({.resolve = {entry}}, clock));
  }
}

TEST_CASE("literals and localhost ask nobody") {
  base::SystemClock clock;
  auto names = resolver({.servers = {"127.0.0.1:9"}}, clock);
  CHECK(texts(ask(*names, "192.0.2.7")) == Texts{"192.0.2.7"});
  CHECK(texts(ask(*names, "[2001:db8::7]")) == Texts{"2001:db8::7"});
  CHECK(texts(ask(*names, "localhost."))[0] == "127.0.0.1");
  CHECK(texts(ask(*names, "x.localhost")) == Texts{"127.0.0.1", "::1"});
  CHECK(ask(*names, "").failure == DnsFailure::bad_name);
  CHECK(names->counts().asked == 0);
}

TEST_CASE("hosts(5) lines give names their addresses") {
  const auto table = fetch::parse_hosts(
      "# comment\n192.0.2.1 One one.test # more\n\n2001:db8::1\tone\nnonsense two\n192.0.2.3");
  REQUIRE(table.size() == 2);
  CHECK(table.at("one").size() == 2);
  CHECK(table.at("one.test").size() == 1);
}

TEST_CASE("a dead address is passed over for the next") {
  TinyServer web_server(always(ok("x")), "127.0.0.3");
  NameServer server(
      only_a({{Type::a, "127.0.0.1"}, {Type::a, "127.0.0.2"}, {Type::a, "127.0.0.3"}}));
  Fetching web(loopback_site(), asking(server));
  const auto fetched = web.get(web_server.url("/", "a.test"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->remote_address == "127.0.0.3");
}

TEST_CASE("an address that answers is found behind many that are silent") {
  TinyServer web_server(always(ok("x")), "127.0.2.9");
  std::vector<SilentAddress> silent;
  std::vector<DnsRecord> records;
  for (int i = 1; i <= 6; ++i) {
    records.push_back({Type::a, "127.0.2." + std::to_string(i)});
    silent.emplace_back(records.back().value, web_server.port());
  }
  records.push_back({Type::a, "127.0.2.9"});
  NameServer server(only_a(records));
  auto site = loopback_site();
  site.connect_timeout = std::chrono::seconds(30);  // one after the other takes 1.5 s
  Fetching web(site, asking(server));
  const auto fetched = web.get(web_server.url("/", "a.test"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.response()->remote_address == "127.0.2.9");
}

TEST_CASE("28 addresses where nobody listens are one connect failure, within the time-out") {
  std::uint16_t port = 0;
  { port = TinyServer(always("")).port(); }
  std::vector<DnsRecord> records;
  for (int i = 1; i <= 28; ++i) records.push_back({Type::a, "127.0.1." + std::to_string(i)});
  NameServer server(only_a(records));
  Fetching web(loopback_site(), asking(server));
  const auto before = std::chrono::steady_clock::now();
  CHECK(outcome(web.get("http://a.test:" + std::to_string(port) + "/")) == "connect");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(20));
}

TEST_CASE("a slow name server is waited for") {
  TinyServer web_server(always(ok("x")));
  NameServer server([](const std::string&, Type type) {
    DnsReply reply{.delay_ms = 600};
    if (type == Type::a) reply.records = {{Type::a, "127.0.0.1"}};
    return reply;
  });
  Fetching web(loopback_site(), asking(server));
  const auto fetched = web.get(web_server.url("/", "a.test"));
  REQUIRE(outcome(fetched) == "200");
  CHECK(fetched.timings.dns >= milliseconds(600));
  CHECK(fetched.timings.total >= fetched.timings.dns);
}

TEST_CASE("a name that does not resolve is a dns failure that says why") {
  NameServer server([](const std::string&, Type) { return DnsReply{.code = 3}; });
  Fetching web(loopback_site(), asking(server));
  const auto fetched = web.get("http://a.test/");
  CHECK(outcome(fetched) == "dns");
  CHECK(fetched.failure()->detail == "no such name");
}

TEST_CASE("the negative TTL of a damaged message is nothing") {
  CHECK_FALSE(fetch::negative_ttl({}));
  std::vector<std::uint8_t> message(12, 0);
  message[9] = 1;  // one authority record, and no bytes of it
  CHECK_FALSE(fetch::negative_ttl(message));
  message.insert(message.end(), {0, 0, 6, 0, 1, 0, 0, 0, 9, 0, 200, 1});
  CHECK_FALSE(fetch::negative_ttl(message));
}
