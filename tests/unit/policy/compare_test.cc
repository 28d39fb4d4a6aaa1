#include "crawler/policy/compare.h"

#include <catch2/catch.hpp>

using namespace crawld;
using namespace crawld::policy;
using config::Compare;

namespace {

model::ParsedPage page(const std::string& text, std::vector<model::Record> records = {}) {
  return {.title = "t", .text = text, .records = std::move(records)};
}

model::Record record(const std::string& rule, const std::string& price) {
  return {.rule = rule, .fields_json = "{\"price\":" + price + "}", .errors_json = "{}"};
}

}  // namespace

TEST_CASE("compared by text, pages are the same when title and text are") {
  CHECK(compared_print(page("one"), Compare::text) == compared_print(page("one"), Compare::text));
  CHECK(compared_print(page("one"), Compare::text) != compared_print(page("two"), Compare::text));
  model::ParsedPage titled = page("one");
  titled.title = "another";
  CHECK(compared_print(titled, Compare::text) != compared_print(page("one"), Compare::text));
}

TEST_CASE("compared by records, pages are the same when each rule read the same") {
  const auto print = [](const std::string& text, std::vector<model::Record> records) {
    return compared_print(page(text, std::move(records)), Compare::records);
  };
  const std::uint64_t nine = print("one", {record("product", "9")});
  CHECK(nine == print("two", {record("product", "9")}));
  CHECK(nine != print("one", {record("product", "8")}));
  CHECK(nine != print("one", {record("offer", "9")}));
  CHECK(nine != print("one", {record("product", "9"), record("product", "9")}));
}

TEST_CASE("a page without records is compared by its text, one without text by its body alone") {
  CHECK(compared_print(page("one"), Compare::records) ==
        compared_print(page("one"), Compare::text));
  CHECK(compared_print(page(""), Compare::records) == 0);
  CHECK(compared_print(page(""), Compare::text) == 0);
  CHECK(compared_print(page("one", {record("product", "9")}), Compare::body) == 0);
}

TEST_CASE("a page that was compared by text is never taken for one that is compared by records") {
  CHECK(compared_print(page("one", {record("product", "9")}), Compare::text) !=
        compared_print(page("one", {record("product", "9")}), Compare::records));
}
