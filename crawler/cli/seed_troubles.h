// What the seeds of a crawl came to: the end of one that brought nothing, or an empty page.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "storage/database.h"

namespace crawld::cli {

struct SeedTrouble {
  std::string text;  // "https://a.test/ failed: tls (SSL certificate problem: ...)"
  std::string hint;  // what one may do about it; empty: nothing to say
};

// Of the first few seeds; what cannot be read of the books is left out.
std::vector<SeedTrouble> seed_troubles(storage::Database& reader,
                                       const std::vector<config::Site>& sites);

}  // namespace crawld::cli
