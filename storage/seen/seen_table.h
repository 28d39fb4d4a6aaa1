// The part of a seen index that stands in memory: hash -> id, 13 to 15 bytes each.
//
// Cut by the top bits of the hash into parts that grow alone, by an eighth: no insertion moves
// more than a few thousand entries, and what is empty stays small. Within a part entries stand
// in order of hash, each at or a little behind the place that its hash stands for, so a part may
// be nearly full and a look-up still reads one or two cache lines.
//
// Memory comes as entries come. An allocation that fails throws, as everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/seen/seen_row.h"

namespace crawld::storage {

class SeenTable {
 public:
  SeenTable();
  ~SeenTable();
  SeenTable(const SeenTable&) = delete;
  SeenTable& operator=(const SeenTable&) = delete;

  // The id, or 0.
  model::UrlId find(std::uint64_t hash) const;
  // As find() for each; the memory they stand in is asked for at once. Same lengths.
  void find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids) const;
  // Needs: find(entry.hash) == 0, and 0 < entry.id < 2^44.
  void insert(SeenEntry entry);
  // Nothing happens where the hash is unknown. No memory is given back.
  void erase(std::uint64_t hash);

  // To fill an empty table: reserve() takes the memory, load() as often as need be, loaded()
  // puts everything in its place. Before that nothing is found.
  void reserve(std::size_t entries);
  void load(std::span<const SeenEntry> entries);
  void loaded();

  std::size_t size() const { return size_; }
  std::size_t memory() const { return memory_; }

  // What an entry takes at most, in a table of some size.
  static constexpr std::size_t kMostBytesPerEntry = 15;

 private:
  // The low 52 bits of the hash (the part stands for the others), then 44 bits of id.
  struct Slot {
    std::uint32_t words[3];
  };
  struct Part {
    Slot* slots;
    std::uint32_t homes;  // where hashes point to; behind them there is room for the last ones
    std::uint32_t room;   // slots in all
    std::uint32_t used;
  };
  struct Free {
    void operator()(Part* parts) const;
  };

  static Slot packed(SeenEntry entry);
  static std::uint64_t key_of(const Slot& slot);
  static model::UrlId id_of(const Slot& slot);
  static bool is_empty(const Slot& slot);
  static std::uint32_t home_of(std::uint64_t key, std::uint32_t homes);

  static std::uint32_t larger(std::uint32_t room);

  const Part& part_of(std::uint64_t hash) const;
  // Where the entry of `key` stands, or would have to.
  static std::uint32_t place_of(const Part& part, std::uint64_t key);
  // Needs: room for one more.
  void place(Part& part, const Slot& slot);
  void grow(Part& part, std::uint32_t room);
  void resize(Part& part, std::uint32_t room);

  std::unique_ptr<Part[], Free> parts_;
  std::vector<Slot> moving_;  // of the part that grows
  std::size_t size_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace crawld::storage
