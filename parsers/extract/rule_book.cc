#include "parsers/extract/rule_book.h"

#include <algorithm>

namespace crawld::parsers {

std::uint32_t RuleBook::number_of(const RuleSet& set, const std::string& hash) {
  base::MutexLock lock(mutex_);
  const auto found = std::find(hashes_.begin(), hashes_.end(), hash);
  const auto index = static_cast<std::uint32_t>(found - hashes_.begin());
  if (found == hashes_.end()) {
    sets_.push_back(set);
    hashes_.push_back(hash);
  }
  return index + 1;
}

std::vector<RuleSet> RuleBook::sets() const {
  base::MutexLock lock(mutex_);
  return sets_;
}

}  // namespace crawld::parsers
