// Who links to a URL that is not in the books: `crawld why`.
#pragma once

#include <functional>
#include <string_view>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct FoundLink {
  std::string_view from;         // URL of the page
  std::string_view target;       // absolute, as the page has it
  std::string_view tag;          // a, img, link, ...
  bool nofollow = false;         // rel=nofollow
  std::string_view page_robots;  // directives of the page, separated by commas
};

// Links whose address holds `part`, oldest page first, until `visit` answers false; among the
// newest 100,000 versions, since nothing but a walk over the links finds them. Views hold during
// the call only.
base::Status each_link_with(Database& reader, std::string_view part,
                            const std::function<bool(const FoundLink&)>& visit);

}  // namespace crawld::storage
