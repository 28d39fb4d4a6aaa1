// What the seeds of a crawl came to: the end of one that brought nothing, or an empty page.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/config.h"
#include "storage/database.h"

namespace crawld::cli {

struct SeedTrouble {
  std::string text;  // "https://a.test/ failed: tls (SSL certificate problem: ...)"
  std::string hint;  // what one may do about it; empty: nothing to say
};

struct SeedTroubles {
  std::vector<SeedTrouble> told;  // the first three
  std::size_t more = 0;           // besides them
  std::size_t asked_of = 0;       // seeds, the first 200 of all; 0: of all
};

// What cannot be read of the books is left out.
SeedTroubles seed_troubles(storage::Database& reader, const std::vector<config::Site>& sites);

// "7 more seeds brought nothing", and of how many where not all were asked of; empty: there are
// no more.
std::string more_troubles(const SeedTroubles& seeds);

}  // namespace crawld::cli
