// The threads of a crawl, and the only place that owns any.
//
//   fetch x F --pages--> parse x P --commits--> commit x 1
//
// The blocking edges form a line: fetch waits for the network and for room in
// `pages`, parse for its worker and for room in `commits`, commit for the disk.
// The way back, links to the frontier, is a function call, so nothing waits in a
// circle.
//
// Shutdown closes the doors in the order in which data walks: the frontier closes,
// transfers finish within the grace or are aborted (their URLs stay queued), parse
// threads drain, the commit thread writes the last batch.
//
// Threads: one controlling thread calls start(), wait(), drain(); status() is for any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawler/base/bounded_queue.h"
#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/base/thread.h"
#include "crawler/fetch/fetcher.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/activity.h"
#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/pace_keeper.h"
#include "crawler/pipeline/page_queue.h"
#include "crawler/pipeline/parse_stage.h"
#include "crawler/pipeline/prune_turns.h"
#include "crawler/pipeline/run_totals.h"
#include "crawler/pipeline/status.h"

namespace crawld::pipeline {

// Fetch threads that wait for something which is no host's.
struct Waiting {
  std::size_t for_dns = 0;
  std::size_t for_rate = 0;  // the caps over all hosts
  std::size_t for_network = 0;
};

class Pipeline {
 public:
  struct Options {
    std::uint32_t fetch_threads = 64;
    std::uint32_t parse_workers = 2;
    std::size_t fetch_stack = 256U << 10;  // bytes
    std::uint64_t most_bytes = 0;          // received in this run; 0: no limit
    std::uint64_t most_errors = 0;         // 0: no limit
    bool recurring = false;                // never ends by itself
    // What takes long of them is cut short at the end and stays queued.
    PageQueue::Options pages;  // for `parse_workers` threads
    // Asked once, when a crawl that came to its end has put away its last batch.
    std::function<std::optional<CommitItem>()> last_look;
    std::function<Waiting()> waiting;  // for status(); none: not known
    ParseStage::Options parse;
    CommitStage::Options commit;
  };
  using MakeFetcher = std::function<std::unique_ptr<fetch::Fetcher>()>;
  using MakeParser = std::function<std::unique_ptr<parsers::Parser>(std::uint32_t number)>;

  // All references outlive the pipeline.
  Pipeline(Options options, storage::PageStore& store, frontier::LocalFrontier& frontier,
           SiteBook& sites, const base::Clock& clock, MakeFetcher make_fetcher,
           MakeParser make_parser);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // The seeds, a portion at a time; an empty one: there are no more.
  using NextSeeds = std::function<Injections()>;

  // Reads the state from the store, enters the seeds and starts the threads. Each portion is
  // in the store before the one behind the next is asked for. Fails with what could not be read,
  // written or started; with fewer fetch threads than asked for it runs and says so.
  // `judge`, if any, is asked once the books are loaded: what it says is entered before
  // anything is fetched.
  base::Status start(const NextSeeds& seeds,
                     const std::function<base::Result<Rejudgements>()>& judge = {});

  // URLs from outside; waits for room in the commit queue. False once draining.
  bool inject(Injections injections);
  // After a reload: the names of all sites, by SiteId.
  bool rename_sites(SiteNames names);
  // As inject(): what others have to say to the books.
  bool tell(CommitItem item) CRAWL_EXCLUDES(mutex_);
  // As both, but never waits, and finds room where they would not: for people's words. `item` is
  // untouched unless it is taken.
  base::Handed hand(CommitItem& item);
  // Waits until all that was told to be judged anew stands in the store: what is read there before
  // is as the rules before the last reload left it. False once `go_on`, which is asked some times a
  // second, says no. Threads: the one that tells of it.
  bool wait_judged(const std::function<bool()>& go_on) CRAWL_EXCLUDES(mutex_);

  // Waits until the crawl has ended by itself (nothing left, a limit, a failed disk or stage)
  // or `until`. True when it has ended.
  bool wait(base::Instant until);

  // Ends the crawl: see above. Transfers get `grace` to finish, less a tenth of it (half a second
  // at most), so that all has mostly ended with it. Call once; the store
  // holds everything afterwards. Returns what the last write said.
  base::Status drain(std::chrono::milliseconds grace, const std::string& exit);

  // After drain(): takes away all that is not to be kept, until `stop`, asked every few
  // milliseconds, says so. What is left goes in the next run.
  base::Status prune(const std::function<bool()>& stop);

  // Fetching stops while any reason holds; what is under way goes on.
  void hold(Hold reason, bool on);

  // Why the store takes nothing at present; nothing while it does. What is handed in meanwhile
  // waits in memory, and is lost where the crawl ends before the store takes it.
  std::optional<base::Error> store_refuses() const CRAWL_EXCLUDES(mutex_);

  End end() const { return end_.load(); }
  // Why, where end() is store_failed or stage_failed.
  base::Error failure() const CRAWL_EXCLUDES(mutex_);

  // Costs the same however many hosts and sites there are.
  Status status() const CRAWL_EXCLUDES(mutex_);
  // Ten of them, the busiest first. Looks at every host, so for people who ask, not for a loop.
  std::vector<frontier::HostSnapshot> busiest_hosts() const;
  // Of each site that has a login; for people who ask, as well.
  std::vector<LoginStatus> logins() const CRAWL_EXCLUDES(mutex_);
  const Latencies& latencies() const { return latencies_; }
  // What each thread does now.
  std::vector<ThreadState> threads() const;

 private:
  void guard(const char* stage, const std::function<void()>& loop);
  void fetch_loop(fetch::Fetcher& fetcher, Activity& activity);
  void cut_short(base::Instant deadline);
  void parse_loop(parsers::Parser& parser, Activity& activity, std::uint32_t number);
  std::optional<CommitItem> read(ParseStage& stage, PageQueue::Page page,
                                 const PageQueue::Page* next, Activity& activity, bool& lacking);
  bool put_back(model::Fetched& fetched, Look look);
  void wait_for_worker();
  void count_worker(bool& lacking, const std::string& why);
  void record(const model::Timings& timings);
  base::Status enter_seeds(const NextSeeds& next);
  base::Status enter_judged(base::Result<Rejudgements> judged);
  base::Status start_fetch_threads();
  void commit_loop();
  void commit_turn();
  void judge_anew(base::Instant now);
  void write_or_hold(const std::function<base::Status()>& write);
  void check_limits();
  void finish(End end);
  void publish();

  const Options options_;
  storage::PageStore& store_;
  frontier::LocalFrontier& frontier_;
  SiteBook& sites_;
  const base::Clock& clock_;
  const MakeFetcher make_fetcher_;
  const MakeParser make_parser_;

  CommitStage commit_;  // the commit thread's, once started
  PageQueue pages_;
  base::BoundedQueue<CommitItem> commits_;
  std::vector<std::unique_ptr<fetch::Fetcher>> fetchers_;
  std::vector<std::unique_ptr<parsers::Parser>> parsers_;
  std::vector<base::Thread> fetch_threads_;
  std::vector<base::Thread> parse_threads_;
  base::Thread commit_thread_;
  std::atomic<End> end_{End::running};
  std::atomic<std::uint32_t> holds_{0};
  std::atomic<std::uint32_t> injecting_{0};
  std::atomic<bool> draining_{false};
  std::atomic<bool> started_all_{false};   // the threads and the start's moment stand
  std::atomic<std::uint32_t> lacking_{0};  // parse threads whose worker cannot be started
  std::atomic<std::uint32_t> parsing_{0};  // parse threads with a page in hand
  StageCounters counters_;
  Latencies latencies_;
  // Made before the threads, one each; a deque keeps them in place.
  std::deque<Activity> fetch_activities_;
  std::deque<Activity> parse_activities_;
  Activity commit_activity_;
  PaceKeeper pace_;   // the commit thread's
  PruneTurns prune_;  // likewise
  base::Instant started_{};
  base::Instant next_check_{};  // of the store; the commit thread's
  bool heavy_ = false;          // the batch holds a large page; the commit thread's

  mutable base::Mutex mutex_;
  base::CondVar ended_;
  base::CondVar judged_;
  base::CondVar retry_;  // wakes a write, or a worker's start, that waits for another try
  bool judging_ CRAWL_GUARDED_BY(mutex_) = false;  // what was told of it is not in the store
  RunTotals totals_ CRAWL_GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t> states_ CRAWL_GUARDED_BY(mutex_);
  std::map<model::SiteId, LoginStatus> logins_ CRAWL_GUARDED_BY(mutex_);
  storage::Pruned pruned_ CRAWL_GUARDED_BY(mutex_);
  base::Error failure_ CRAWL_GUARDED_BY(mutex_);
  std::string no_worker_ CRAWL_GUARDED_BY(mutex_);  // why the last one could not be started
  base::Status last_write_ CRAWL_GUARDED_BY(mutex_) = base::Done{};
};

}  // namespace crawld::pipeline
