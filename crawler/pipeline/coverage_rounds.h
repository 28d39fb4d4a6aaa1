// Field coverage of each site, round by round, and what dropped since the round before.
//
// A round is what an operator calls a run: of a one-shot crawl or an extraction the whole of it,
// of a daemon the time between two moments of the site's schedule, or a day at most where it has
// none. Rounds are kept in the database as they grow, so a restart goes on with the one it was in.
// A round that saw too few records of a field to prove anything is counted with the next, so that
// pages which change one by one hide no drop.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/pipeline/coverage.h"
#include "storage/commit_batch.h"

namespace crawld::pipeline {

// Threads: one.
class CoverageRounds {
 public:
  // When the round that begins at `at` ends.
  using EndOfRound = std::function<base::WallTime(base::WallTime at)>;

  // As take_changed() gave it to the database.
  void load(const storage::SiteCoverage& stored);

  // A page of the site that was read at `at`: its records, and for each rule that had records of
  // it before, how many. `end`: null where the process is one round.
  struct Page {
    base::WallTime at;
    const std::vector<model::Record>& records;
    std::vector<std::pair<std::string, std::uint64_t>> records_before = {};
  };
  void add(const std::string& site, const Page& page, const EndOfRound& end);

  // Of the sites whose rounds changed since the last call.
  std::vector<storage::SiteCoverage> take_changed();

  // Of the round under way, or where that proves nothing yet of the one before:
  // "product.price: 98 % to 3 % (shop)", "review: 40 records to 0 (shop)".
  std::vector<std::string> drops() const;
  // Those that drops() did not hold when this was last asked.
  std::vector<std::string> take_new_drops();

 private:
  struct Site {
    base::WallTime ends_at{};  // of the round `now`
    bool joined = false;       // this process has added to it
    Coverage now;
    Coverage before;
    Coverage earlier;
  };
  // What dropped, and by how much.
  using Drop = std::pair<std::string, std::string>;

  static void close(Site& site);
  static void add_drops(const std::string& name, const Site& site, std::vector<Drop>& drops);
  std::vector<Drop> named_drops() const;

  std::map<std::string, Site> sites_;
  std::set<std::string> changed_;
  std::set<std::string> told_;
};

}  // namespace crawld::pipeline
