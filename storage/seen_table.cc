#include "storage/seen_table.h"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace crawld::storage {

SeenTable::SeenTable(std::size_t entries)
    : mask_(std::bit_ceil(std::max<std::size_t>(64, entries + entries / 2)) - 1),
      slots_(zeroed(mask_ + 1)) {}

// The kernel gives zeroed pages when they are first touched: none waits for a large table.
SeenTable::Slots SeenTable::zeroed(std::size_t count) {
  auto* memory = static_cast<SeenEntry*>(std::calloc(count, sizeof(SeenEntry)));
  if (memory == nullptr) throw std::bad_alloc();
  return Slots(memory);
}

model::UrlId SeenTable::find(std::uint64_t hash) const {
  for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
    if (slots_[at].hash == hash) return slots_[at].id;
    if (slots_[at].hash == 0) return 0;
  }
}

void SeenTable::insert(SeenEntry entry) {
  if ((size_ + 1) * 4 > (mask_ + 1) * 3) {
    const std::size_t before = mask_ + 1;
    const Slots old = std::exchange(slots_, zeroed(2 * before));
    mask_ = 2 * before - 1;
    for (const SeenEntry& kept : std::span(old.get(), before)) {
      if (kept.hash != 0) place(kept);
    }
  }
  place(entry);
  ++size_;
}

void SeenTable::place(SeenEntry entry) {
  std::size_t at = entry.hash & mask_;
  while (slots_[at].hash != 0) at = (at + 1) & mask_;
  slots_[at] = entry;
}

std::vector<SeenEntry> SeenTable::sorted_up_to(model::UrlId last_id) const {
  std::vector<SeenEntry> entries;
  entries.reserve(size_);
  for (const SeenEntry& slot : slots()) {
    if (slot.hash != 0 && slot.id <= last_id) entries.push_back(slot);
  }
  std::sort(entries.begin(), entries.end(),
            [](const SeenEntry& a, const SeenEntry& b) { return a.hash < b.hash; });
  return entries;
}

void SeenTable::drop_up_to(model::UrlId last_id) {
  std::vector<SeenEntry> kept;
  for (const SeenEntry& slot : slots()) {
    if (slot.hash != 0 && slot.id > last_id) kept.push_back(slot);
  }
  std::fill(slots().begin(), slots().end(), SeenEntry{});
  size_ = kept.size();
  for (const SeenEntry& entry : kept) place(entry);
}

}  // namespace crawld::storage
