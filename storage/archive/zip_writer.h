// A ZIP file, written in one go, of any size.
//
// APPNOTE.TXT 6.3.10 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT). The size of an
// entry is not known before its end, so its header is patched then: readers that go from front
// to back need no data descriptors, which many of them do not take for stored entries. Every
// entry and the end are in the form of ZIP64 (4.3.14, 4.5.3), whatever their size: one form, and
// none that only a file of more than 4 GiB would try.
//
// Threads: one.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "storage/archive/sha256.h"
#include "storage/commit_batch.h"

namespace crawld::storage {

// Where it goes. False, from either, stops: what follows is not written.
struct ZipSink {
  std::function<bool(std::string_view)> write;                 // behind what was written
  std::function<bool(std::uint64_t, std::string_view)> patch;  // over it, at an offset
};

enum class ZipPacking : std::uint8_t { stored, deflated };

struct ZipEntry {
  std::string name;
  std::string digest;       // "sha256:..." of the content
  std::uint64_t bytes = 0;  // of the content
};

class ZipWriter {
 public:
  // `modified` stands at every entry, in UTC.
  ZipWriter(ZipSink sink, Millis modified);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  // begin(), any number of write(), end(): one entry. `name` is a path in ASCII, with "/".
  // False where the sink stopped.
  bool begin(std::string name, ZipPacking packing);
  bool write(std::string_view bytes);
  bool end();
  bool add(std::string name, std::string_view bytes, ZipPacking packing);

  // The directory, after the last entry.
  bool finish();

  // What was ended, in order.
  const std::vector<ZipEntry>& entries() const { return entries_; }

 private:
  struct Header {
    std::uint64_t offset;
    std::uint64_t packed;
    std::uint32_t crc;
    ZipPacking packing;
  };

  bool put(std::string_view bytes);
  bool deflate(std::string_view bytes, int flush);
  std::string facts(const Header& header, std::uint64_t name_size) const;
  std::string local_header(const Header& header, const ZipEntry& entry) const;
  std::string directory_entry(const Header& header, const ZipEntry& entry) const;

  const ZipSink sink_;
  const std::uint32_t modified_;  // MS-DOS date and time (4.4.6)
  bool going_ = true;
  std::uint64_t offset_ = 0;
  std::vector<ZipEntry> entries_;
  std::vector<Header> headers_;
  // The entry that is open.
  std::unique_ptr<Sha256> digest_;
  z_stream stream_{};
  bool deflating_ = false;
};

}  // namespace crawld::storage
