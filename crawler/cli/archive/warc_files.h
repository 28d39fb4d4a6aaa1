// A WARC file and its CDXJ index beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "crawler/base/result.h"
#include "storage/database.h"
#include "storage/reports/exports.h"

namespace crawld::cli {

// Writes `path` (X.warc.gz; X.warc.zst for frames of zstd, X.warc for records that are not
// compressed), and with it X.cdxj, sorted by its key. Standard output ("" or "-") gets the WARC
// alone, compressed. The index is sorted in the directory of X (storage/archive/line_sorter.h).
// `path` may also name the index (X.cdxj); the WARC is then X.warc.gz. `enough` as WarcOptions,
// with the bytes of the WARC so far.
base::Result<storage::ExportEnd> write_warc_files(storage::Database& reader,
                                                  const std::string& path, std::int64_t after,
                                                  const std::function<bool(std::uint64_t)>& enough);

}  // namespace crawld::cli
