#include "storage/seen_table.h"

#include <algorithm>
#include <bit>

namespace crawld::storage {

SeenTable::SeenTable(std::size_t entries)
    : slots_(std::bit_ceil(std::max<std::size_t>(64, entries + entries / 2))),
      mask_(slots_.size() - 1) {}

model::UrlId SeenTable::find(std::uint64_t hash) const {
  for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
    if (slots_[at].hash == hash) return slots_[at].id;
    if (slots_[at].hash == 0) return 0;
  }
}

void SeenTable::insert(SeenEntry entry) {
  if ((size_ + 1) * 4 > slots_.size() * 3) {
    std::vector<SeenEntry> old(slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const SeenEntry& kept : old) {
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
  for (const SeenEntry& slot : slots_) {
    if (slot.hash != 0 && slot.id <= last_id) entries.push_back(slot);
  }
  std::sort(entries.begin(), entries.end(),
            [](const SeenEntry& a, const SeenEntry& b) { return a.hash < b.hash; });
  return entries;
}

void SeenTable::drop_up_to(model::UrlId last_id) {
  std::vector<SeenEntry> kept;
  for (const SeenEntry& slot : slots_) {
    if (slot.hash != 0 && slot.id > last_id) kept.push_back(slot);
  }
  std::fill(slots_.begin(), slots_.end(), SeenEntry{});
  size_ = kept.size();
  for (const SeenEntry& entry : kept) place(entry);
}

}  // namespace crawld::storage
