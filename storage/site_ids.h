// Sites of the running configuration (by index) and their rows in `sites`.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/database.h"
#include "storage/page_store.h"

namespace crawld::storage {

class SiteIds {
 public:
  using Others = RunStart::Others;
  // Enters the names that are new, in one transaction. Where the others retire, they are marked
  // inactive, with those of `left`, and these active; else every mark stays as it is.
  base::Status enter(Database& database, const std::vector<std::string>& names, Others others,
                     const std::set<model::SiteId>& left = {});

  // Row of a configured site. 0 for kNoSite or an index out of range.
  std::int64_t row_of(model::SiteId site) const { return site < rows_.size() ? rows_[site] : 0; }
  // kNoSite for a site that left the configuration.
  model::SiteId site_of(std::int64_t row) const {
    const auto found = sites_.find(row);
    return found == sites_.end() ? kNoSite : found->second;
  }
  std::size_t size() const { return rows_.size(); }

 private:
  base::Result<std::int64_t> enter_one(Database& database, const std::string& name, bool active);

  std::vector<std::int64_t> rows_;
  std::unordered_map<std::int64_t, model::SiteId> sites_;
};

}  // namespace crawld::storage
