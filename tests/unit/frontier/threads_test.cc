// wait() and notify() with real threads: nobody sleeps through an opening.
#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <thread>

#include "tests/unit/frontier/frontier_fixture.h"

using namespace crawld;
using namespace crawld::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

base::Instant now() { return std::chrono::steady_clock::now(); }

// Far longer than anything here takes on a busy machine: a thread that sleeps this
// long was not woken.
constexpr seconds kForEver{120};

// As many fetch loops as asked for, until the frontier closes.
class Fetchers {
 public:
  Fetchers(LocalFrontier& frontier, int threads) : frontier_(frontier) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
  }
  ~Fetchers() {
    frontier_.close();
    for (std::thread& thread : threads_) thread.join();
  }

  // Waits until `n` URLs were leased.
  bool wait_for(std::size_t n) const {
    const base::Instant until = now() + kForEver;
    while (leased() < n && now() < until) std::this_thread::sleep_for(milliseconds(1));
    return leased() >= n;
  }
  std::size_t leased() const {
    const std::lock_guard lock(mutex_);
    return urls_.size();
  }
  bool all_once() const {
    const std::lock_guard lock(mutex_);
    return std::set(urls_.begin(), urls_.end()).size() == urls_.size();
  }

 private:
  void loop() {
    while (true) {
      const auto turn = frontier_.lease(now());
      frontier_.booked_refusals(turn.refusals);
      if (turn.lease) {
        {
          const std::lock_guard lock(mutex_);
          urls_.push_back(turn.lease->url_id);
        }
        give_back(frontier_, *turn.lease, now(), "192.0.2.1");
        continue;
      }
      if (!frontier_.wait(now() + 2 * kForEver)) return;
    }
  }

  LocalFrontier& frontier_;
  mutable std::mutex mutex_;
  std::vector<model::UrlId> urls_;
  std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("an offer wakes a thread that waits without end") {
  LocalFrontier frontier({eager_site()}, {});
  for (model::HostId host = 1; host <= 50; ++host) add_host(frontier, host);
  Fetchers fetchers(frontier, 8);
  for (model::UrlId url = 1; url <= 50; ++url) {
    frontier.offer({candidate(url, url)});
    REQUIRE(fetchers.wait_for(url));
  }
  CHECK(fetchers.all_once());
}

TEST_CASE("threads that wait share the openings of many hosts, each URL once") {
  SiteSettings site = eager_site();
  site.politeness.delay = milliseconds(1);
  site.politeness.jitter = 1;
  site.concurrency_per_ip = 3;
  LocalFrontier frontier({site}, {});
  for (model::HostId host = 1; host <= 20; ++host) {
    add_host(frontier, host);
    for (model::UrlId url = 0; url < 25; ++url) frontier.offer({candidate(host * 100 + url, host)});
  }
  Fetchers fetchers(frontier, 8);
  CHECK(fetchers.wait_for(500));
  CHECK(fetchers.leased() == 500);
  CHECK(fetchers.all_once());
}

TEST_CASE("an end of a pause wakes the threads") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.pause(true);
  Fetchers fetchers(frontier, 4);
  frontier.offer({candidate(1, 1)});
  frontier.pause(false);
  CHECK(fetchers.wait_for(1));
}

TEST_CASE("an end of a site's pause wakes the threads") {
  LocalFrontier frontier({eager_site()}, {});
  add_host(frontier, 1);
  frontier.pause_site(0, true);
  Fetchers fetchers(frontier, 4);
  frontier.offer({candidate(1, 1)});
  frontier.pause_site(0, false);
  CHECK(fetchers.wait_for(1));
}

TEST_CASE("closing wakes every thread that waits") {
  LocalFrontier frontier({eager_site()}, {});
  std::atomic<int> gone = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      while (frontier.wait(now() + kForEver)) {
      }
      ++gone;
    });
  }
  frontier.close();
  const base::Instant closed = now();
  for (std::thread& thread : threads) thread.join();
  CHECK(gone == 16);
  CHECK(now() - closed < kForEver);
}

TEST_CASE("a thread that waits comes back when its time is up") {
  LocalFrontier frontier({eager_site()}, {});
  const base::Instant until = now() + milliseconds(20);
  CHECK(frontier.wait(until));
  CHECK(now() >= until);
}
