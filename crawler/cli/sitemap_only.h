// A section of `crawld report`: pages that a sitemap or feed names and no page links to.
#pragma once

#include "storage/reports/report.h"

namespace crawld::cli {

// Pages that stand, the first 200 of them, but those that other pages, or redirects, lead to. Who
// links is told by pipeline/linked_urls.h, so a few may be left out by chance. Links are spelled
// by the usual rules and by all that sites of the database have of their own.
base::Status report_sitemap_only(storage::Database& reader, storage::QueryRows& rows);

inline constexpr storage::ReportSection kSitemapOnly = {
    "sitemap_only",
    "Pages that a sitemap or feed names and no page links to",
    {},
    -1,
    report_sitemap_only};

}  // namespace crawld::cli
