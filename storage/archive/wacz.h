// Stored pages as a WACZ 1.1.1 package: an archive that a browser can show, in one file.
//
// https://specs.webrecorder.net/wacz/1.1.1/. A ZIP file with
//   archive/data.warc.gz   as storage/archive/warc.h writes it; revisits refer to its own records
//   indexes/index.cdx.gz   its CDXJ lines in order, a gzip member for each 1,024 of them
//   indexes/index.idx      the first key of each member, and where it is: what is searched first
//   pages/pages.jsonl      documents that were found (status 200), with their text where it is kept
//   datapackage.json       sizes and SHA-256 of all these, datapackage-digest.json its own
// Memory holds none of them, but 150 bytes for each 1,024 versions.
//
// A cursor as storage/reports/exports.h. Threads: those of the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/archive/zip_writer.h"
#include "storage/commit_batch.h"
#include "storage/database.h"
#include "storage/reports/exports.h"

namespace crawld::storage {

struct WaczOptions {
  std::int64_t after = 0;  // last_key of the call before, to go on
  std::string software;    // "crawld/1.0"
  Millis written_at = 0;
  std::string sort_directory;  // where the index is sorted (storage/archive/line_sorter.h)
  // Asked before each version; true ends the archive there, and the package is completed.
  std::function<bool()> enough = [] { return false; };
};

base::Result<ExportEnd> export_wacz(Database& reader, const WaczOptions& options, ZipSink sink);

// Whether an entry of a package, by its name, is a WARC file (section "archive" of the
// specification).
bool is_archive_of_wacz(std::string_view name);

}  // namespace crawld::storage
