// The books of one run after another over the same store, without threads and without a web.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "crawler/pipeline/commit_stage.h"
#include "storage/memory_store.h"
#include "tests/support/scripted_web.h"

namespace crawld::tests {

// A run of these sites, loaded. A later run over the store is a start after this one was killed.
class Run {
 public:
  using Options = pipeline::CommitStage::Options;

  Run(storage::PageStore& store, ManualClock& clock, const std::vector<std::string>& site_names,
      Options options = {}, std::size_t window = 256)
      : Run(with_sites(site_names), store, clock, std::move(options), window) {}
  Run(config::Config config, storage::PageStore& store, ManualClock& clock, Options options,
      std::size_t window = 256)
      : clock_(clock),
        config_(std::move(config)),
        mode_{.recurring = options.recurring},
        sites(*pipeline::compile_sites(config_, mode_)),
        frontier(pipeline::frontier_settings(config_, mode_),
                 {.window = window, .low_water = window / 2, .spill_at = window}),
        commit(store, frontier, sites, clock, std::move(options)) {
    std::vector<std::string> names;
    for (const config::Site& site : config_.sites) names.push_back(site.name);
    (void)store.begin_run({.command = "test", .version = {}, .sites = names});
    loaded = commit.load().ok();
  }

  static config::Config with_sites(const std::vector<std::string>& names) {
    config::Config config;
    for (const std::string& name : names) {
      config::Site site;
      site.name = name;
      site.robots = config::RobotsPolicy::ignore;
      site.delay = std::chrono::milliseconds(0);
      site.jitter = 0;
      config.sites.push_back(site);
    }
    return config;
  }

  // Pages 0, 1, ... of a host.
  void inject(const std::string& host, int pages, model::SiteId site) {
    pipeline::Injections urls;
    for (int page = 0; page < pages; ++page) {
      const std::string text = "http://" + host + "/" + std::to_string(page);
      urls.all.push_back({.url = *model::Url::parse(text), .site = site});
    }
    commit.add(std::move(urls));
    (void)commit.flush();
  }
  // As `crawld add` does.
  void ask_again(const std::string& url, model::SiteId site = 0,
                 pipeline::AskAgain again = pipeline::AskAgain::yes) {
    pipeline::Injections urls;
    urls.all.push_back({.url = *model::Url::parse(url), .site = site, .again = again});
    commit.add(std::move(urls));
    (void)commit.flush();
  }
  // As the start of a one-shot crawl does with its seeds.
  void ask_where_it_failed(const std::string& url) {
    ask_again(url, 0, pipeline::AskAgain::where_it_failed);
  }
  model::Lease lease() {
    frontier::Turn turn = frontier.lease(clock_.now());
    if (!turn.lease) throw std::runtime_error("nothing to lease");
    frontier.release(*turn.lease, {}, {}, clock_.now());
    return *turn.lease;
  }
  // Everything that waits is fetched and is gone.
  int work_off() {
    int settled = 0;
    while (true) {
      frontier::Turn turn = frontier.lease(clock_.now());
      if (turn.lease) {
        frontier.release(*turn.lease, {}, {}, clock_.now());
        ++settled;
        settle(*turn.lease, model::Verdict::gone);
      } else if (commit.flush_at() || frontier.wants_refill()) {
        (void)commit.flush();
      } else {
        return settled;
      }
    }
  }
  void settle(const model::Lease& lease, model::Verdict verdict,
              std::optional<base::WallTime> due_at = {},
              std::vector<model::Discovered> found = {}) {
    commit.add(model::Settled{.parsed = {.fetched = {.lease = lease,
                                                     .outcome = model::FetchFailure{},
                                                     .fetched_at = clock_.wall()},
                                         .page = {}},
                              .verdict = verdict,
                              .due_at = due_at,
                              .discovered = std::move(found)});
  }

 private:
  const ManualClock& clock_;
  config::Config config_;
  pipeline::RunMode mode_;

 public:
  pipeline::SiteBook sites;
  frontier::LocalFrontier frontier;
  pipeline::CommitStage commit;
  bool loaded = false;
};

}  // namespace crawld::tests
