#include "crawler/pipeline/coverage.h"

#include <catch2/catch.hpp>

using crawld::model::Record;
using crawld::pipeline::Coverage;

namespace {

Coverage of(int filled, int records) {
  Coverage coverage;
  for (int i = 0; i < records; ++i) {
    coverage.add(Record{.rule = "shop",
                        .fields_json = i < filled ? R"({"price": 1})" : R"({"price": null})",
                        .errors_json = "{}"});
  }
  return coverage;
}

}  // namespace

TEST_CASE("a field that matches far less than in the run before is named with both shares") {
  CHECK(of(3, 100).drops_since(of(98, 100)) == std::vector<std::string>{"shop.price: 98 % to 3 %"});
}

TEST_CASE("a field that matches about as often is not a drop") {
  CHECK(of(60, 100).drops_since(of(98, 100)).empty());
}

TEST_CASE("a few records prove nothing") { CHECK(of(0, 10).drops_since(of(10, 10)).empty()); }

TEST_CASE("a short run between two long ones hides no drop") {
  Coverage before = of(1, 1);
  before.add_older(of(98, 100));
  before.add_older(of(0, 100));
  CHECK(of(3, 100).drops_since(before) == std::vector<std::string>{"shop.price: 98 % to 3 %"});
}

TEST_CASE("coverage survives being stored") {
  const Coverage back = Coverage::from_json(of(98, 100).to_json());
  CHECK(of(3, 100).drops_since(back).size() == 1);
  CHECK(Coverage::from_json("no json").empty());
  CHECK(Coverage().to_json().empty());
}
