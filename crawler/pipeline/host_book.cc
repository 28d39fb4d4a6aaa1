#include "crawler/pipeline/host_book.h"

namespace crawld::pipeline {

void HostBook::load(storage::HostState state) {
  const model::HostId id = state.id;
  const auto [host, is_new] = hosts_.emplace(id, std::move(state));
  if (is_new) by_origin_.emplace(host->second.origin, id);
}

model::HostId HostBook::find(std::string_view origin) const {
  const auto found = by_origin_.find(origin);
  return found == by_origin_.end() ? 0 : found->second;
}

storage::HostState& HostBook::add(model::HostId id, std::string origin) {
  load({.id = id, .origin = std::move(origin)});
  return change(id);
}

storage::HostState& HostBook::change(model::HostId id) {
  changed_.insert(id);
  return hosts_.at(id);
}

std::vector<model::HostId> HostBook::take_changed() {
  std::vector<model::HostId> ids(changed_.begin(), changed_.end());
  changed_.clear();
  return ids;
}

}  // namespace crawld::pipeline
