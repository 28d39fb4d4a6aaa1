// The extraction rules of a running crawl, numbered.
//
// Numbers are for ever: rules that a reload changes become another set with another number,
// so a job that was made before still names what it meant. Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crawler/base/mutex.h"
#include "parsers/extract/rules.h"

namespace crawld::parsers {

class RuleBook {
 public:
  // The number (from 1) of the set with this hash, which is entered where it is new.
  std::uint32_t number_of(const RuleSet& set, const std::string& hash) CRAWL_EXCLUDES(mutex_);
  // In the order of their numbers.
  std::vector<RuleSet> sets() const CRAWL_EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  std::vector<RuleSet> sets_ CRAWL_GUARDED_BY(mutex_);
  std::vector<std::string> hashes_ CRAWL_GUARDED_BY(mutex_);
};

}  // namespace crawld::parsers
