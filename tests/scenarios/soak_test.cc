#include "tests/support/soak.h"

#include <catch2/catch.hpp>

#include "tests/unit/storage/scratch.h"

using namespace crawld;
using namespace crawld::tests;

TEST_CASE("twenty sites are visited at their beats for a month, and the books balance") {
  const storage::Scratch scratch;
  const SoakReport report =
      soak({.sites = 20, .time = std::chrono::hours(24 * 30), .database = scratch.path()});
  for (const std::string& broken : report.broken) UNSCOPED_INFO(broken);
  CHECK(report.broken.empty());
  CHECK(report.visits > 3'000);
  CHECK(report.closest >= std::chrono::seconds(1));
}
