// By what rules links of each site are followed, and since when: over all runs.
//
// A page that a server calls unchanged is not read. Where other links are to be followed than when
// it was (`follow_requisites` was switched on), it has to be asked for once without condition.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crawler/pipeline/site_rules.h"
#include "storage/commit_batch.h"

namespace crawld::pipeline {

// Threads: one at a time.
class LinkRules {
 public:
  void load(const std::vector<storage::SiteLinkRules>& known);
  // The rules of `sites` hold from `now` on, where they are others than before; those of a site
  // that is not known yet hold for everything. What is new, for the store.
  std::vector<storage::SiteLinkRules> change(const SiteTable& sites, storage::Millis now);

  // Whether rules hold now by which what was visited then was not read. Never for a page that was
  // not visited (0), nor for a site that change() was not told.
  bool are_newer_than(storage::Millis visited_at, model::SiteId site) const;

 private:
  struct Entry {
    std::string rules;
    storage::Millis since = 0;
  };
  std::map<std::string, Entry, std::less<>> by_name_;
  std::vector<storage::Millis> since_;  // by SiteId
};

}  // namespace crawld::pipeline
