// A URL as typed, in the spelling under which a crawl knows it.
#pragma once

#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "crawler/model/request.h"
#include "storage/database.h"

namespace crawld::cli {

struct KnownUrl {
  std::string href;     // canonical
  model::UrlId id = 0;  // 0: not known
};

// Canonical by the default rules, else by those that a site of the crawl has of its own, else as
// typed.
// "example.org/x" is read as http://example.org/x. Errors: invalid (no URL), those of
// the database.
base::Result<KnownUrl> find_known_url(storage::Database& reader, std::string_view typed);

}  // namespace crawld::cli
