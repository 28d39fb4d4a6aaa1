// The rooms of a crawl without its memory: sites, fetch and workers, made from a configuration.
//
// Session adds database, frontier and threads; `crawld fetch` and `crawld extract` use
// the rooms alone. Threads: any may call the makers.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "config/config.h"
#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/fetch/address_guard.h"
#include "crawler/fetch/curl_fetcher.h"
#include "crawler/fetch/uplink.h"
#include "crawler/pipeline/parse_stage.h"
#include "crawler/pipeline/site_rules.h"
#include "parsers/worker/worker_process.h"

namespace crawld::daemon {

// Parse workers: as configured, else one a core.
std::uint32_t worker_count(const config::Config& config);

// A parser, and the worker process inside it.
struct Reader {
  std::unique_ptr<parsers::Parser> parser;
  parsers::WorkerProcess* worker = nullptr;  // the parser's own
};

// `reader` with the converters of the configuration around it; itself where there are none.
std::unique_ptr<parsers::Parser> with_converters(
    std::unique_ptr<parsers::Parser> reader, const config::Config& config,
    std::shared_ptr<const parsers::WorkerProgram> program);

class Rooms {
 public:
  // Compiles the sites, opens fetch, finds crawld-parse and proves its sandbox. `clock`
  // outlives the rooms.
  static base::Result<std::unique_ptr<Rooms>> open(const config::Config& config,
                                                   pipeline::RunMode mode,
                                                   const base::Clock& clock);

  // Each for one thread; the rooms outlive them.
  std::unique_ptr<fetch::Fetcher> make_fetcher();
  Reader make_reader();

  // Other sites, by SiteId; workers that do not know their rules are replaced. On an error nothing
  // has changed. `left`: those that a reload took out.
  base::Status replace_sites(const config::Config& config, pipeline::RunMode mode,
                             const std::set<model::SiteId>& left);

  pipeline::ParseStage::Options parse_options();
  pipeline::SiteBook& sites() { return *sites_; }
  fetch::FetchContext& fetch() { return *fetch_; }
  const fetch::Uplink& uplink() const { return uplink_; }
  const config::Config& config() const { return config_; }

 private:
  explicit Rooms(const config::Config& config) : config_(config) {}

  base::Status open_fetch(pipeline::RunMode mode, const base::Clock& clock);
  base::Status set_guards(const config::Config& config);
  base::Status open_workers();
  bool is_forbidden(const model::Url& url) const;

  const config::Config config_;
  std::unique_ptr<pipeline::SiteBook> sites_;
  std::unique_ptr<fetch::FetchContext> fetch_;
  fetch::Uplink uplink_;  // of all fetchers
  mutable base::Mutex mutex_;
  std::vector<fetch::AddressGuard> guards_ CRAWL_GUARDED_BY(mutex_);  // by SiteId
  std::shared_ptr<const parsers::WorkerProgram> program_;
  // Shared with the workers: a reload adds rules to it.
  const std::shared_ptr<parsers::RuleBook> rules_ = std::make_shared<parsers::RuleBook>();
};

// config::Site's slice for fetch.
fetch::SiteFetchConfig fetch_config(const config::Site& site);

}  // namespace crawld::daemon
