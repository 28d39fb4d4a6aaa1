// The seeds and sitemaps of all sites, judged, a portion at a time: of a list of a million, what is
// entered at once is what a batch may hold.
//
// Threads: one at a time. Holds the sites as they were when it was made.
#pragma once

#include <cstddef>
#include <memory>

#include "crawler/pipeline/commit_item.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::daemon {

class SeedPortions {
 public:
  // `again`: of seeds that are known. A portion has `most` seeds at most.
  SeedPortions(std::shared_ptr<const pipeline::SiteTable> sites, pipeline::AskAgain again,
               std::size_t most = 10'000)
      : sites_(std::move(sites)), again_(again), most_(most) {}

  // The next ones, in the order of the sites; empty: there are no more.
  pipeline::Injections next();

 private:
  void add(pipeline::Injections& portion, std::string_view text, model::Purpose purpose) const;

  std::shared_ptr<const pipeline::SiteTable> sites_;
  const pipeline::AskAgain again_;
  const std::size_t most_;
  model::SiteId site_ = 0;
  std::size_t place_ = 0;  // in the site's seeds, and behind them its sitemaps
  bool begun_ = false;
};

}  // namespace crawld::daemon
