// Field coverage: how many records of a rule had a value for each field, in one round.
//
// A selector that stops matching shows here first: "price: 98 % to 3 %". A rule whose `each` stops
// matching makes no record at all, so pages that had records before are counted as well.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"

namespace crawld::pipeline {

struct FieldCoverage {
  std::uint64_t filled = 0;
  std::uint64_t records = 0;
};

// Of the pages that were read again: what they had, and what they have now.
struct RecordCounts {
  std::uint64_t before = 0;
  std::uint64_t now = 0;
};

// Rule -> field -> counts. Threads: one.
class Coverage {
 public:
  using Fields = std::map<std::string, FieldCoverage>;

  void add(const model::Record& record);
  // A page that gave `counts.before` records of the rule when it was last read.
  void add_reread(const std::string& rule, RecordCounts counts);

  // {"rule": {"field": [filled, records]}}; empty text where there are no records.
  std::string to_json() const;
  // {"rule": [before, now]}; empty text where no page with records was read again.
  std::string reread_json() const;
  static Coverage from_json(std::string_view fields, std::string_view reread = {});

  bool empty() const { return rules_.empty() && reread_.empty(); }

  std::map<std::string, Fields>& rules() { return rules_; }
  const std::map<std::string, Fields>& rules() const { return rules_; }
  std::map<std::string, RecordCounts>& reread() { return reread_; }
  const std::map<std::string, RecordCounts>& reread() const { return reread_; }

 private:
  std::map<std::string, Fields> rules_;
  std::map<std::string, RecordCounts> reread_;
};

// Records that settle a comparison with `before`: as many as there were, and no more than 20.
std::uint64_t enough_records(const FieldCoverage& before);

// It lost more than half of its share, both saw enough, and chance does not explain it.
bool is_drop(const FieldCoverage& before, const FieldCoverage& now);
// Pages that gave ten records or more give less than a tenth of them.
bool is_drop(const RecordCounts& counts);

// "98 % to 3 %", "40 records to 0".
std::string describe_drop(const FieldCoverage& before, const FieldCoverage& now);
std::string describe_drop(const RecordCounts& counts);

}  // namespace crawld::pipeline
