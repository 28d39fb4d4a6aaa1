// Records of a WARC file, one after the other: plain, gzip or zstd (a member or frame a
// record, or one for all).
//
// https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
// section 4; files of WARC 0.18 and 1.0 read the same. The file is foreign: what a
// record claims is bounded before it is believed, time is linear in the inflated
// bytes, and memory is one block of at most `most_block` bytes. Threads: one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/base/result.h"
#include "storage/archive/unpacked_bytes.h"
#include "storage/commit_batch.h"

namespace crawld::storage {

struct ArchiveRecord {
  std::vector<std::pair<std::string, std::string>> fields;  // in order, as written
  std::string block;                                        // its first `most_block` bytes
  bool cut = false;                                         // the block was longer
  std::uint64_t number = 0;                                 // in the file, from 1

  // The first value, names without regard to case; empty where there is none.
  std::string_view field(std::string_view name) const;
};

class WarcReader {
 public:
  using Source = UnpackedBytes::Source;

  WarcReader(Source source, std::uint64_t most_block);

  // The next record; nothing at the end. Errors: corrupt (no WARC, broken, cut off; the
  // records before it stand), what the source said. After an error there is no next, but where
  // recover() finds one.
  base::Result<std::optional<ArchiveRecord>> next();

  // After `corrupt` in a file with a gzip member a record: passes over what is damaged, up to the
  // next member with a record, and tells how many bytes of the file that was. Nothing where no
  // such member follows. The records that were lost count as one.
  base::Result<std::optional<std::uint64_t>> recover();

 private:
  base::Result<bool> read_head(ArchiveRecord& record);
  base::Status read_block(ArchiveRecord& record);
  base::Status read_end();
  base::Error broken(std::string_view what) const;

  UnpackedBytes bytes_;
  const std::uint64_t most_block_;
  std::uint64_t records_ = 0;
};

// WARC-Date: "2026-11-21T08:00:00Z", with a fraction, or less precise (WARC 1.1
// section 5.4). Nothing when it is no date.
std::optional<Millis> warc_date(std::string_view text);

}  // namespace crawld::storage
