#include "crawler/pipeline/pace_keeper.h"

#include <algorithm>

namespace crawld::pipeline {

void PaceKeeper::turn(base::WallTime now) {
  auto table = sites_.table();
  if (table == table_ && (!next_ || now < *next_)) return;
  table_ = std::move(table);
  next_.reset();
  std::vector<frontier::SitePace> paces;
  for (model::SiteId id = 0; id < table_->size(); ++id) {
    const config::Pace& pace = (*table_)[id]->pace;
    const config::Pace::Rule rule = pace.at(now);
    paces.push_back({.delay = rule.delay, .off = rule.off});
    if (pace.empty()) continue;
    const base::WallTime change = pace.next_change(now);
    next_ = std::min(next_.value_or(change), change);
  }
  frontier_.set_paces(paces);
}

}  // namespace crawld::pipeline
