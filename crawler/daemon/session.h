// A crawl, put together from a configuration: database, frontier, fetch, workers, pipeline.
//
// Used by `crawld crawl`, `crawld run` and `crawld fetch` alike. Owns everything it
// makes. Threads: one controlling thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/daemon/change_hooks.h"
#include "crawler/daemon/orphan_watch.h"
#include "crawler/daemon/rooms.h"
#include "crawler/daemon/seed_portions.h"
#include "crawler/fetch/cookie_saver.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/pipeline.h"
#include "storage/sqlite_store.h"

namespace crawld::daemon {

struct SessionSetup {
  config::Config config;
  pipeline::RunMode mode;
  std::string command;             // for the row of `runs`; holds no secrets
  std::string config_file;         // as given; empty: none
  bool recrawl = false;            // every known page is visited again
  std::vector<std::string> lists;  // URL list files for the first site
  std::function<void(const storage::CommitBatch&)> on_committed;
};

struct SiteState {
  std::string name;
  std::optional<base::WallTime> paused_since;  // by a person
  bool left = false;                           // a reload took it out
};

// When a person's pause is over, if nobody resumes the site before.
enum class PauseEnds : std::uint8_t { with_the_run, never };

struct WorkerState {
  pid_t pid = 0;  // 0: none runs
  parsers::WorkerCounters counters;
};

class Session {
 public:
  // Opens and checks everything that can fail, without a request or a thread.
  // `clock` outlives the session.
  static base::Result<std::unique_ptr<Session>> open(SessionSetup setup, const base::Clock& clock);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Hands in the seeds and starts the threads. Once `stop`, asked before each further portion of
  // a long list, says so, the rest is left to the next start.
  base::Status start(const std::function<bool()>& stop);

  pipeline::Pipeline& pipeline() { return *pipeline_; }
  frontier::LocalFrontier& frontier() { return *frontier_; }
  pipeline::SiteBook& sites() { return rooms_->sites(); }
  fetch::FetchContext& fetch() { return rooms_->fetch(); }
  storage::Database& database() { return store_->database(); }
  // For the controlling thread: a reload changes it.
  const config::Config& config() const { return setup_.config; }
  // The file that it was read from, or empty. Threads: any.
  const std::string& config_file() const { return setup_.config_file; }
  // The site of this name, or nothing. Threads: any.
  std::optional<model::SiteId> find_site(const std::string& name) const CRAWL_EXCLUDES(mutex_);
  // By SiteId. Threads: any.
  std::vector<SiteState> site_states() const CRAWL_EXCLUDES(mutex_);

  // A person holds the site, or the whole crawl where the name is empty, at once. The daemon's next
  // run starts with a pause that never ends, once it is booked; those of a one-shot crawl end with
  // it. Fails where there is no such site. Threads: any.
  base::Status pause(const std::string& site, PauseEnds ends) CRAWL_EXCLUDES(mutex_);
  // Takes it back; also of a site that left the configuration.
  base::Status resume(const std::string& site) CRAWL_EXCLUDES(mutex_);
  // Hands to the books what was said of the site last, where a next run is to know of it. Never
  // waits. Null where there is no room at present: ask again. Fails where the crawl is ending.
  base::Result<pipeline::Receipt> book_pause(const std::string& site) CRAWL_EXCLUDES(mutex_);
  // Of the whole crawl. Threads: any.
  std::optional<base::WallTime> paused_since() const CRAWL_EXCLUDES(mutex_);
  std::vector<parsers::WorkerCounters> workers() const;
  std::vector<WorkerState> worker_states() const;

  // Hands other sites to every room: the same names keep their ids, new ones come behind, and
  // those that `sites` leaves out are held until they come back. All or nothing.
  base::Status replace_sites(std::vector<config::Site> sites);

  // A reload left the site out; it may come back with another.
  bool has_left(const std::string& site) const CRAWL_EXCLUDES(mutex_);

  // Call about once a second: what is kept beside the database is written where it is due.
  void look() { cookies_->look(); }

  // Ends what start() started, but for the hooks of a one-shot crawl. Call once.
  base::Status drain(std::chrono::milliseconds grace, const std::string& exit);
  // After drain(): the hooks are told of the last changes, for at most `patience`.
  base::Status finish_hooks(std::chrono::milliseconds patience);
  // After both, for a one-shot crawl that came to its end: as Pipeline::prune.
  base::Status prune(const std::function<bool()>& stop) { return pipeline_->prune(stop); }

  // Of the change hooks; empty where there are none.
  std::vector<HookStatus> hooks() const CRAWL_EXCLUDES(mutex_);

  // Frees the database and its lock; only after the pipeline was drained.
  void close();

 private:
  explicit Session(SessionSetup setup, const base::Clock& clock)
      : setup_(std::move(setup)), clock_(clock) {}

  base::Status open_store();
  void make_pipeline();
  base::Status open_hooks() CRAWL_EXCLUDES(mutex_);
  base::Status start_hooks() CRAWL_EXCLUDES(mutex_);
  base::Status start_orphan_watch();
  void end_helpers();
  void remember_cursor(const std::string& hook, std::uint64_t last_id) CRAWL_EXCLUDES(mutex_);
  void remember_names(std::vector<std::string> names, std::set<model::SiteId> left = {})
      CRAWL_EXCLUDES(mutex_);
  std::vector<parsers::WorkerProcess*> started_workers() const CRAWL_EXCLUDES(mutex_);
  std::optional<pipeline::CommitItem> look_for_orphans();
  struct Pause {
    base::WallTime since;
    PauseEnds ends = PauseEnds::never;
    bool operator==(const Pause&) const = default;
  };
  base::Status take_up_pauses() CRAWL_EXCLUDES(mutex_);
  std::optional<Pause> pause_of(const std::string& site) const CRAWL_EXCLUDES(mutex_);
  void obey(const std::string& site) CRAWL_EXCLUDES(mutex_);
  void hold_sites(const pipeline::SiteNames& names) CRAWL_EXCLUDES(mutex_);
  void tell_stray_pauses() const CRAWL_EXCLUDES(mutex_);
  SeedPortions seeds() const;

  SessionSetup setup_;
  const base::Clock& clock_;
  std::unique_ptr<storage::SqliteStore> store_;
  std::unique_ptr<Rooms> rooms_;
  std::unique_ptr<fetch::CookieSaver> cookies_;
  std::unique_ptr<frontier::LocalFrontier> frontier_;
  std::uint32_t fetch_threads_ = 0;
  std::unique_ptr<pipeline::Pipeline> pipeline_;
  mutable base::Mutex mutex_;
  // Shared with who asks for their status while they are ended. Null: none.
  std::shared_ptr<ChangeHooks> hooks_ CRAWL_GUARDED_BY(mutex_);
  // Of hooks that were told after the pipeline had ended.
  std::map<std::string, std::uint64_t> late_cursors_ CRAWL_GUARDED_BY(mutex_);
  std::vector<std::string> site_names_ CRAWL_GUARDED_BY(mutex_);  // by SiteId
  // Those that a reload took out: nobody resumes them, or adds to them.
  std::set<model::SiteId> out_of_reach_ CRAWL_GUARDED_BY(mutex_);
  // By name, which outlasts ids; empty: the whole crawl.
  std::map<std::string, Pause> paused_ CRAWL_GUARDED_BY(mutex_);
  // Owned by the pipeline. Who asks for status may do so while they are being started.
  std::vector<parsers::WorkerProcess*> workers_ CRAWL_GUARDED_BY(mutex_);
  std::unique_ptr<OrphanWatch> orphan_watch_;  // null: none
};

}  // namespace crawld::daemon
