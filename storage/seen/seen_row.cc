#include "storage/seen/seen_row.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace crawld::storage {
namespace {

static_assert(std::endian::native == std::endian::little, "rows are written as they stand");

constexpr std::size_t kHashBytes = 8;
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kEntryBytes = kHashBytes + kIdBytes;
constexpr std::size_t kRowBytes = kHashBytes + kEntriesPerRow * kEntryBytes;

template <class T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::size_t plain_entries_in(std::string_view data) {
  if (data.size() < kHashBytes || (data.size() - kHashBytes) % kEntryBytes != 0) return 0;
  return (data.size() - kHashBytes) / kEntryBytes;
}

// In front of a packed row. Ids stay far below 2^56, so no plain row begins with such a mark.
struct PackedHead {
  std::uint64_t mark_and_least_id;
  std::uint64_t before_first;  // hash that the first gap is counted from
  std::uint16_t entries;
  std::uint8_t gap_bits;
  std::uint8_t id_bits;
  std::uint32_t unused;
};
static_assert(sizeof(PackedHead) == 24);
constexpr std::uint64_t kPackedMark = 0x9D;
constexpr int kMarkShift = 56;
constexpr std::size_t kPadding = 8;     // so that whole words can be read to the end
constexpr std::uint64_t kLongest = 24;  // so many unary digits; then the gap follows as it is
constexpr unsigned kMostIdBits = 56;
constexpr std::size_t kMostBits = kLongest + 1 + 64 + kMostIdBits;  // of one entry

bool is_packed(std::string_view data) {
  if (data.size() < sizeof(PackedHead) + kPadding) return false;
  const auto head = load<PackedHead>(data.data());
  return head.mark_and_least_id >> kMarkShift == kPackedMark && head.entries != 0 &&
         head.gap_bits < 64 && head.id_bits <= kMostIdBits;
}

class BitWriter {
 public:
  explicit BitWriter(std::size_t bytes) : words_(bytes / 8 + 2) {}
  // Needs: value < 2^bits, bits <= 64.
  void put(std::uint64_t value, unsigned bits) {
    if (bits == 0) return;
    const unsigned shift = at_ & 63;
    words_[at_ / 64] |= value << shift;
    if (shift + bits > 64) words_[at_ / 64 + 1] |= value >> (64 - shift);
    at_ += bits;
  }
  std::size_t bits() const { return at_; }
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(words_.data()), (at_ + 7) / 8};
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t at_ = 0;
};

// Needs: `data` ends with the padding. What is read past the bits before it is no harm and no
// value: past_end() tells afterwards.
class BitReader {
 public:
  explicit BitReader(std::string_view data) : data_(data), bits_((data.size() - kPadding) * 8) {}
  std::uint64_t take(unsigned bits) {
    if (bits <= 56) return take_few(bits);
    const std::uint64_t low = take_few(32);
    return low | take_few(bits - 32) << 32;
  }
  std::uint64_t unary() {
    const auto zeros = static_cast<unsigned>(std::countr_zero(word() | 1ULL << kLongest));
    at_ += zeros + 1;
    return zeros;
  }
  bool past_end() const { return at_ > bits_; }

 private:
  std::uint64_t word() const {
    const std::size_t byte = std::min(at_ / 8, data_.size() - 8);
    return load<std::uint64_t>(data_.data() + byte) >> (at_ & 7);
  }
  std::uint64_t take_few(unsigned bits) {
    const std::uint64_t value = word() & ((1ULL << bits) - 1);
    at_ += bits;
    return value;
  }

  std::string_view data_;
  std::size_t bits_;
  std::size_t at_ = 0;
};

// Hands each entry of a packed row to `use` until that says false. False: the row is damaged.
template <class Use>
bool each_packed(std::string_view data, Use use) {
  const auto head = load<PackedHead>(data.data());
  const model::UrlId least = head.mark_and_least_id & ((1ULL << kMarkShift) - 1);
  BitReader bits(data.substr(sizeof head));
  std::uint64_t hash = head.before_first;
  for (unsigned i = 0; i < head.entries; ++i) {
    const std::uint64_t quotient = bits.unary();
    hash +=
        quotient == kLongest ? bits.take(64) : quotient << head.gap_bits | bits.take(head.gap_bits);
    const model::UrlId id = least + bits.take(head.id_bits);
    if (bits.past_end()) return false;
    if (!use(SeenEntry{hash, id})) return true;
  }
  return true;
}

model::UrlId find_in_packed_row(std::string_view data, std::uint64_t hash) {
  model::UrlId id = 0;
  const bool whole = each_packed(data, [&](const SeenEntry& entry) {
    if (entry.hash == hash) id = entry.id;
    return entry.hash < hash;
  });
  return whole ? id : 0;
}

}  // namespace

bool is_seen_row(std::string_view data) { return is_packed(data) || plain_entries_in(data) != 0; }

std::string encode_seen_row(std::span<const SeenEntry> entries) {
  model::UrlId least = entries.front().id;
  for (const SeenEntry& entry : entries) least = std::min(least, entry.id);
  std::string data(kHashBytes + entries.size() * kEntryBytes, '\0');
  std::memcpy(data.data(), &least, sizeof least);
  char* hashes = data.data() + kHashBytes;
  char* ids = hashes + entries.size() * kHashBytes;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto relative = static_cast<std::uint32_t>(entries[i].id - least);
    std::memcpy(hashes + i * kHashBytes, &entries[i].hash, kHashBytes);
    std::memcpy(ids + i * kIdBytes, &relative, kIdBytes);
  }
  return data;
}

std::size_t pack_seen_row(std::span<const SeenEntry> entries, std::size_t of_all,
                          std::string& row) {
  const std::span<const SeenEntry> most = entries.first(std::min(entries.size(), kRowBytes / 8));
  const auto [least, last] = std::minmax_element(
      most.begin(), most.end(), [](const SeenEntry& a, const SeenEntry& b) { return a.id < b.id; });
  PackedHead head{};
  head.mark_and_least_id = kPackedMark << kMarkShift | least->id;
  head.before_first = most.front().hash;
  head.gap_bits = static_cast<std::uint8_t>(std::min<int>(63, std::countl_zero(of_all)));
  head.id_bits = static_cast<std::uint8_t>(std::bit_width(last->id - least->id));
  BitWriter bits(kRowBytes);
  std::uint64_t before = head.before_first;
  for (const SeenEntry& entry : most) {
    if (bits.bits() + kMostBits > (kRowBytes - sizeof head - kPadding) * 8) break;
    const std::uint64_t gap = entry.hash - before;
    const std::uint64_t quotient = std::min(gap >> head.gap_bits, kLongest);
    bits.put(1ULL << quotient, static_cast<unsigned>(quotient) + 1);
    if (quotient == kLongest) {
      bits.put(gap, 64);
    } else {
      bits.put(gap & ((1ULL << head.gap_bits) - 1), head.gap_bits);
    }
    bits.put(entry.id - least->id, head.id_bits);
    before = entry.hash;
    ++head.entries;
  }
  row.assign(reinterpret_cast<const char*>(&head), sizeof head);
  row += bits.bytes();
  row.append(kPadding, '\0');
  return head.entries;
}

bool decode_seen_row(std::string_view data, std::vector<SeenEntry>& out) {
  out.clear();
  if (is_packed(data)) {
    out.reserve(load<PackedHead>(data.data()).entries);
    return each_packed(data, [&](const SeenEntry& entry) {
      out.push_back(entry);
      return true;
    });
  }
  const std::size_t count = plain_entries_in(data);
  out.resize(count);
  if (count == 0) return false;
  const auto least = load<model::UrlId>(data.data());
  const char* hashes = data.data() + kHashBytes;
  const char* ids = hashes + count * kHashBytes;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = {load<std::uint64_t>(hashes + i * kHashBytes),
              least + load<std::uint32_t>(ids + i * kIdBytes)};
  }
  return true;
}

model::UrlId find_in_seen_row(std::string_view data, std::uint64_t hash) {
  if (is_packed(data)) return find_in_packed_row(data, hash);
  const std::size_t count = plain_entries_in(data);
  if (count == 0) return 0;  // damaged, see is_seen_row()
  const char* hashes = data.data() + kHashBytes;
  std::size_t low = 0;
  std::size_t high = count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (load<std::uint64_t>(hashes + middle * kHashBytes) < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == count || load<std::uint64_t>(hashes + low * kHashBytes) != hash) return 0;
  return load<model::UrlId>(data.data()) +
         load<std::uint32_t>(hashes + count * kHashBytes + low * kIdBytes);
}

}  // namespace crawld::storage
