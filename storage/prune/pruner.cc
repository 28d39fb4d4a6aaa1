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

// Both in each slice: where pages change faster than their old versions go, requests behind the
// versions would wait for ever.
base::Result<bool> Pruner::look(Millis now, std::size_t rows) {
  if (keep_.versions == 0 && keep_.requests == 0) return false;
  if (pass_is_due(now)) begin_pass(now);
  auto versions = versions_.found().empty() ? versions_.look(rows) : true;
  if (!versions) return versions;
  auto requests = requests_.found().empty() ? requests_.look(rows) : true;
  if (!requests || *requests) return requests;
  if (*versions || !in_pass_) return versions;
  if (walk_again(now)) return true;
  tell_gone();
  in_pass_ = false;
  return false;
}

// Not before the walk through the requests is over: where one takes more than an hour it would
// never come to the oldest, and URLs that it has met already count as asked for since.
bool Pruner::pass_is_due(Millis now) const {
  if (!next_pass_) return true;
  if (requests_.is_walking() || !requests_.found().empty()) return false;
  return now >= *next_pass_ + static_cast<Millis>(requests_.walked()) / kRowsAMilli;
}

void Pruner::begin_pass(Millis now) {
  if (in_pass_) tell_gone();  // versions still go; the log is to say so once an hour
  in_pass_ = true;
  walks_again_ = keep_.requests != 0;
  begin_walk(now);
  next_pass_ = now + kBetweenPasses;
}

void Pruner::begin_walk(Millis now) {
  if (keep_.requests != 0) requests_.begin(now - keep_.requests);
  versions_before_walk_ = gone_.versions;
}

// Requests stay where the walk found their versions standing. Once, or where versions go all the
// time it would never rest.
bool Pruner::walk_again(Millis now) {
  if (gone_.versions == versions_before_walk_ || !std::exchange(walks_again_, false)) return false;
  begin_walk(now);
  return true;
}

void Pruner::tell_gone() {
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
