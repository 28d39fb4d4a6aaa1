#include <catch2/catch.hpp>

#include "config/seed_list.h"

using crawld::config::SeedList;

TEST_CASE("seeds come back in their order, an empty one too") {
  SeedList seeds{"http://a.test/", "", "http://b.test/"};
  std::vector<std::string> all;
  for (const std::string_view seed : seeds) all.emplace_back(seed);
  CHECK(all == std::vector<std::string>{"http://a.test/", "", "http://b.test/"});
  CHECK(seeds.front() == "http://a.test/");
  CHECK(seeds.back() == "http://b.test/");
  CHECK(seeds == SeedList(all));
}

TEST_CASE("copies share their text, and a change of one is none of the others") {
  SeedList first{"http://a.test/"};
  SeedList copy = first;
  CHECK(copy[0].data() == first[0].data());
  copy.push_back("http://b.test/");
  CHECK(first.size() == 1);
  CHECK(copy.size() == 2);
  first.clear();
  CHECK(first.empty());
  CHECK(copy[0] == "http://a.test/");
}

TEST_CASE("lists of the same text are others where its parts are others") {
  CHECK_FALSE(SeedList{"ab", "c"} == SeedList{"a", "bc"});
  CHECK_FALSE(SeedList{} == SeedList{""});
  CHECK(SeedList{} == SeedList{});
}
