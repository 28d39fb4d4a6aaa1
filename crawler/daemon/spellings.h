// The rules by which the sites of a database spell their URLs, kept for those who ask for one.
#pragma once

#include <vector>

#include "config/config.h"
#include "crawler/base/result.h"
#include "crawler/policy/canonicalize.h"
#include "storage/database.h"

namespace crawld::daemon {

// Adds the rules of `sites` that are not the usual ones to those that the database keeps. For the
// start of a run, before others write.
base::Status remember_spellings(storage::Database& writer, const std::vector<config::Site>& sites);

// Without the usual ones; the newest first.
base::Result<std::vector<config::Canonicalize>> known_spellings(storage::Database& reader);

// What spells as they do, and before them as the usual rules do.
base::Result<std::vector<policy::Canonicalizer>> known_canonicalizers(storage::Database& reader);

}  // namespace crawld::daemon
