// Links that a response carries in its header: Link (RFC 8288) and Refresh.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/page.h"

namespace crawld::parsers {

// One link-value of a Link header.
struct HeaderLink {
  std::string target;  // as written
  std::string rel;     // as fold_rel() gives it; empty: none, and then it links nothing
  std::string type;    // lower case
  std::string title;
  bool other_context = false;  // has an anchor: it speaks of another resource
};

// The link-values of a Link header whose lines are joined with ", ". What is broken is
// passed over up to the next comma. Linear.
std::vector<HeaderLink> parse_link_header(std::string_view value);

struct HeaderFields {
  std::string_view link;  // joined values; empty: not sent
  std::string_view refresh;
};

// Adds what the header says to `page`: links (before those of the page, at most
// `max_links` in all), and canonical, refresh and feeds where the page itself has not
// said. References resolve against `url`, not against the page's <base>.
void add_header_links(const HeaderFields& header, const std::string& url, std::size_t max_links,
                      model::ParsedPage& page);

}  // namespace crawld::parsers
