// RSS (0.9x, 1.0, 2.0), Atom (0.3, 1.0), CDF and JSON Feed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"

namespace crawld::parsers {

struct FeedEntry {
  std::string link;            // of the page, absolute; empty: none that is http or https
  std::string title;           // plain text; at most 1 KiB
  std::string id;              // guid or id as written
  std::int64_t published = 0;  // ms since the epoch; 0: not told
  std::int64_t updated = 0;
  std::string date_text;  // as written, of `updated`, else of `published`
};

struct FeedDocument {
  model::SitemapKind kind = model::SitemapKind::none;  // rss, atom, json_feed; none: no feed
  std::string title;
  std::string link;  // of the site, absolute
  std::vector<FeedEntry> entries;
  std::string error;  // what was broken or cut off; entries before it are kept
};

// `url` is that of the feed: relative links are resolved against it and xml:base.
// Both read UTF-8, in linear time, and stop after `max_entries` entries.
FeedDocument parse_xml_feed(std::string_view utf8, std::string_view url, std::size_t max_entries);
FeedDocument parse_json_feed(std::string_view utf8, std::string_view url, std::size_t max_entries);

}  // namespace crawld::parsers
