#include "crawler/base/text_pool.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

using crawld::base::TextPool;

namespace {

// Texts of all lengths around those at which the pool changes its mind.
std::vector<std::string> texts() {
  std::vector<std::string> all;
  for (const std::size_t size :
       {0, 1, 7, 4'000, 4'192, 1, 8'191, 8'192, 3, 100'000, 5, 2'000'000, 9}) {
    all.emplace_back(size, static_cast<char>('a' + all.size()));
  }
  return all;
}

std::vector<std::string_view> keep(TextPool& pool, const std::vector<std::string>& all) {
  std::vector<std::string_view> views;
  for (const std::string& text : all) views.push_back(pool.keep(text));
  return views;
}

void check(const std::vector<std::string_view>& views, const std::vector<std::string>& all) {
  REQUIRE(views.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK((views[i] == all[i]));
}

}  // namespace

TEST_CASE("what a pool keeps stays as it was, whatever is kept after it") {
  TextPool pool;
  const auto all = texts();
  const auto views = keep(pool, all);
  for (int i = 0; i < 1'000; ++i) pool.keep("more");
  check(views, all);
}

TEST_CASE("views outlive a move of the pool, and its end where a copy or a joined one lives") {
  const auto all = texts();
  TextPool kept;
  TextPool joined;
  std::vector<std::string_view> views;
  {
    TextPool first;
    views = keep(first, all);
    joined.keep("own");
    joined.join(first);
    TextPool moved = std::move(first);
    kept = moved;
    moved.keep("after the copy");
  }
  check(views, all);
  kept = {};
  check(views, all);
}

TEST_CASE("a pool and its copy do not write over each other") {
  TextPool one;
  const auto before = one.keep("before");
  TextPool two = one;
  const auto first = one.keep("first");
  const auto second = two.keep("second");
  CHECK(before == "before");
  CHECK(first == "first");
  CHECK(second == "second");
}
