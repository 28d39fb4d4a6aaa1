// Stored pages as a WARC 1.1 file with a CDXJ index.
//
// https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
// A warcinfo record, then per answer (storage/archive/stored_answer.h) a response, the
// request that led to it (method, target and host: other request headers are not stored)
// and metadata. A version whose content was stored before becomes a revisit (6.7.2).
// Of redirects and errors bodies stand where `store_answers` kept them. Bodies are
// written decoded, as they are stored: the headers that described the coding are
// kept under "X-Archive-Orig-" and Content-Length is that of what follows. A body that
// was not kept is empty, with WARC-Truncated: unspecified. Each record is packed by itself.
//
// A cursor as storage/reports/exports.h: rows of `fetches` in order, each read by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/archive/record_packer.h"
#include "storage/commit_batch.h"
#include "storage/database.h"
#include "storage/reports/exports.h"

namespace crawld::storage {

// What a revisit may refer to: a version of the call before stands in another file.
enum class Revisits : std::uint8_t { of_any_file, of_this_file };

struct WarcOptions {
  std::int64_t after = 0;                     // last_key of the call before, to go on
  Revisits revisits = Revisits::of_any_file;  // else the answer is written in full
  RecordPacking packing = RecordPacking::gzip;
  std::string file_name;  // of the WARC, for its warcinfo and the index
  std::string software;   // "crawld/1.0"
  Millis written_at = 0;
  // Asked before each answer; true ends it there.
  std::function<bool()> enough = [] { return false; };
};

// `write` takes whole records; false stops. `index` takes a CDXJ line (with its end)
// per response and revisit, unsorted; it may be empty.
base::Result<ExportEnd> export_warc(Database& reader, const WarcOptions& options,
                                    const std::function<bool(std::string_view)>& write,
                                    const std::function<void(std::string_view)>& index = {});

}  // namespace crawld::storage
