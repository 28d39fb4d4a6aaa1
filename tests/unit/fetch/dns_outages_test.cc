// Name servers that are out, or some of them; what a crawl does meanwhile.
#include <atomic>
#include <catch2/catch.hpp>
#include <future>

#include "crawler/fetch/dns_outage.h"
#include "tests/support/name_server.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;
using fetch::DnsFailure;
using fetch::DnsOutage;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Type = DnsRecord::Type;

namespace {

const base::Instant kStart = base::Instant() + hours(1);

// What a server does with questions can be changed while it runs.
enum class Health : int { good, silent, failing, refusing };

struct Server {
  DnsReply reply(Type type) const {
    switch (health.load()) {
      case Health::silent:
        return {.silent = true};
      case Health::failing:
        return {.code = 2};
      case Health::refusing:
        return {.code = 5};
      case Health::good:
        break;
    }
    return type == Type::a ? DnsReply{.records = {{Type::a, "192.0.2.1", 5}}} : DnsReply{};
  }

  std::atomic<Health> health{Health::good};
  NameServer names{[this](const std::string& name, Type type) {
    if (name == "broken.test") return DnsReply{.code = 2};
    return reply(type);
  }};
};

fetch::DnsConfig patient(const std::vector<std::string>& servers) {
  fetch::DnsConfig dns;
  dns.servers = servers;
  dns.query_timeout = milliseconds(400);
  dns.outage_at_start = dns.outage = hours(1);
  return dns;
}

std::unique_ptr<fetch::DnsClient> client(const fetch::DnsConfig& config) {
  auto opened = fetch::DnsClient::open(config);
  REQUIRE(opened);
  return std::move(*opened);
}

std::future<fetch::DnsAnswer> ask(fetch::DnsClient& client, const std::string& name) {
  auto promise = std::make_shared<std::promise<fetch::DnsAnswer>>();
  auto answer = promise->get_future();
  client.ask(name, {}, [promise](fetch::DnsAnswer a) { promise->set_value(std::move(a)); });
  return answer;
}

void wait_for(const auto& condition) {
  while (!condition()) std::this_thread::sleep_for(milliseconds(5));
}

bool is_open(const std::future<fetch::DnsAnswer>& answer) {
  return answer.wait_for(seconds(0)) == std::future_status::timeout;
}

}  // namespace

TEST_CASE("names wait while no name server answers for any, and are answered afterwards") {
  Server server;
  const Health health = GENERATE(Health::silent, Health::failing, Health::refusing);
  auto names = client(patient({server.names.address()}));
  CHECK(ask(*names, "before.test").get().failure == DnsFailure::none);
  server.health = health;
  auto during = ask(*names, "during.test");
  wait_for([&] { return names->is_out(); });
  auto later = ask(*names, "later.test");
  CHECK(is_open(during));
  server.health = Health::good;
  CHECK(during.get().failure == DnsFailure::none);
  CHECK(later.get().failure == DnsFailure::none);
  CHECK_FALSE(names->is_out());
}

TEST_CASE("names wait for name servers that are out when the crawl starts") {
  Server server;
  server.health = Health::failing;
  auto names = client(patient({server.names.address()}));
  auto first = ask(*names, "first.test");
  auto second = ask(*names, "second.test");
  wait_for([&] { return names->is_out(); });
  server.health = Health::good;
  CHECK(first.get().failure == DnsFailure::none);
  CHECK(second.get().failure == DnsFailure::none);
}

TEST_CASE("one name that the servers fail at is no outage") {
  Server server;
  auto names = client(patient({server.names.address()}));
  CHECK(ask(*names, "good.test").get().failure == DnsFailure::none);
  CHECK(ask(*names, "broken.test").get().failure == DnsFailure::server_failure);
  CHECK_FALSE(names->is_out());
}

TEST_CASE("few questions are sent to name servers that are out") {
  Server server;
  auto names = client(patient({server.names.address()}));
  CHECK(ask(*names, "good.test").get().failure == DnsFailure::none);
  server.health = Health::failing;
  auto first = ask(*names, "first.test");
  wait_for([&] { return names->is_out(); });
  std::vector<std::future<fetch::DnsAnswer>> more;
  for (int i = 0; i < 100; ++i) more.push_back(ask(*names, "more" + std::to_string(i) + ".test"));
  const int probes = server.names.questions("good.test");
  wait_for([&] { return server.names.questions("good.test") > probes + 2; });
  for (int i = 0; i < 100; ++i)
    CHECK(server.names.questions("more" + std::to_string(i) + ".test") == 0);
  server.health = Health::good;
  for (auto& answer : more) CHECK(answer.get().failure == DnsFailure::none);
}

TEST_CASE("questions that wait for an outage to end are given back when the client ends") {
  Server server;
  server.health = Health::silent;
  auto names = client(patient({server.names.address()}));
  auto waiting = ask(*names, "a.test");
  wait_for([&] { return names->is_out(); });
  auto unasked = ask(*names, "b.test");
  names.reset();
  CHECK(waiting.get().failure == DnsFailure::aborted);
  CHECK(unasked.get().failure == DnsFailure::aborted);
}

TEST_CASE("another name server answers what the first refuses, fails at or is silent about") {
  Server first;
  Server second;
  first.health = GENERATE(Health::silent, Health::failing, Health::refusing);
  auto names = client(patient({first.names.address(), second.names.address()}));
  CHECK(ask(*names, "a.test").get().failure == DnsFailure::none);
  CHECK(second.names.questions("a.test") == 2);
}

TEST_CASE("a name server that fails is soon asked no more where another answers") {
  Server first;
  Server second;
  first.health = GENERATE(Health::silent, Health::refusing);
  auto names = client(patient({first.names.address(), second.names.address()}));
  for (int i = 0; i < 3; ++i) ask(*names, "name" + std::to_string(i) + ".test").get();
  CHECK(first.names.questions("name0.test") > 0);
  CHECK(ask(*names, "late.test").get().failure == DnsFailure::none);
  CHECK(first.names.questions("late.test") == 0);
}

TEST_CASE("a name that all servers fail at is held against none of them") {
  Server first;
  Server second;
  auto names = client(patient({first.names.address(), second.names.address()}));
  for (int i = 0; i < 4; ++i) {
    CHECK(ask(*names, "good" + std::to_string(i) + ".test").get().failure == DnsFailure::none);
    CHECK(ask(*names, "broken.test").get().failure == DnsFailure::server_failure);
  }
  CHECK(second.names.questions("good3.test") == 0);
}

TEST_CASE("old addresses do where name servers fail at a name they knew") {
  Server server;
  base::SystemClock clock;
  class LaterClock final : public base::Clock {
   public:
    base::Instant now() const override { return kStart + seconds(passed.load()); }
    base::WallTime wall() const override { return base::from_millis(0); }
    std::atomic<int> passed{0};
  } later;
  auto opened = fetch::Resolver::open(patient({server.names.address()}), later);
  REQUIRE(opened);
  fetch::Resolver& resolver = **opened;
  CHECK(resolver.resolve("a.test", 80, seconds(20), {}).failure == DnsFailure::none);
  server.health = GENERATE(Health::silent, Health::failing);
  later.passed = 60;
  const auto stale = resolver.resolve("a.test", 80, seconds(20), {});
  CHECK(stale.failure == DnsFailure::none);
  CHECK(stale.addresses.size() == 1);
  later.passed = 60 + 25 * 3'600;
  CHECK(resolver.resolve("b.test", 80, milliseconds(50), {}).failure == DnsFailure::timeout);
}

TEST_CASE("failures are told once an outage has lasted for too long") {
  const auto [at_start, later] =
      GENERATE(table<bool, seconds>({{true, seconds(90)}, {false, seconds(3'600)}}));
  DnsOutage outage({.at_start = seconds(90), .later = hours(1)});
  if (!at_start) outage.answered("a.test", kStart, kStart);
  const base::Instant asked = kStart + seconds(1);
  CHECK(outage.must_wait(asked));
  CHECK(outage.probe_failed(asked));
  CHECK_FALSE(outage.probe_failed(asked + seconds(5)));
  CHECK_FALSE(outage.gives_up(asked + later - seconds(1)));
  CHECK(outage.gives_up(asked + later));
  CHECK_FALSE(outage.must_wait(asked + later));
  outage.answered("b.test", asked + later + seconds(1), kStart);
  CHECK(outage.must_wait(asked + later + seconds(2)));
}

TEST_CASE("the names asked for as probes are those that a cache forgets first") {
  DnsOutage outage({.at_start = hours(1), .later = hours(1)});
  CHECK_FALSE(outage.probe());
  for (int i = 9; i >= 0; --i) outage.answered(std::to_string(i), kStart, kStart + seconds(i));
  std::vector<std::string> probes;
  for (int i = 0; i < 4; ++i) probes.push_back(outage.probe().value_or(""));
  std::sort(probes.begin(), probes.end());
  CHECK(probes == std::vector<std::string>{"0", "1", "2", "3"});
}
