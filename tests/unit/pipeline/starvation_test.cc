// A crawl in a process that is given too little.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <mutex>

#include "crawler/base/thread.h"
#include "tests/unit/pipeline/threaded_crawl.h"

using namespace crawld;
using namespace crawld::tests;

TEST_CASE("at a limit of processes fetch threads leave room for what starts later") {
  if (::geteuid() != 0) {
    WARN("not tried: root alone can be a user without other processes");
    return;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr rlimit kFew{16, 16};
    if (::setrlimit(RLIMIT_NPROC, &kFew) != 0) ::_exit(2);
    if (::setuid(61'000 + static_cast<uid_t>(::getpid()) % 4'000) != 0) ::_exit(2);
    SharedWeb web;
    web.page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
    storage::MemoryStore memory;
    ThreadedCrawl crawl(web, memory);
    crawl.options.fetch_threads = 64;
    crawl.options.parse_workers = 2;
    // They stand for workers, to the limit a thread is a process, and are tried again as workers
    // are: places are still held while the last fetch threads start.
    Gate end;
    std::mutex mutex;
    std::vector<base::Thread> workers;
    bool refused = false;
    crawl.before_parse = [&](const std::string&) {
      const std::lock_guard lock(mutex);
      if (workers.size() == 2) return;
      refused = refused || !eventually([&] {
                  auto worker = base::Thread::start("worker", 128U << 10, [&end] { end.wait(); });
                  if (worker) workers.push_back(*std::move(worker));
                  return bool(worker);
                });
    };
    crawl.start("http://a.test/");
    const bool finished = crawl.finish().ok();
    end.open();
    workers.clear();
    ::_exit(finished && !refused ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
