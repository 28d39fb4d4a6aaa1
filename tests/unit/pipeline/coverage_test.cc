#include "crawler/pipeline/coverage_rounds.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using crawld::base::WallTime;
using crawld::model::Record;
using crawld::pipeline::Coverage;
using crawld::pipeline::CoverageRounds;
using Lines = std::vector<std::string>;

namespace {

constexpr auto kRound = 1h;

WallTime in_round(int number, std::chrono::minutes into = 0min) {
  return WallTime(24h * 365) + number * kRound + into;
}

WallTime end_of_round(WallTime at) { return in_round((at - in_round(0)) / kRound + 1); }

std::vector<Record> records(int filled, int all) {
  std::vector<Record> made;
  for (int i = 0; i < all; ++i) {
    made.push_back({.rule = "shop",
                    .fields_json = i < filled ? R"({"price": 1})" : R"({"price": null})",
                    .errors_json = "{}"});
  }
  return made;
}

// A daemon's: `filled` of `all` records have a price.
void add(CoverageRounds& rounds, WallTime at, int filled, int all) {
  rounds.add("a", {.at = at, .records = records(filled, all)}, end_of_round);
}

// A page that had `before` records and has `now`.
void reread(CoverageRounds& rounds, WallTime at, std::uint64_t before, int now) {
  rounds.add("a", {.at = at, .records = records(now, now), .records_before = {{"shop", before}}},
             end_of_round);
}

// What the next process finds in the database.
CoverageRounds restarted(CoverageRounds& rounds) {
  CoverageRounds next;
  for (const auto& site : rounds.take_changed()) next.load(site);
  return next;
}

}  // namespace

TEST_CASE("a field that matches far less than in the round before is named with both shares") {
  CoverageRounds rounds;
  add(rounds, in_round(0), 98, 100);
  CHECK(rounds.drops().empty());
  add(rounds, in_round(1), 3, 100);
  CHECK(rounds.drops() == Lines{"shop.price: 98 % to 3 % (a)"});
}

TEST_CASE("a drop does not hide behind the many rounds that a daemon has seen") {
  CoverageRounds rounds;
  for (int round = 0; round < 50; ++round) add(rounds, in_round(round), 100, 100);
  add(rounds, in_round(50), 3, 100);
  CHECK(rounds.drops() == Lines{"shop.price: 100 % to 3 % (a)"});
}

TEST_CASE("a round goes on over a restart, and is compared with the round before that") {
  CoverageRounds first;
  add(first, in_round(0), 98, 100);
  CoverageRounds second = restarted(first);
  add(second, in_round(0, 30min), 50, 50);
  CHECK(second.drops().empty());
  CoverageRounds third = restarted(second);
  add(third, in_round(1), 1, 12);
  CHECK(third.drops().empty());
  CoverageRounds fourth = restarted(third);
  add(fourth, in_round(1, 30min), 0, 12);
  CHECK(fourth.drops() == Lines{"shop.price: 99 % to 4 % (a)"});
}

TEST_CASE("each one-shot run is a round") {
  CoverageRounds first;
  first.add("a", {.at = in_round(0), .records = records(20, 20)}, nullptr);
  first.add("a", {.at = in_round(9), .records = records(20, 20)}, nullptr);
  CoverageRounds second = restarted(first);
  CHECK(second.drops().empty());
  second.add("a", {.at = in_round(0), .records = records(0, 40)}, nullptr);
  CHECK(second.drops() == Lines{"shop.price: 100 % to 0 % (a)"});
  CHECK(restarted(second).drops().empty());
}

TEST_CASE("a field that matches about as often is not a drop") {
  CoverageRounds rounds;
  add(rounds, in_round(0), 98, 100);
  add(rounds, in_round(1), 60, 100);
  CHECK(rounds.drops().empty());
}

TEST_CASE("a small site loses all or nothing can be said") {
  CoverageRounds rounds;
  add(rounds, in_round(0), 8, 8);
  add(rounds, in_round(1), 0, 8);
  CHECK(rounds.drops().size() == 1);
  CoverageRounds tiny;
  add(tiny, in_round(0), 4, 4);
  add(tiny, in_round(1), 0, 4);
  CHECK(tiny.drops().empty());
  CoverageRounds chance;
  add(chance, in_round(0), 6, 10);
  add(chance, in_round(1), 2, 10);
  CHECK(chance.drops().empty());
}

TEST_CASE("rounds of a few changed pages are counted together until they prove something") {
  CoverageRounds rounds;
  add(rounds, in_round(0), 98, 100);
  for (int round = 1; round < 4; ++round) {
    add(rounds, in_round(round), 0, 6);
    CHECK(rounds.drops().empty());
  }
  add(rounds, in_round(4), 0, 6);
  CHECK(rounds.drops() == Lines{"shop.price: 98 % to 0 % (a)"});
}

TEST_CASE("a drop is told until the next round proves it over") {
  CoverageRounds rounds;
  add(rounds, in_round(0), 98, 100);
  add(rounds, in_round(1), 3, 100);
  CHECK(rounds.take_new_drops().size() == 1);
  CHECK(rounds.take_new_drops().empty());
  add(rounds, in_round(2), 5, 5);
  CHECK(rounds.drops().size() == 1);
  CHECK(rounds.take_new_drops().empty());
  add(rounds, in_round(2), 95, 95);
  CHECK(rounds.drops().empty());
}

TEST_CASE("a rule that makes no record any more of the pages that had some is a drop") {
  CoverageRounds rounds;
  add(rounds, in_round(0), 40, 40);
  reread(rounds, in_round(1), 40, 0);
  CHECK(rounds.drops() == Lines{"shop: 40 records to 0 (a)"});
  CHECK(restarted(rounds).drops() == Lines{"shop: 40 records to 0 (a)"});
}

TEST_CASE("a list that grew shorter, or was short, is not a drop") {
  CoverageRounds rounds;
  reread(rounds, in_round(0), 40, 20);
  CHECK(rounds.drops().empty());
  reread(rounds, in_round(1), 6, 0);
  CHECK(rounds.drops().empty());
}

TEST_CASE("coverage survives being stored") {
  Coverage coverage;
  for (const Record& record : records(98, 100)) coverage.add(record);
  coverage.add_reread("shop", {.before = 40, .now = 2});
  const Coverage back = Coverage::from_json(coverage.to_json(), coverage.reread_json());
  CHECK(back.to_json() == coverage.to_json());
  CHECK(back.reread_json() == R"({"shop":[40,2]})");
  CHECK(Coverage::from_json("no json", "[1]").empty());
  CHECK(Coverage().to_json().empty());
  CoverageRounds rounds;
  rounds.load({"a", R"({"ends_at":"x","now":[1,2],"before":["{]","[]"]})"});
  CHECK(rounds.drops().empty());
}
