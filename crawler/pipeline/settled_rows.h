// What a settled URL leaves in the database: pure, from the settlement to rows.
#pragma once

#include <cstdint>

#include "crawler/model/settlement.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/commit_batch.h"

namespace crawld::pipeline {

// The URL was really visited: what it answered is worth remembering.
bool is_visit(model::Verdict verdict);

storage::Visit visit_row(const model::Settled& settled);

// Of any request: when it was made, of whom, and how its answer came. Outcome and detail are the
// caller's to say.
storage::FetchRow request_row(const model::Fetched& fetched, std::uint64_t id);
// `page`: the version that it stored; 0: none.
storage::FetchRow fetch_row(const model::Settled& settled, std::uint64_t id, storage::PageId page);

// Needs: settled.store_page.
storage::StoredPage stored_page(model::Settled settled, storage::PageId id, const SiteTable& sites);

// Bytes that a batch holds of it, about.
std::size_t batch_weight(const model::Settled& settled);

}  // namespace crawld::pipeline
