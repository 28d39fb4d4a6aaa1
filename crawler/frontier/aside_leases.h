// Leases whose contact is still being made, by nobody's thread: they hold their host's slots, and
// no transfer.
//
// A plain value that LocalFrontier guards with its lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/model/request.h"

namespace crawld::frontier {

class AsideLeases {
 public:
  // Needs: lease.connection is not 0, and no other's.
  void put(model::Lease lease) {
    if (early_.erase(lease.connection) > 0) {
      put_off(std::move(lease), base::Instant::min());
    } else {
      const std::uint64_t connection = lease.connection;
      waiting_.emplace(connection, std::move(lease));
    }
  }
  // Perhaps before the lease is put.
  void reached(std::uint64_t connection) {
    auto lease = waiting_.extract(connection);
    if (lease.empty()) {
      early_.insert(connection);
    } else {
      put_off(std::move(lease.mapped()), base::Instant::min());
    }
  }
  // The one that was reached first, of those that are not put off at `now`.
  std::optional<model::Lease> take(base::Instant now) {
    if (reached_.empty() || reached_.begin()->first > now) return std::nullopt;
    return std::move(reached_.extract(reached_.begin()).mapped());
  }
  // One that was reached: its host must be left alone until then.
  void put_off(model::Lease lease, base::Instant until) {
    reached_.emplace(until, std::move(lease));
  }
  // One that was reached, and may not go on before let_on().
  void hold(model::Lease lease) { held_.push_back(std::move(lease)); }
  void let_on() {
    for (model::Lease& lease : held_) put_off(std::move(lease), base::Instant::min());
    held_.clear();
  }
  // Hosts may open at other moments than were told.
  void forget_moments() {
    std::multimap<base::Instant, model::Lease> reached;
    for (auto& [moment, lease] : reached_) reached.emplace(base::Instant::min(), std::move(lease));
    reached_.swap(reached);
  }
  // When take() gives one; min(): now.
  std::optional<base::Instant> next() const {
    if (reached_.empty()) return std::nullopt;
    return reached_.begin()->first;
  }
  std::size_t size() const { return waiting_.size() + reached_.size() + held_.size(); }

 private:
  std::unordered_map<std::uint64_t, model::Lease> waiting_;  // by connection
  std::multimap<base::Instant, model::Lease> reached_;       // by when they are looked at
  std::vector<model::Lease> held_;
  std::unordered_set<std::uint64_t> early_;
};

}  // namespace crawld::frontier
