// Reads for those who look for pages that nobody links to: what pages that stand link to, and which
// pages there are.
//
// Walks in slices of pages, each a read of its own, so that it holds no snapshot.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

struct LinkOfPage {
  std::string_view from;    // URL of the page
  std::string_view site;    // name of its site
  std::string_view target;  // absolute, as the page has it
  bool stands = true;       // the page; it is neither gone nor moved
};
// Every link of the newest version of every page that is not gone or moved. Views hold
// during the call only.
base::Status each_standing_link(Database& reader,
                                const std::function<void(const LinkOfPage&)>& visit);

// The same of every page, gone or not: the links of the view v_links.
base::Status each_link(Database& reader, const std::function<void(const LinkOfPage&)>& visit);

struct FoundPage {
  model::UrlId id = 0;
  std::string_view url;
};
// Every page that stands and was found over a link, or over a redirect that is gone itself.
base::Status each_page_found_by_link(Database& reader,
                                     const std::function<void(const FoundPage&)>& visit);

struct ListedPage {
  std::string_view url;
  std::string_view listed_in;  // URL of the sitemap or feed
};
// Every page that stands and was found in a sitemap or feed, in the order of discovery, until
// `visit` answers false.
base::Status each_page_found_by_sitemap(Database& reader,
                                        const std::function<bool(const ListedPage&)>& visit);

// Where URLs redirect to, as their servers said it last; absolute.
base::Status each_redirect_target(Database& reader,
                                  const std::function<void(std::string_view target)>& visit);

struct OpenOrphan {
  model::UrlId id = 0;
  std::string_view url;
  bool stands = false;  // it is neither gone nor moved, and still asked for
};
// Orphans that are not adopted, by rising ids.
base::Status each_open_orphan(Database& reader,
                              const std::function<void(const OpenOrphan&)>& visit);

base::Result<std::uint64_t> count_urls(Database& reader);

}  // namespace crawld::storage
