// A ZIP file, read by the directory at its end.
//
// APPNOTE.TXT 6.3.10 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), ZIP64 too.
// Stored and deflated entries; nothing encrypted, nothing in parts. The file is foreign: what it
// claims is bounded before it is believed. An entry gives no byte more than the directory says, and
// entries do not share their bytes, so the contents of all are at most 1,032 times the file, which
// is what deflate can do. Memory is that of the entries that were asked for, and one block. Names
// are told as they stand: whoever makes files of them must look at them first.
//
// Threads: one.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"

namespace crawld::storage {

// Fills `into` from `offset` on and tells how many bytes; 0 at the end of the file.
using ReadAt = std::function<base::Result<std::size_t>(std::uint64_t offset, std::span<char> into)>;

struct ZipDirectoryEntry {
  std::string name;
  std::uint16_t method = 0;  // 4.4.5: 0 is stored, 8 deflated
  std::uint16_t flags = 0;   // 4.4.4
  std::uint32_t crc = 0;     // of the content
  std::uint64_t packed = 0;  // bytes
  std::uint64_t size = 0;    // bytes of the content
  std::uint64_t offset = 0;  // of its header
};

// The entries that `wanted` names, in the order of the directory. Errors: corrupt (no ZIP file, cut
// off, broken, a directory of more than 256 MiB, entries that share bytes), what `read` said.
base::Result<std::vector<ZipDirectoryEntry>> read_zip_directory(
    const ReadAt& read, std::uint64_t file_size,
    const std::function<bool(std::string_view name)>& wanted);

// The content of one entry, from front to back.
class ZipEntryReader {
 public:
  ZipEntryReader(ReadAt read, ZipDirectoryEntry entry);
  ~ZipEntryReader();
  ZipEntryReader(const ZipEntryReader&) = delete;
  ZipEntryReader& operator=(const ZipEntryReader&) = delete;

  // Fills `into` from its start and tells how many bytes; 0 at the end, where the content was what
  // the directory says. Errors: corrupt (damaged, longer or shorter than told), incompatible
  // (encrypted, another method), what the file said. After an error there is no next.
  base::Result<std::size_t> read(std::span<char> into);

 private:
  base::Status begin();
  base::Status fill();
  base::Result<std::size_t> inflate_into(std::span<char> into);
  base::Result<std::size_t> stored_into(std::span<char> into);

  const ReadAt read_;
  const ZipDirectoryEntry entry_;
  bool begun_ = false;
  bool inflating_ = false;
  bool ended_ = false;       // the deflated data said so
  std::uint64_t at_ = 0;     // in the file: what was not read yet
  std::uint64_t left_ = 0;   // packed bytes behind `at_`
  std::uint64_t given_ = 0;  // of the content
  std::uint32_t crc_ = 0;
  std::vector<char> held_;  // packed bytes that the stream has at hand
  z_stream stream_{};
};

}  // namespace crawld::storage
