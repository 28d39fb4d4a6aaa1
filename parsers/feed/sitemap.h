// Sitemaps in all their forms: XML, indexes, plain lists, RSS, Atom and JSON Feed.
//
// https://www.sitemaps.org/protocol.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crawler/model/page.h"

namespace crawld::parsers {

struct SitemapLimits {
  std::size_t max_entries = 50'000;
  std::uint64_t max_size = 52'428'800;  // bytes, uncompressed; what the protocol calls 50MB
};

// What `body` lists, resolved against `url`; the body may be gzip and in any encoding
// (told by `content_type`, a byte order mark or its XML declaration; else UTF-8, or a
// guess where it cannot be that).
//
// Any namespace or none is taken; extensions (image:, video:, news:) are passed over.
// Locations that are no http or https URL are dropped. What is broken or over a limit
// is named in `error`; what could be read before and after it is kept. A body that is
// no sitemap at all has kind none and an error. Entities are never expanded.
model::Sitemap parse_sitemap(std::string_view body, std::string_view url, SitemapLimits limits,
                             std::string_view content_type = {});

// The text of a sitemap or feed: unpacked if it is gzip, in UTF-8, without byte order
// mark and without what a server printed before its "<?xml". `error` tells of that, or
// what was broken or over `max_size`; the front is kept.
struct SitemapText {
  std::string utf8;
  std::string error;
};
SitemapText sitemap_text(std::string_view body, std::string_view content_type,
                         std::uint64_t max_size);

}  // namespace crawld::parsers
