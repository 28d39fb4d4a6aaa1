// A crawl, put together from a configuration: database, frontier, fetch, workers, pipeline.
//
// Used by `crawld crawl`, `crawld run` and `crawld fetch` alike. Owns everything it
// makes. Threads: one controlling thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/daemon/rooms.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/pipeline.h"
#include "storage/sqlite_store.h"

namespace crawld::daemon {

struct SessionSetup {
  config::Config config;
  pipeline::RunMode mode;
  std::string command;             // for the row of `runs`; holds no secrets
  bool recrawl = false;            // every known page is visited again
  std::vector<std::string> lists;  // URL list files for the first site
  std::function<void(const storage::CommitBatch&)> on_committed;
};

class Session {
 public:
  // Opens and checks everything that can fail, without a request or a thread.
  // `clock` outlives the session.
  static base::Result<std::unique_ptr<Session>> open(SessionSetup setup, const base::Clock& clock);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Starts the threads and hands in the seeds.
  base::Status start();

  pipeline::Pipeline& pipeline() { return *pipeline_; }
  frontier::LocalFrontier& frontier() { return *frontier_; }
  pipeline::SiteBook& sites() { return rooms_->sites(); }
  fetch::FetchContext& fetch() { return rooms_->fetch(); }
  storage::Database& database() { return store_->database(); }
  const config::Config& config() const { return setup_.config; }
  std::vector<parsers::WorkerCounters> workers() const;

  // The seeds and sitemaps of all sites, judged.
  pipeline::Injections seeds() const;

  // Hands other sites to every room: the same names keep their ids, new ones come behind,
  // and those that `sites` leaves out are paused. All or nothing. Extraction rules stay
  // as they are until the next start, since the workers were started with them.
  base::Status replace_sites(std::vector<config::Site> sites);

  // Frees the database and its lock; only after the pipeline was drained.
  void close();

 private:
  explicit Session(SessionSetup setup, const base::Clock& clock)
      : setup_(std::move(setup)), clock_(clock) {}

  base::Status open_store();
  void make_pipeline();
  void inject_seeds(pipeline::Injections& injections, model::SiteId site) const;

  SessionSetup setup_;
  const base::Clock& clock_;
  std::unique_ptr<storage::SqliteStore> store_;
  std::unique_ptr<Rooms> rooms_;
  std::unique_ptr<frontier::LocalFrontier> frontier_;
  std::vector<parsers::WorkerProcess*> workers_;  // owned by the pipeline
  std::unique_ptr<pipeline::Pipeline> pipeline_;
};

}  // namespace crawld::daemon
