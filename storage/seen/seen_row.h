// How entries of a seen index stand in a row of the database: sorted by hash, a page's worth.
//
// Two ways. Plain rows are searched as they stand, and are what merges write. Packed rows hold
// the gaps between hashes (Rice coded) and as many bits of id as their ids differ in: 8.2 bytes
// an entry instead of 12; runs that are read once, at a start, are written so.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/request.h"

namespace crawld::storage {

struct SeenEntry {
  std::uint64_t hash = 0;
  model::UrlId id = 0;
};

// So many entries of a plain row fill one 4 KiB page with SQLite's own bytes.
inline constexpr std::size_t kEntriesPerRow = 337;

// The least id, the hashes in order, then the ids relative to the least, in 32 bits each; all
// little-endian. Needs: at least one entry, rising hashes, no more than kEntriesPerRow.
std::string encode_seen_row(std::span<const SeenEntry> entries);

// Packs as many of `entries` as a row takes, from the front, and says how many those are.
// `of_all` is how many hashes the run has: they are spread evenly.
std::size_t pack_seen_row(std::span<const SeenEntry> entries, std::size_t of_all, std::string& row);

// Whether it looks like a row, of either kind; decoding may still find it damaged.
bool is_seen_row(std::string_view data);
// Of either kind. False when `data` is no such row.
bool decode_seen_row(std::string_view data, std::vector<SeenEntry>& out);
// 0 when the row does not hold it, or is damaged.
model::UrlId find_in_seen_row(std::string_view data, std::uint64_t hash);

}  // namespace crawld::storage
