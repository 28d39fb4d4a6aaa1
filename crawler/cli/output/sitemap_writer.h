// Stored pages as a sitemap (https://www.sitemaps.org/protocol.html).
#pragma once

#include <functional>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"
#include "storage/reports/exports.h"

namespace crawld::cli {

// A file of the protocol holds so many URLs at most; what is left comes with the next
// call, behind `last_key` of the end, which then is not complete.
inline constexpr std::uint64_t kUrlsPerSitemap = 50'000;

// The pages that a search engine should know: answered with 200, documents, not marked
// noindex, and canonical themselves. Those fetched before `since` (ms) are left out.
// `enough` is asked between two reads and ends it there.
base::Result<storage::ExportEnd> write_sitemap(storage::Database& reader, std::int64_t after,
                                               std::int64_t since,
                                               const std::function<bool(std::string_view)>& write,
                                               const std::function<bool()>& enough);

}  // namespace crawld::cli
