// How records of an archive are packed: each by itself, so that an index can lead to one.
//
// Threads: a packer by one.
#pragma once

#include <zstd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawler/base/result.h"

namespace crawld::storage {

enum class RecordPacking : std::uint8_t {
  none,
  gzip,  // WARC 1.1 annex D: a member a record
  zstd   // https://iipc.github.io/warc-specifications/specifications/warc-zstd/: a frame a record
};

// `bytes` as one gzip member (RFC 1952).
base::Result<std::string> gzip_member(std::string_view bytes);

class RecordPacker {
 public:
  explicit RecordPacker(RecordPacking packing) : packing_(packing) {}

  // One whole record. A frame of zstd tells its size, has a checksum and needs no dictionary.
  base::Result<std::string> pack(std::string record);

 private:
  base::Result<std::string> zstd_frame(std::string_view bytes);

  struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  const RecordPacking packing_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
};

}  // namespace crawld::storage
