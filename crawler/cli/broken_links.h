// A section of `crawld report`: broken links and the pages that hold them.
#pragma once

#include "storage/reports/report.h"

namespace crawld::cli {

inline constexpr std::string_view kBrokenLinks = "broken_links";

// The first 200 rows of v_report_broken_links, and among them pages whose link leads there only
// once its address is spelled by the rules (`canonicalize`), which SQL does not know: the usual
// ones and all that sites of the database have of their own. Walks over all links where any URL is
// broken.
base::Status report_broken_links(storage::Database& reader, storage::QueryRows& rows);

}  // namespace crawld::cli
