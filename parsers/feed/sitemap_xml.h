// <urlset> and <sitemapindex>.
#pragma once

#include <cstddef>
#include <string_view>

#include "crawler/model/page.h"

namespace crawld::parsers {

// The entries of a sitemap in UTF-8, resolved against `url`; kind none when the root
// element is none of a sitemap's. Linear; stops after `max_entries` of each list.
model::Sitemap parse_xml_sitemap(std::string_view utf8, std::string_view url,
                                 std::size_t max_entries);

}  // namespace crawld::parsers
