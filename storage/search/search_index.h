// Keeps the full-text index up with the stored pages, hundreds at a time.
//
// Each transaction that touches an FTS5 index writes its entries as a segment, which is merged
// with others later: entered a batch of 24 pages at a time, the index costs four times as much
// as the words themselves. So pages are read back, in order of their ids, once enough of them
// stand. `meta` says up to which page, in the same transaction: an end at any moment leaves
// neither a gap nor an entry twice.
//
// Threads: those of the connection, which must be the writer.
#pragma once

#include <cstdint>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

// So many pages make a good segment.
inline constexpr PageId kIndexedTogether = 512;

// Sets how FTS5 keeps the index, where it is kept otherwise. Writes at most once a database.
// Must not be called within a transaction.
base::Status tune_search_index(Database& database);

// The last page that the index knows, or has passed over since it holds no text.
base::Result<PageId> indexed_up_to(Database& database);

// Takes in up to kIndexedTogether pages, 16 MiB of text, after `from`; returns the last of them,
// `from` where none is left. Needs: a transaction.
base::Result<PageId> index_pages(Database& database, PageId from);

}  // namespace crawld::storage
