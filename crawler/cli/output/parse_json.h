// What `crawld parse` prints: one page as one JSON object on one line.
#pragma once

#include <string>
#include <string_view>

#include "crawler/model/page.h"

namespace crawld::cli {

// Every key of the interface is there whatever the outcome; after a failure the values are
// empty and "error" is {"kind", "detail"}. Hashes are hex. Further keys: kind, author, date,
// body_size, unchanged, links_truncated, over_limits, sitemap (null, or what was listed), and
// rdfa, microformats, twitter where they were asked for.
std::string parsed_page_json(std::string_view url, const model::ParseOutcome& outcome);

}  // namespace crawld::cli
