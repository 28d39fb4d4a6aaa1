// A WACZ package as a file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "crawler/base/result.h"
#include "storage/database.h"
#include "storage/reports/exports.h"

namespace crawld::cli {

// Writes `path` (X.wacz), a file and no pipe: what is written is patched. `enough` as
// WaczOptions, with the bytes of the package so far. The index is sorted in the directory of X.
base::Result<storage::ExportEnd> write_wacz_file(storage::Database& reader, const std::string& path,
                                                 std::int64_t after,
                                                 const std::function<bool(std::uint64_t)>& enough);

}  // namespace crawld::cli
