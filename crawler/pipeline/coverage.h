// Field coverage: how many records of a rule had a value for each field, in one run.
//
// A selector that stops matching shows here first: "price: 98 % to 3 %".
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

// Rule -> field -> counts. Threads: one.
class Coverage {
 public:
  void add(const model::Record& record);

  // {"rule": {"field": [filled, records]}}; empty text where there are no records.
  std::string to_json() const;
  static Coverage from_json(std::string_view json);

  // Takes from the run before what this one saw too few records of to prove anything, so that
  // a short run between two long ones hides no drop.
  void add_older(const Coverage& older);

  bool empty() const { return rules_.empty(); }

  // "article.price: 98 % to 3 %" for each field that lost more than half of its share,
  // where both runs saw at least 20 records.
  std::vector<std::string> drops_since(const Coverage& before) const;

 private:
  std::map<std::string, std::map<std::string, FieldCoverage>> rules_;
};

}  // namespace crawld::pipeline
