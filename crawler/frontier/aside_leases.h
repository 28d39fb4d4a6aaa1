// Leases whose contact is still being made, by nobody's thread: they hold their host's slots, and
// no transfer.
//
// A plain value that LocalFrontier guards with its lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "crawler/model/request.h"

namespace crawld::frontier {

class AsideLeases {
 public:
  // Needs: lease.connection is not 0, and no other's.
  void put(model::Lease lease) {
    if (early_.erase(lease.connection) > 0) {
      reached_.push_back(std::move(lease));
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
      reached_.push_back(std::move(lease.mapped()));
    }
  }
  // The one that was reached first.
  std::optional<model::Lease> take() {
    if (reached_.empty()) return std::nullopt;
    model::Lease lease = std::move(reached_.front());
    reached_.pop_front();
    return lease;
  }
  bool has_next() const { return !reached_.empty(); }
  std::size_t size() const { return waiting_.size() + reached_.size(); }

 private:
  std::unordered_map<std::uint64_t, model::Lease> waiting_;  // by connection
  std::deque<model::Lease> reached_;
  std::unordered_set<std::uint64_t> early_;
};

}  // namespace crawld::frontier
