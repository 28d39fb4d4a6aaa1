#include "storage/prune/pruner.h"

#include <algorithm>
#include <utility>

#include "crawler/base/log.h"

namespace crawld::storage {
namespace {

constexpr Millis kBetweenPasses = 3'600'000;
// A walk reads about a million rows a second: it may have a hundredth of a core.
constexpr Millis kRowsAMilli = 10;

}  // namespace

Pruner::Pruner(Database& database, Keep keep)
    : database_(database),
      keep_(std::move(keep)),
      versions_(database, keep_.versions),
      requests_(database, keep_.hooks) {}

base::Status Pruner::prepare() {
  return keep_.versions == 0 ? base::Done{} : make_version_indexes(database_);
}

void Pruner::stored_again(model::UrlId url) {
  if (keep_.versions != 0) versions_.look_at(url);
}

base::Result<bool> Pruner::look(Millis now, std::size_t rows) {
  if (keep_.versions == 0 && keep_.requests == 0) return false;
  if (found()) return true;
  if (!next_pass_ || now >= *next_pass_) begin_pass(now);
  auto more = versions_.look(rows);
  if (more && !*more) more = requests_.look(rows);
  if (more && !*more && in_pass_) end_pass();
  return more;
}

void Pruner::begin_pass(Millis now) {
  in_pass_ = true;
  if (keep_.requests != 0) requests_.begin(now - keep_.requests);
  next_pass_ = now + kBetweenPasses;
}

void Pruner::end_pass() {
  in_pass_ = false;
  *next_pass_ += static_cast<Millis>(requests_.walked()) / kRowsAMilli;
  const Pruned before = std::exchange(told_, gone_);
  const std::uint64_t versions = gone_.versions - before.versions;
  const std::uint64_t requests = gone_.requests - before.requests;
  if (versions + requests == 0) return;
  base::log::info(
      "store.pruned",
      {{"versions", versions}, {"bodies", gone_.bodies - before.bodies}, {"requests", requests}});
}

base::Status Pruner::take(std::size_t rows) {
  auto done = versions_.take(rows);
  return done ? requests_.take() : done;
}

void Pruner::committed() {
  const OldVersions::Counts counts = versions_.committed();
  gone_.versions += counts.versions;
  gone_.bodies += counts.bodies;
  gone_.requests += requests_.committed();
}

}  // namespace crawld::storage
