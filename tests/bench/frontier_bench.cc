// What a lease costs, and that neither its time nor memory grows with the number of known URLs.
//
//   frontier_bench [known URLs, ...]      default: 100000 1000000 10000000
//
// Fills a frontier of 50 hosts with each number in a process of its own; what leaves memory
// as overflow becomes chunks, as the commit stage makes them, and is read back as hosts run
// dry. Prints CPU time per URL offered, per lease (with release, settlement and refills: it is
// measured once the windows have run low), and resident memory. Storage has its own bench;
// here the disk is arithmetic.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "crawler/frontier/local_frontier.h"

using namespace crawld;
using namespace crawld::frontier;

namespace {

constexpr model::HostId kHosts = 50;         // their windows hold an eighth of 100,000 URLs
constexpr std::size_t kWarmLeases = 20'000;  // until the windows are refilled
constexpr std::size_t kLeases = 50'000;
constexpr std::size_t kChunkIds = 256;  // as the commit stage writes them
constexpr std::size_t kOffer = 1'000;   // URLs at a time

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + t.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_megabytes() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  in >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// URL n stands on host 1 + n % kHosts.
Candidate candidate(model::UrlId id) {
  const auto host = static_cast<model::HostId>(1 + id % kHosts);
  Candidate out{.url_id = id,
                .host_id = host,
                .request = {.url = *model::Url::parse("https://www.example" + std::to_string(host) +
                                                      ".org/articles/page-" + std::to_string(id))}};
  out.request.depth = 3;
  return out;
}

class Bench {
 public:
  Bench() : frontier_(sites(), {}) {
    for (model::HostId id = 1; id <= kHosts; ++id) {
      frontier_.add_host(
          {.id = id, .origin = "https://www.example" + std::to_string(id) + ".org", .site = 0});
    }
  }

  void grow(model::UrlId known) {
    for (model::UrlId id = 1; id <= known;) {
      std::vector<Candidate> offers;
      for (; id <= known && offers.size() < kOffer; ++id) offers.push_back(candidate(id));
      frontier_.offer(std::move(offers));
      spill();
    }
  }

  void lease(std::size_t count) {
    const model::HostAdvice advice;
    for (std::size_t leased = 0; leased < count;) {
      now_ += std::chrono::milliseconds(1);
      auto turn = frontier_.lease(now_);
      if (!turn.lease) {
        refill();
        continue;
      }
      frontier_.release(*turn.lease, advice, {}, now_);
      frontier_.settled(*turn.lease, true);
      if (++leased % 64 == 0) refill();
    }
  }

  Counts counts() const { return frontier_.counts(); }

 private:
  static std::vector<SiteSettings> sites() {
    SiteSettings site;
    site.politeness.delay = std::chrono::milliseconds(0);
    site.obey_robots = false;
    return {site};
  }

  // Ids of one host rise by kHosts mostly, so a chunk is its first and its count.
  void spill() {
    for (const Overflow& overflow : frontier_.take_overflow(false)) {
      for (std::size_t at = 0; at < overflow.ids.size(); at += kChunkIds) {
        const std::size_t count = std::min(kChunkIds, overflow.ids.size() - at);
        frontier_.add_chunk(overflow.host, {.id = static_cast<std::int64_t>(chunks_.size()),
                                            .count = static_cast<std::uint32_t>(count),
                                            .line = overflow.line});
        chunks_.push_back(overflow.ids[at]);
      }
    }
  }

  void refill() {
    for (const BacklogRequest& request : frontier_.hungry()) {
      std::vector<Candidate> rows;
      if (request.chunk) {
        model::UrlId id = chunks_.at(static_cast<std::size_t>(request.chunk->id));
        for (std::uint32_t i = 0; i < request.chunk->count; ++i, id += kHosts) {
          rows.push_back(candidate(id));
        }
      }
      for (const model::UrlId id : request.ids) rows.push_back(candidate(id));
      frontier_.refill(request, std::move(rows));
    }
  }

  LocalFrontier frontier_;
  base::Instant now_ = std::chrono::steady_clock::now();
  std::vector<model::UrlId> chunks_;  // the first id of each
};

void measure(model::UrlId known) {
  Bench bench;
  const double start = cpu_seconds();
  bench.grow(known);
  const double grown = cpu_seconds();
  bench.lease(kWarmLeases);
  const double warm = cpu_seconds();
  bench.lease(kLeases);
  const double leased = cpu_seconds();
  std::printf(
      "%10llu known: %5.2f us per URL offered, %5.2f us per lease; %llu in windows, RSS %6.1f MB\n",
      static_cast<unsigned long long>(known), (grown - start) / static_cast<double>(known) * 1e6,
      (leased - warm) / (kLeases)*1e6, static_cast<unsigned long long>(bench.counts().window_urls),
      resident_megabytes());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<model::UrlId> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {100'000, 1'000'000, 10'000'000};
  for (const model::UrlId known : sizes) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      measure(known);
      std::fflush(stdout);
      _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return 0;
}
