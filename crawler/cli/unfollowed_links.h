// Links that a crawl read and did not follow: why a URL is not in the books.
#pragma once

#include <string>
#include <vector>

#include "storage/database.h"

namespace crawld::cli {

struct UnfollowedLink {
  std::string from;  // the page that holds it
  std::string why;   // "rel=nofollow; --follow nofollow (follow_nofollow:)"; empty: cannot be told
};

// The first few links to `href`, canonical by the default rules. Reads all links of the newest
// 100,000 pages, some seconds at most; what cannot be read is left out.
std::vector<UnfollowedLink> unfollowed_links(storage::Database& reader, const std::string& href);

}  // namespace crawld::cli
