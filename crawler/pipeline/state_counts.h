// How many URLs are in which state, and how many retries of them are another run's.
//
// A plain value of the commit thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "crawler/model/settlement.h"

namespace crawld::pipeline {

class StateCounts {
 public:
  using ByName = std::map<std::string, std::uint64_t>;

  void load(ByName counts) { counts_ = std::move(counts); }
  void add(model::Verdict state) { ++counts_[std::string(to_string(state))]; }
  void move(model::Verdict from, model::Verdict to) {
    --counts_[std::string(to_string(from))];
    add(to);
  }
  std::uint64_t of(model::Verdict state) const {
    const auto found = counts_.find(std::string(to_string(state)));
    return found == counts_.end() ? 0 : found->second;
  }
  const ByName& all() const { return counts_; }

  // Retries of sites that are not in this run, which does not wait for them.
  void set_foreign_retries(std::uint64_t count) { foreign_retries_ = count; }
  void foreign_retry_joined() { --foreign_retries_; }
  bool any_retry_is_planned() const { return of(model::Verdict::retry_later) > foreign_retries_; }

 private:
  ByName counts_;
  std::uint64_t foreign_retries_ = 0;
};

}  // namespace crawld::pipeline
