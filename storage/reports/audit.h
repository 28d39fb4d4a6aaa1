// Do the books balance? `crawld audit`.
//
// Every URL ever discovered is in one named state; what one table says another must
// not deny. Walks the whole database once over a reader's connection; the answers
// are of one moment, also while a crawl runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crawler/base/result.h"
#include "storage/database.h"

namespace crawld::storage {

struct AuditCheck {
  std::string name;         // a sentence that is true when the check passes
  std::uint64_t seen = 0;   // rows looked at
  std::uint64_t wrong = 0;  // 0: passed
  std::string example;      // of what is wrong; empty when nothing is
};

// An Error only when the database cannot be read.
base::Result<std::vector<AuditCheck>> audit(Database& reader);

}  // namespace crawld::storage
