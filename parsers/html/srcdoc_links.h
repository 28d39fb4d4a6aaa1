// Links of the documents that stand in srcdoc attributes of iframes.
#pragma once

#include <string>
#include <vector>

#include "crawler/model/page.h"
#include "parsers/html/page_scan.h"

namespace crawld::parsers {

// Appends to `page.links` those of `srcdocs` and of what is nested in them (to
// model::kMaxSrcdocDepth). A srcdoc document is about:srcdoc, so its URLs are resolved against the
// base of its parent (HTML 2.4.3, fallback base URL) unless it has a <base> of its own. Its other
// facts are its own. `options` are those of the page. Linear: what is nested is part of what it is
// nested in.
void add_srcdoc_links(PageScanner& scanner, const ScanOptions& options,
                      std::vector<std::string> srcdocs, model::ParsedPage& page);

}  // namespace crawld::parsers
