// What a running crawl does now, as plain values: for the progress line, `crawld
// status`, the watchdog and the metrics.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/histogram.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/logins.h"
#include "crawler/pipeline/run_totals.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

// How a crawl ended.
enum class End : std::uint8_t {
  running,
  nothing_left,
  page_limit,
  byte_limit,
  error_limit,
  login_failed,  // of some site, whose URLs are all that is left
  store_failed,
  stage_failed  // a stage threw: no memory, or a bug
};

// Why fetching is held back from outside; bits of a set.
enum class Hold : std::uint32_t {
  user = 1,    // crawld pause
  disk = 2,    // below disk_low
  store = 4,   // the last write failed and is tried again
  memory = 8,  // above memory_high
  worker = 16  // no parse worker can be started
};

// The one thing that bounds the rate now.
enum class Limit : std::uint8_t {
  nothing_left,
  politeness,   // hosts are waiting for their next allowed moment
  connections,  // every fetch thread has a transfer open
  dns,          // most open transfers wait for a name
  network,      // there is none: transfers wait for it
  rate,         // the caps over all hosts: max_requests_per_second, limit_rate
  host_slots,   // every host with URLs has its requests open
  parse,        // fetched pages wait for parse workers
  commit,       // parsed pages wait for the disk
  disk,
  memory,
  paused,
  login,   // what is left waits for a site's login
  budget,  // what is left is over a limit or a budget
  none
};
inline constexpr std::size_t kLimits = static_cast<std::size_t>(Limit::none) + 1;

// What bounds the rate, from what is known of one moment. Pure.
struct LimitSigns {
  std::uint32_t holds = 0;  // bits of Hold
  bool limit_reached = false;
  std::size_t pushing_commits = 0;  // threads that wait for room in the queue
  std::size_t pushing_fetched = 0;
  std::size_t fetched_items = 0;
  std::size_t fetch_threads = 1;
  std::uint64_t in_flight = 0;
  std::uint64_t outstanding = 0;
  std::size_t waiting_for_dns = 0;      // fetch threads
  std::size_t waiting_for_rate = 0;     // fetch threads
  std::size_t waiting_for_network = 0;  // fetch threads
  bool refused_for_budget = false;      // URLs, in this run
  frontier::Holdup holdup = frontier::Holdup::none;
};
Limit limit_of(const LimitSigns& signs);
std::string_view to_string(Limit limit);

// Progress of each stage, for the watchdog: a stage with work whose count stands still is stuck.
struct StageCounters {
  std::atomic<std::uint64_t> fetched{0};
  std::atomic<std::uint64_t> parsed{0};
  std::atomic<std::uint64_t> committed{0};
};

// How long things took.
struct Latencies {
  base::Histogram dns;
  base::Histogram connect;
  base::Histogram first_byte;
  base::Histogram transfer;
  base::Histogram parse;   // in the worker, waiting for it included
  base::Histogram commit;  // one batch
};

struct QueueDepth {
  std::size_t items = 0;
  std::size_t bytes = 0;
  std::size_t waiting = 0;  // threads that wait for room
};

struct Status {
  std::chrono::milliseconds elapsed{0};
  End end = End::running;
  Limit limit = Limit::none;
  std::string held_because;  // empty: not held
  RunTotals totals;
  std::map<std::string, std::uint64_t> states;  // of all URLs in the books
  storage::Pruned pruned;                       // in this run
  frontier::Counts frontier;
  QueueDepth fetched;
  QueueDepth commits;
  std::uint64_t parsing = 0;            // pages with the workers
  std::size_t waiting_for_rate = 0;     // transfers that a cap over all hosts holds back
  std::size_t waiting_for_network = 0;  // transfers, while it is gone
  std::uint64_t stage_fetched = 0;
  std::uint64_t stage_parsed = 0;
  std::uint64_t stage_committed = 0;
  std::chrono::nanoseconds fetch_cpu{0};
  std::chrono::nanoseconds parse_cpu{0};  // of the daemon's threads, not the workers
  std::chrono::nanoseconds commit_cpu{0};
};

}  // namespace crawld::pipeline
