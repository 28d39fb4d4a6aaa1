#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "crawler/pipeline/status.h"

using namespace crawld::pipeline;
using crawld::frontier::Holdup;

namespace {

std::uint32_t bit(Hold hold) { return static_cast<std::uint32_t>(hold); }

}  // namespace

TEST_CASE("each thing that can bound the rate is named when it does, and only one is") {
  struct Case {
    LimitSigns signs;
    Limit limit;
  };
  const std::vector<Case> cases = {
      {{.holds = bit(Hold::disk) | bit(Hold::user)}, Limit::disk},
      {{.holds = bit(Hold::store)}, Limit::disk},
      {{.holds = bit(Hold::memory)}, Limit::memory},
      {{.holds = bit(Hold::user), .limit_reached = true}, Limit::paused},
      {{.limit_reached = true, .pushing_commits = 1}, Limit::budget},
      {{.pushing_commits = 1, .pushing_fetched = 3}, Limit::commit},
      {{.pushing_fetched = 1, .fetch_threads = 4, .in_flight = 4}, Limit::parse},
      {{.fetched_items = 5, .fetch_threads = 4}, Limit::parse},
      {{.fetch_threads = 4, .in_flight = 4, .waiting_for_dns = 3, .waiting_for_rate = 3},
       Limit::rate},
      {{.fetch_threads = 4, .in_flight = 4, .waiting_for_dns = 3}, Limit::dns},
      {{.fetch_threads = 4, .in_flight = 4, .waiting_for_dns = 1, .waiting_for_network = 3},
       Limit::network},
      {{.fetch_threads = 4, .in_flight = 4, .waiting_for_dns = 1}, Limit::connections},
      {{.fetch_threads = 64, .in_flight = 32}, Limit::connections},
      {{.fetch_threads = 64, .in_flight = 31}, Limit::none},
      {{.fetch_threads = 4, .in_flight = 1, .holdup = Holdup::politeness}, Limit::politeness},
      {{.fetch_threads = 4, .in_flight = 1, .holdup = Holdup::in_flight}, Limit::host_slots},
      {{.outstanding = 1, .holdup = Holdup::nothing_left}, Limit::host_slots},
      {{.holdup = Holdup::nothing_left}, Limit::nothing_left},
      {{.refused_for_budget = true, .holdup = Holdup::nothing_left}, Limit::budget},
      {{.refused_for_budget = true, .holdup = Holdup::politeness}, Limit::politeness},
      {{.holdup = Holdup::paused}, Limit::paused},
      {{.holdup = Holdup::login}, Limit::login},
      {{.holdup = Holdup::names}, Limit::dns},
      {{.fetched_items = 1, .fetch_threads = 4}, Limit::parse},
      {{}, Limit::none},
  };
  for (const Case& one : cases) CHECK(to_string(limit_of(one.signs)) == to_string(one.limit));
}

TEST_CASE("every limit has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kLimits; ++i) names.insert(to_string(static_cast<Limit>(i)));
  CHECK(names.size() == kLimits);
}
