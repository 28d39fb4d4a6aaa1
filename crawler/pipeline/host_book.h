// The hosts of the crawl: origin <-> id, and the figures that are stored of each.
//
// Owned by the commit thread. Memory grows with the number of hosts, about 300
// bytes each, not with the number of URLs.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/commit_batch.h"

namespace crawld::pipeline {

class HostBook {
 public:
  void load(storage::HostState state);

  // The host's id, or 0.
  model::HostId find(std::string_view origin) const;
  // Makes a new host known. Needs: find(origin) == 0 and `id` unused.
  storage::HostState& add(model::HostId id, std::string origin);

  // The host's figures, to be changed, its id and origin excepted: it will be stored with the next
  // batch.
  storage::HostState& change(model::HostId id);
  const storage::HostState& get(model::HostId id) const { return hosts_.at(id); }

  // Ids changed since the last call.
  std::vector<model::HostId> take_changed();

 private:
  std::unordered_map<model::HostId, storage::HostState> hosts_;
  std::unordered_map<std::string_view, model::HostId> by_origin_;  // texts of hosts_
  std::set<model::HostId> changed_;
};

}  // namespace crawld::pipeline
