#include "crawler/daemon/change_hooks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crawler/daemon/exec_hook.h"
#include "crawler/daemon/reload.h"
#include "crawler/fetch/http_post.h"
#include "storage/reports/changes.h"
#include "tests/support/tiny_server.h"
#include "tests/unit/changes/books.h"

using namespace crawld;
using namespace crawld::tests;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kPatience{120};  // for a machine that is busy with other things

template <class Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// With its threads running.
base::Result<std::unique_ptr<daemon::ChangeHooks>> started(
    const daemon::ChangeHooks::Setup& setup) {
  auto hooks = daemon::ChangeHooks::open(setup);
  if (!hooks) return hooks;
  if (base::Status running = (*hooks)->start(); !running) return std::move(running).error();
  return hooks;
}

// A crawl of three pages whose changes were not told yet.
struct Told {
  Books books{quick_site({"http://a.test/"})};
  base::SystemClock clock;
  std::unique_ptr<fetch::Resolver> resolver = *fetch::Resolver::open({}, clock);
  std::mutex mutex;
  std::vector<std::uint64_t> cursors;

  Told() {
    books.simulation().tell(pipeline::HookProgress{"exec", 0});
    books.simulation().tell(pipeline::HookProgress{"webhook", 0});
    books.web.page("http://a.test/", links({"/1", "/2"}));
    books.web.page("http://a.test/1", "one");
    books.web.page("http://a.test/2", "two");
    books.run(std::chrono::minutes(1));
  }

  daemon::ChangeHooks::Setup setup(config::Hooks hooks) {
    return {.hooks = std::move(hooks),
            .database = books.path(),
            .user_agent = "testbot",
            .resolver = *resolver,
            .clock = clock,
            .remember =
                [this](const std::string&, std::uint64_t id) {
                  const std::lock_guard lock(mutex);
                  cursors.push_back(id);
                },
            .look_every = milliseconds(10),
            .first_back_off = milliseconds(10)};
  }
  std::size_t remembered() {
    const std::lock_guard lock(mutex);
    return cursors.size();
  }
};

}  // namespace

TEST_CASE("a signature is the HMAC-SHA256 of the body (RFC 4231, test case 2)") {
  CHECK(daemon::signature("Jefe", "what do ya want for nothing?") ==
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("a program gets the changes on its stdin, and the cursor moves behind them") {
  Told told;
  const std::string out = told.books.path() + ".out";
  auto hooks = started(told.setup({.exec = {"/usr/bin/tee", "-a", out}}));
  REQUIRE(hooks);
  REQUIRE(eventually([&] { return told.remembered() > 0; }));
  hooks->reset();
  const std::string told_text = text_of(out);
  CHECK(told_text.find('\n') == told_text.size() - 1);  // else it would be cut off
  const json delivery = json::parse(told_text);
  REQUIRE(delivery["changes"].size() == 3);
  CHECK(delivery["changes"][0]["url"] == "http://a.test/");
  CHECK(delivery["changes"][0]["change"] == "new");
  CHECK(delivery["delivery"] == delivery["changes"][2]["id"]);
  CHECK(told.cursors.front() == delivery["delivery"].get<std::uint64_t>());
  // As after a restart: the cursor is in the database, nothing comes twice.
  told.books.simulation().tell(pipeline::HookProgress{"exec", told.cursors.front()});
  told.books.simulation().flush();
  auto again = started(told.setup({.exec = {"/usr/bin/tee", "-a", out}}));
  REQUIRE(again);
  std::this_thread::sleep_for(milliseconds(100));
  CHECK((*again)->status()[0].delivered == 0);
}

TEST_CASE("hooks that finish tell what is committed, or give up when their time is over") {
  Told told;
  const std::string out = told.books.path() + ".out";
  SECTION("told") {
    auto hooks = started(told.setup({.exec = {"/usr/bin/tee", "-a", out}}));
    REQUIRE(hooks);
    (*hooks)->finish(kPatience);
    CHECK((*hooks)->status()[0].delivered == 3);
    CHECK(json::parse(text_of(out))["changes"].size() == 3);
    CHECK(told.remembered() == 1);
  }
  SECTION("given up") {
    auto hooks = started(told.setup({.exec = {"/bin/false"}}));
    REQUIRE(hooks);
    (*hooks)->finish(milliseconds(50));
    CHECK((*hooks)->status()[0].delivered == 0);
    CHECK(told.remembered() == 0);
  }
}

TEST_CASE("a webhook at a closed address is never contacted, and loses nothing") {
  Told told;
  auto hooks = started(told.setup({.webhook = "http://127.0.0.1:9/"}));
  REQUIRE(hooks);
  CHECK(eventually([&] { return (*hooks)->status()[0].failures > 1; }));
  CHECK((*hooks)->status()[0].problem == "blocked address: loopback");
  CHECK(told.remembered() == 0);
}

TEST_CASE("a hook without a cursor starts with what comes after it") {
  Books books(quick_site({"http://a.test/"}));
  books.web.page("http://a.test/", "x");
  books.run(std::chrono::minutes(1));
  base::SystemClock clock;
  const auto resolver = *fetch::Resolver::open({}, clock);
  std::vector<std::uint64_t> cursors;
  const auto hooks = daemon::ChangeHooks::open(
      {.hooks = {.exec = {"/bin/false"}},
       .database = books.path(),
       .user_agent = "testbot",
       .resolver = *resolver,
       .clock = clock,
       .remember = [&](const std::string&, std::uint64_t id) { cursors.push_back(id); }});
  REQUIRE(hooks);
  REQUIRE(cursors.size() == 1);
  CHECK(cursors[0] == *storage::last_change(*books.reader()));
}

TEST_CASE("a hook without a cursor is told of what is committed before its thread runs") {
  Books books(quick_site({"http://a.test/"}));
  books.web.page("http://a.test/", "x");
  base::SystemClock clock;
  const auto resolver = *fetch::Resolver::open({}, clock);
  const auto hooks =
      daemon::ChangeHooks::open({.hooks = {.exec = {"/bin/cat"}},
                                 .database = books.path(),
                                 .user_agent = "testbot",
                                 .resolver = *resolver,
                                 .clock = clock,
                                 .remember = [](const std::string&, std::uint64_t) {}});
  REQUIRE(hooks);
  books.run(std::chrono::minutes(1));
  REQUIRE((*hooks)->start());
  (*hooks)->finish(kPatience);
  CHECK((*hooks)->status()[0].delivered == 1);
}

TEST_CASE("a webhook is signed, tried again until it is taken, and says which delivery it is") {
  Told told;
  std::atomic<int> turn{0};
  std::vector<std::string> bodies;
  std::mutex mutex;
  TinyServer server([&](Connection& connection) {
    while (const auto head = connection.read_request()) {
      const auto length =
          static_cast<std::size_t>(std::atol(head->c_str() + head->find("Content-Length:") + 15));
      const auto body = connection.read_bytes(length);
      if (!body) return;
      {
        const std::lock_guard lock(mutex);
        bodies.push_back(*body);
      }
      connection.send(turn++ == 0 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : ok(""));
    }
  });
  auto hooks = started(told.setup(
      {.webhook = server.url("/told"), .secret = "key", .allow_addresses = {"127.0.0.0/8"}}));
  REQUIRE(hooks);
  REQUIRE(eventually([&] { return told.remembered() > 0; }));
  const daemon::HookStatus status = (*hooks)->status()[0];
  CHECK(status.delivered == 3);
  CHECK(status.failures == 1);
  CHECK(status.problem.empty());
  hooks->reset();
  REQUIRE(bodies.size() == 2);
  CHECK(bodies[0] == bodies[1]);
  const std::string head = server.requests().back();
  CHECK(head.starts_with("POST /told HTTP/1.1"));
  CHECK(head.find("X-Crawld-Signature: " + daemon::signature("key", bodies[1])) !=
        std::string::npos);
  const json body = json::parse(bodies[1]);
  CHECK(head.find("X-Crawld-Delivery: " + body["delivery"].dump()) != std::string::npos);
  CHECK(head.find("Content-Type: application/json") != std::string::npos);
}

TEST_CASE("a POST of our own goes neither to other schemes nor to closed addresses") {
  base::SystemClock clock;
  const auto resolver = *fetch::Resolver::open({}, clock);
  const auto post = [&](const std::string& url) {
    return fetch::http_post({.url = url, .user_agent = "t", .headers = {}, .body = "{}"}, {},
                            *resolver, {});
  };
  CHECK(post("file:///etc/passwd").why == "no http or https URL");
  CHECK(post("gopher://127.0.0.1/").why == "no http or https URL");
  CHECK(post("http://127.0.0.1:1/").why == "blocked address: loopback");
  CHECK(post("http://[::1]:1/").why.starts_with("blocked address: loopback"));
  CHECK(post("http://169.254.169.254/latest").why.starts_with("blocked address: "));
}

TEST_CASE("a program that takes too long is killed with all that it started") {
  const std::stop_token never;
  const auto slow = daemon::run_with_stdin({"/bin/sh", "-c", "sleep 600 & sleep 600"},
                                           std::string(1 << 20, 'x'), milliseconds(300), never);
  REQUIRE_FALSE(slow);
  CHECK(slow.error().message.find("was killed") != std::string::npos);
  CHECK_FALSE(daemon::run_with_stdin({"/nonexistent"}, "x", seconds(60), never));
  const auto status = daemon::run_with_stdin({"/bin/sh", "-c", "exit 3"}, "x", seconds(60), never);
  REQUIRE_FALSE(status);
  CHECK(status.error().message.find("status 3") != std::string::npos);
  // What it does not want to read is no failure.
  CHECK(daemon::run_with_stdin({"/bin/true"}, std::string(1 << 20, 'x'), seconds(60), never));
}

TEST_CASE("the report of a reload counts URLs as people write numbers") {
  CHECK(daemon::ReloadReport{.out_of_scope = 12'340}.text() ==
        "no differences\n12,340 queued URLs now out of scope\n");
}
