// One turn of a fetch thread: lease, fetch, release.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "crawler/base/clock.h"
#include "crawler/fetch/fetcher.h"
#include "crawler/frontier/frontier.h"
#include "crawler/pipeline/activity.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::pipeline {

struct FetchTurn {
  std::optional<model::Fetched> fetched;
  std::vector<frontier::Refusal> refusals;
  bool nothing = false;  // no URL may be fetched now: wait for the frontier
};

// Threads: one a fetch thread.
class FetchStage {
 public:
  FetchStage(frontier::Frontier& frontier, fetch::Fetcher& fetcher, const SiteBook& sites,
             const base::Clock& clock, Activity* activity = nullptr)
      : frontier_(frontier), fetcher_(fetcher), sites_(sites), clock_(clock), activity_(activity) {}

  // Blocks for one transfer at most. The host's slot stays taken until release().
  FetchTurn step();
  // Frees the slot of the last step, where it took one.
  void release();

 private:
  bool has_address(model::Lease& lease);

  frontier::Frontier& frontier_;
  fetch::Fetcher& fetcher_;
  const SiteBook& sites_;
  const base::Clock& clock_;
  Activity* const activity_;  // may be null

  struct Ended {
    model::Lease lease;
    model::HostAdvice advice;
    std::string address;
  };
  std::optional<Ended> ended_;
};

}  // namespace crawld::pipeline
