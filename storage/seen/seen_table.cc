#include "storage/seen/seen_table.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

namespace crawld::storage {
namespace {

constexpr int kPartBits = 12;
constexpr std::size_t kParts = std::size_t{1} << kPartBits;
constexpr int kKeyBits = 64 - kPartBits;
constexpr std::uint64_t kKeyMask = (std::uint64_t{1} << kKeyBits) - 1;
constexpr int kHighIdBits = 12;  // beside the key in one word of 64 bits; 32 more stand behind

constexpr std::uint32_t kFirstRoom = 8;
constexpr std::size_t kPageBytes = 4'096;
// From here on a part is mapped by itself: the kernel moves its pages when it grows, so nothing
// is copied and no holes are left behind.
// Whole pages and whole slots, both.
constexpr std::size_t kMappedBytes = 9 * kPageBytes;

// Behind the last home there must be room for the entries that were pushed on.
constexpr std::uint32_t tail_of(std::uint32_t room) { return std::min(room / 16 + 2, 128U); }
constexpr bool is_full(std::uint32_t used, std::uint32_t homes) {
  return std::uint64_t{used} * 12 >= std::uint64_t{homes} * 11;
}
constexpr bool is_mapped(std::size_t bytes) { return bytes >= kMappedBytes; }
// What `bytes` for slots take.
constexpr std::size_t rounded(std::size_t bytes) {
  return is_mapped(bytes) ? (bytes + kPageBytes - 1) / kPageBytes * kPageBytes : bytes;
}

// All of it is used at once: one call costs less than a fault for each page. Older kernels do
// not know it.
void touch(void* memory, std::size_t bytes) { (void)::madvise(memory, bytes, MADV_POPULATE_WRITE); }

void* map(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  touch(memory, bytes);
  return memory;
}

void release(void* memory, std::size_t bytes) {
  if (is_mapped(bytes)) {
    ::munmap(memory, bytes);
  } else {
    std::free(memory);
  }
}

// The bytes at the front are kept. Needs: after > before.
void* enlarge(void* memory, std::size_t before, std::size_t after) {
  if (is_mapped(before)) {
    void* moved = ::mremap(memory, before, after, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) throw std::bad_alloc();
    touch(static_cast<char*>(moved) + before, after - before);
    return moved;
  }
  if (!is_mapped(after)) {
    void* moved = std::realloc(memory, after);
    if (moved == nullptr) throw std::bad_alloc();
    return moved;
  }
  void* mapped = map(after);
  if (before != 0) std::memcpy(mapped, memory, before);
  std::free(memory);
  return mapped;
}

}  // namespace

SeenTable::SeenTable()
    : parts_(static_cast<Part*>(std::calloc(kParts, sizeof(Part)))),
      memory_(kParts * sizeof(Part)) {
  if (parts_ == nullptr) throw std::bad_alloc();
}

SeenTable::~SeenTable() = default;

void SeenTable::Free::operator()(Part* parts) const {
  for (const Part& part : std::span(parts, kParts)) {
    if (part.slots != nullptr) release(part.slots, rounded(part.room * sizeof(Slot)));
  }
  std::free(parts);
}

SeenTable::Slot SeenTable::packed(SeenEntry entry) {
  Slot slot;
  const std::uint64_t high = (entry.hash & kKeyMask) << kHighIdBits | entry.id >> 32;
  std::memcpy(slot.words, &high, sizeof high);
  slot.words[2] = static_cast<std::uint32_t>(entry.id);
  return slot;
}

std::uint64_t SeenTable::key_of(const Slot& slot) {
  std::uint64_t high;
  std::memcpy(&high, slot.words, sizeof high);
  return high >> kHighIdBits;
}

model::UrlId SeenTable::id_of(const Slot& slot) {
  const std::uint32_t high = slot.words[0] & ((1U << kHighIdBits) - 1);
  return std::uint64_t{high} << 32 | slot.words[2];
}

bool SeenTable::is_empty(const Slot& slot) { return (slot.words[0] | slot.words[2]) == 0; }

std::uint32_t SeenTable::home_of(std::uint64_t key, std::uint32_t homes) {
  return static_cast<std::uint32_t>(((key >> (kKeyBits - 32)) * homes) >> 32);
}

// An eighth more, or a little less where that makes whole pages.
std::uint32_t SeenTable::larger(std::uint32_t room) {
  const std::uint32_t wanted = room + std::max(kFirstRoom / 2, room / 8);
  if (!is_mapped(wanted * sizeof(Slot))) return room == 0 ? kFirstRoom : wanted;
  const std::size_t pages = wanted * sizeof(Slot) / kPageBytes;
  return std::max(room + 1, static_cast<std::uint32_t>(pages * kPageBytes / sizeof(Slot)));
}

const SeenTable::Part& SeenTable::part_of(std::uint64_t hash) const {
  return parts_[hash >> kKeyBits];
}

std::uint32_t SeenTable::place_of(const Part& part, std::uint64_t key) {
  std::uint32_t at = home_of(key, part.homes);
  while (at < part.room && key_of(part.slots[at]) < key && !is_empty(part.slots[at])) ++at;
  return at;
}

model::UrlId SeenTable::find(std::uint64_t hash) const {
  const Part& part = part_of(hash);
  const std::uint64_t key = hash & kKeyMask;
  const std::uint32_t at = place_of(part, key);
  if (at == part.room || key_of(part.slots[at]) != key) return 0;
  return id_of(part.slots[at]);
}

void SeenTable::find(std::span<const std::uint64_t> hashes, std::span<model::UrlId> ids) const {
  for (const std::uint64_t hash : hashes) __builtin_prefetch(&part_of(hash));
  for (const std::uint64_t hash : hashes) {
    const Part& part = part_of(hash);
    if (part.room == 0) continue;
    const Slot* home = part.slots + home_of(hash & kKeyMask, part.homes);
    __builtin_prefetch(home);
    __builtin_prefetch(reinterpret_cast<const char*>(home) + 64);
  }
  for (std::size_t i = 0; i < hashes.size(); ++i) ids[i] = find(hashes[i]);
}

void SeenTable::insert(SeenEntry entry) {
  assert(entry.id != 0 && entry.id >> (32 + kHighIdBits) == 0);
  Part& part = parts_[entry.hash >> kKeyBits];
  if (is_full(part.used + 1, part.homes)) {
    grow(part, larger(part.room));
  }
  place(part, packed(entry));
  ++part.used;
  ++size_;
}

void SeenTable::place(Part& part, const Slot& slot) {
  const std::uint32_t at = place_of(part, key_of(slot));
  std::uint32_t end = at;
  while (end < part.room && !is_empty(part.slots[end])) ++end;
  // Many keys near the last home: more of those would not help.
  if (end == part.room) resize(part, larger(part.room));
  std::memmove(&part.slots[at + 1], &part.slots[at], (end - at) * sizeof(Slot));
  part.slots[at] = slot;
}

void SeenTable::load(std::span<const SeenEntry> entries) {
  for (const SeenEntry& entry : entries) {
    Part& part = parts_[entry.hash >> kKeyBits];
    if (part.used == part.room) resize(part, larger(part.room));
    part.slots[part.used++] = packed(entry);
  }
  size_ += entries.size();
}

// A part at a time, so that what is moved stays in the processor's cache.
void SeenTable::loaded() {
  std::vector<Slot> slots;
  for (Part& part : std::span(parts_.get(), kParts)) {
    if (part.used == 0) continue;
    slots.assign(part.slots, part.slots + part.used);
    std::memset(static_cast<void*>(part.slots), 0, part.used * sizeof(Slot));
    part.homes = part.room - tail_of(part.room);
    if (is_full(part.used, part.homes)) grow(part, larger(part.room));
    for (const Slot& slot : slots) place(part, slot);
  }
}

// What stands behind it moves up, as far as no entry comes before its home.
void SeenTable::erase(std::uint64_t hash) {
  Part& part = parts_[hash >> kKeyBits];
  const std::uint64_t key = hash & kKeyMask;
  const std::uint32_t at = place_of(part, key);
  if (at == part.room || is_empty(part.slots[at]) || key_of(part.slots[at]) != key) return;
  std::uint32_t end = at + 1;
  while (end < part.room && !is_empty(part.slots[end]) &&
         home_of(key_of(part.slots[end]), part.homes) < end) {
    ++end;
  }
  std::memmove(&part.slots[at], &part.slots[at + 1], (end - at - 1) * sizeof(Slot));
  part.slots[end - 1] = Slot{};
  --part.used;
  --size_;
}

void SeenTable::reserve(std::size_t entries) {
  assert(size_ == 0);
  const std::size_t share = entries / kParts;
  if (share == 0) return;
  // Some parts get more than others: few of them must grow soon.
  const auto homes = static_cast<std::uint32_t>(
      share * 12 / 11 + static_cast<std::size_t>(2 * std::sqrt(share)) + kFirstRoom);
  const std::uint32_t room = homes + tail_of(homes);
  for (Part& part : std::span(parts_.get(), kParts)) grow(part, room);
}

// Spreads the entries over about `room` slots.
void SeenTable::grow(Part& part, std::uint32_t room) {
  moving_.clear();
  for (const Slot& slot : std::span(part.slots, part.room)) {
    if (!is_empty(slot)) moving_.push_back(slot);
  }
  const std::uint32_t before = part.room;
  resize(part, room);
  part.homes = part.room - tail_of(part.room);
  std::uint32_t end = 0;
  for (const Slot& slot : moving_) end = std::max(end, home_of(key_of(slot), part.homes)) + 1;
  if (end > part.room) resize(part, end);
  std::memset(static_cast<void*>(part.slots), 0, before * sizeof(Slot));
  std::uint32_t at = 0;
  for (const Slot& slot : moving_) {
    at = std::max(at, home_of(key_of(slot), part.homes));
    part.slots[at++] = slot;
  }
}

// The new slots are empty. Needs: room > part.room.
void SeenTable::resize(Part& part, std::uint32_t room) {
  const std::size_t before = rounded(part.room * sizeof(Slot));
  const std::size_t after = rounded(room * sizeof(Slot));
  part.slots = static_cast<Slot*>(enlarge(part.slots, before, after));
  const auto slots = static_cast<std::uint32_t>(after / sizeof(Slot));
  // Mapped memory is zero already: what is not used yet is not touched.
  if (!is_mapped(after)) {
    std::memset(static_cast<void*>(part.slots + part.room), 0, (slots - part.room) * sizeof(Slot));
  }
  part.room = slots;
  memory_ += after - before;
}

}  // namespace crawld::storage
