// The part of a seen index that stands in memory: open addressing, linear probing,
// 16 bytes a slot, at most three quarters full. Nothing is removed but by clear().
#pragma once

#include <cstdint>
#include <vector>

#include "storage/seen_run.h"

namespace crawld::storage {

class SeenTable {
 public:
  // Room for `entries` before it grows; all of it is touched at once, so memory does
  // not creep up later.
  explicit SeenTable(std::size_t entries);

  model::UrlId find(std::uint64_t hash) const;
  void insert(SeenEntry entry);
  std::size_t size() const { return size_; }
  std::size_t memory() const { return slots_.capacity() * sizeof(SeenEntry); }

  // Entries with id <= `last_id`, sorted by hash.
  std::vector<SeenEntry> sorted_up_to(model::UrlId last_id) const;
  // Forgets entries with id <= `last_id`.
  void drop_up_to(model::UrlId last_id);

 private:
  void place(SeenEntry entry);

  std::vector<SeenEntry> slots_;
  std::size_t mask_;
  std::size_t size_ = 0;
};

}  // namespace crawld::storage
