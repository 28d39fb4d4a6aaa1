// A whole crawl in one thread: the real frontier, policy, parser and commit stage over
// a scripted web, a clock turned by hand and a store in memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/pace_keeper.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/memory_store.h"
#include "tests/support/scripted_web.h"

namespace crawld::tests {

// A site that waits for nothing and asks for robots.txt, as tests mostly want it.
config::Site quick_site(std::vector<std::string> seeds);

class Simulation {
 public:
  // `store` outlives it: a second simulation over the same store is a restart.
  enum class Recrawl { no, yes };
  Simulation(config::Config config, ScriptedWeb& web, ManualClock& clock, storage::PageStore& store,
             pipeline::RunMode mode = {}, Recrawl recrawl = Recrawl::no,
             std::size_t batch_pages = 4);

  // Runs to the end, or until `requests` were made, or `time` has passed.
  void run(std::size_t requests = 100'000,
           std::chrono::milliseconds time = std::chrono::hours(24 * 400));
  bool finished() const { return finished_; }

  // "done", "queued", ... of a URL; "unknown" where it is not in the books.
  std::string state(const std::string& url) const;
  const pipeline::RunTotals& totals() const { return commit_.totals(); }

  // As a reload does: other sites under the same names, then the books judged anew.
  void reload(config::Config config, pipeline::Rejudgements news);
  void tell(pipeline::CommitItem item) { commit_.add(std::move(item)); }
  // The store holds everything that was booked.
  void flush() { (void)commit_.flush(); }
  frontier::LocalFrontier& frontier() { return frontier_; }

 private:
  bool turn(std::chrono::milliseconds until);

  config::Config config_;
  const pipeline::RunMode mode_;
  ScriptedWeb& web_;
  ManualClock& clock_;
  storage::PageStore& store_;
  pipeline::SiteBook sites_;
  frontier::LocalFrontier frontier_;
  pipeline::CommitStage commit_;
  pipeline::PaceKeeper pace_;
  bool finished_ = false;
};

}  // namespace crawld::tests
