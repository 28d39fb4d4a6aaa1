// The part of a seen index that stands in memory: open addressing, linear probing,
// 16 bytes a slot, at most three quarters full. Nothing is removed but by clear().
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "storage/seen_run.h"

namespace crawld::storage {

class SeenTable {
 public:
  // Room for `entries` before it grows. Memory is taken as slots are first used.
  explicit SeenTable(std::size_t entries);

  model::UrlId find(std::uint64_t hash) const;
  void insert(SeenEntry entry);
  std::size_t size() const { return size_; }
  std::size_t memory() const { return (mask_ + 1) * sizeof(SeenEntry); }

  // Entries with id <= `last_id`, sorted by hash.
  std::vector<SeenEntry> sorted_up_to(model::UrlId last_id) const;
  // Forgets entries with id <= `last_id`.
  void drop_up_to(model::UrlId last_id);

 private:
  struct Free {
    void operator()(SeenEntry* slots) const { std::free(slots); }
  };
  using Slots = std::unique_ptr<SeenEntry[], Free>;

  static Slots zeroed(std::size_t count);
  std::span<SeenEntry> slots() const { return {slots_.get(), mask_ + 1}; }
  void place(SeenEntry entry);

  std::size_t mask_;  // slots - 1; their number is a power of two
  Slots slots_;
  std::size_t size_ = 0;
};

}  // namespace crawld::storage
