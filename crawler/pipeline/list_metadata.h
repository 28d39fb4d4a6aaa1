// What URL lists say of URLs: metadata that a URL's children inherit (`urls.metadata`).
//
// Of a known URL the newest word holds, for it and for what it leads to from then on; a list that
// says nothing of it takes nothing away.
#pragma once

#include <string>

#include "storage/page_store.h"

namespace crawld::pipeline {

// A JSON object, or empty: as the batch has it, else as the store. Reads a row at most.
std::string metadata_of(storage::PageStore& store, storage::CommitBatch& batch, model::UrlId id);

// Enters into the batch what a list says of a URL that is known, be it written or in the batch.
// Gives back whether that is news.
bool say_anew(storage::PageStore& store, storage::CommitBatch& batch, model::UrlId known,
              std::string metadata);

}  // namespace crawld::pipeline
