// What a person holds until it is resumed: rows "paused:SITE" of `meta`.
//
// Written with the batches of a run (CommitBatch::pauses).
#pragma once

#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

// In order of name: the whole crawl first.
base::Result<std::vector<SitePause>> stored_pauses(Database& reader);

}  // namespace crawld::storage
