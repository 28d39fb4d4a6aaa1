// A crawl with all its threads over a web, a parser and a store that a test holds in hand.
//
// The clock is the system's: threads are tested for threading here, time is tested in
// tests/scenarios. Whatever waits, waits up to kForEver, so that a busy machine changes nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawler/pipeline/pipeline.h"
#include "storage/memory_store.h"

namespace crawld::tests {

inline constexpr std::chrono::seconds kForEver{120};

// True as soon as `holds` does; false when it never did.
bool eventually(const std::function<bool()>& holds);

// A door that threads wait at until somebody opens it.
class Gate {
 public:
  void open();
  void wait();
  // Threads that stand before it.
  std::size_t waiting() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  std::size_t waiting_ = 0;
  bool open_ = false;
};

// Pages by URL: the body of each is its links, one a line. What is missing answers 404.
class SharedWeb {
 public:
  void page(const std::string& url, const std::vector<std::string>& links);
  // Called by the fetch thread before it answers; may block or throw.
  std::function<void(const std::string& url)> before;
  // Asked by the fetch thread for the name of a host that it did not contact yet: whether name
  // servers take their time, in which case `known` is called once they have answered.
  std::function<bool(const std::string& url, const std::function<void()>& known)> name_is_late;
  // Asked by the fetch thread for the host itself, likewise: `reached` is called once it is
  // reached.
  std::function<bool(const std::string& url, const std::function<void()>& reached)> host_is_late;

  std::unique_ptr<fetch::Fetcher> make_fetcher();
  std::map<std::string, int> requests() const;

 private:
  class Fetcher;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> bodies_;
  std::map<std::string, int> requests_;
  std::atomic<std::uint64_t> connections_ = 0;
};

// MemoryStore whose put() fails on demand. Set before start(), or while it is being asked.
class FaultyStore final : public storage::PageStore {
 public:
  explicit FaultyStore(storage::MemoryStore& store) : store_(store) {}
  // Asked before each put(): an error refuses the batch. May throw.
  std::function<base::Status()> before_put;

  base::Status put(const storage::CommitBatch& batch) override;
  base::Result<storage::RunId> begin_run(const storage::RunStart& start) override {
    return store_.begin_run(start);
  }
  base::Status set_sites(const std::vector<std::string>& names,
                         const std::set<model::SiteId>& left) override {
    return store_.set_sites(names, left);
  }
  storage::NextIds next_ids() const override { return store_.next_ids(); }
  storage::SeenIndex& seen() override { return store_.seen(); }
  model::UrlId horizon() const override { return store_.horizon(); }
  base::Status each_host(const std::function<void(const storage::HostState&)>& visit) override {
    return store_.each_host(visit);
  }
  base::Status each_page_url(const VisitPageUrl& visit) override {
    return store_.each_page_url(visit);
  }
  base::Result<std::optional<storage::HostState>> find_host(std::string_view origin) override {
    return store_.find_host(origin);
  }
  base::Result<std::optional<storage::HostState>> host(model::HostId id) override {
    return store_.host(id);
  }
  base::Result<std::string> robots_text(std::uint64_t version) override {
    return store_.robots_text(version);
  }
  base::Result<std::string> metadata(model::UrlId id) override { return store_.metadata(id); }
  base::Result<std::vector<storage::ChunkInfo>> chunks() override { return store_.chunks(); }
  base::Result<std::vector<storage::QueuedUrl>> take_chunk(storage::ChunkId id) override {
    return store_.take_chunk(id);
  }
  base::Result<std::vector<storage::QueuedUrl>> queued_from(model::UrlId from,
                                                            std::size_t limit) override {
    return store_.queued_from(from, limit);
  }
  base::Result<std::vector<storage::QueuedUrl>> due(storage::Millis now, std::size_t limit,
                                                    storage::DueCursor after) override {
    return store_.due(now, limit, after);
  }
  base::Result<std::optional<storage::Millis>> next_due(storage::Millis after) override {
    return store_.next_due(after);
  }
  base::Status make_visited_due(storage::Millis now) override {
    return store_.make_visited_due(now);
  }
  base::Status plan_visits(std::span<const storage::VisitPlan> plans,
                           storage::Millis now) override {
    return store_.plan_visits(plans, now);
  }
  base::Status bring_due(storage::Millis now, storage::Millis retry,
                         storage::Millis visit) override {
    return store_.bring_due(now, retry, visit);
  }
  base::Status move_due(storage::Millis by) override { return store_.move_due(by); }
  base::Status check() override { return store_.check(); }
  base::Result<bool> prune(storage::Millis now, std::size_t rows) override {
    return store_.prune(now, rows);
  }
  storage::Pruned pruned() const override { return store_.pruned(); }
  std::shared_ptr<const model::BodyDictionary> dictionary_of(model::HostId host) override {
    return store_.dictionary_of(host);
  }
  base::Result<std::vector<storage::QueuedUrl>> urls(std::span<const model::UrlId> ids) override {
    return store_.urls(ids);
  }
  base::Result<std::vector<storage::SiteCoverage>> coverage() override { return store_.coverage(); }
  base::Result<std::vector<storage::SiteLinkRules>> link_rules() override {
    return store_.link_rules();
  }
  base::Result<std::vector<model::HstsHost>> hsts_hosts() override { return store_.hsts_hosts(); }
  base::Result<std::vector<storage::MovedSeed>> moved_seeds() override {
    return store_.moved_seeds();
  }
  base::Result<RecordsByRule> records_of(model::UrlId id) override { return store_.records_of(id); }
  base::Result<std::map<std::string, std::uint64_t>> count_states() override {
    return store_.count_states();
  }
  base::Result<std::vector<storage::SiteCounts>> count_sites() override {
    return store_.count_sites();
  }

 private:
  storage::MemoryStore& store_;
};

// Set the public members, then start(). A second one over the same web and store is a restart.
class ThreadedCrawl {
 public:
  ThreadedCrawl(SharedWeb& web, storage::MemoryStore& memory);
  ~ThreadedCrawl();

  pipeline::Pipeline::Options options;
  frontier::LocalFrontier::Options frontier_options;
  FaultyStore store;
  // Called by the parse thread before it answers; may block or throw.
  std::function<void(const std::string& url)> before_parse;
  std::function<void()> when_cut_short;
  // True: the worker dies of this page instead of reading it.
  std::function<bool(const parsers::ParseJob& job)> kills;

  void start(const std::string& seed);
  // With other seeds than the one that names the scope.
  void start(const std::string& seed, const pipeline::Pipeline::NextSeeds& seeds);
  // To the end, which drain() puts away: what it said.
  base::Status finish(std::chrono::milliseconds grace = kForEver);
  pipeline::Pipeline& pipeline() { return *pipeline_; }

 private:
  class LineParser;
  const base::SystemClock clock_;
  SharedWeb& web_;
  storage::MemoryStore& memory_;
  config::Config config_;
  std::unique_ptr<pipeline::SiteBook> sites_;
  std::unique_ptr<frontier::LocalFrontier> frontier_;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
};

}  // namespace crawld::tests
