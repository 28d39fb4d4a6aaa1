#include "crawler/pipeline/list_metadata.h"

#include <utility>

namespace crawld::pipeline {

std::string metadata_of(storage::PageStore& store, storage::CommitBatch& batch, model::UrlId id) {
  if (const storage::NewUrl* row = storage::unwritten(batch, id)) return row->metadata;
  if (const auto said = batch.metadata.find(id); said != batch.metadata.end()) return said->second;
  auto stored = store.metadata(id);
  return stored ? *std::move(stored) : std::string();
}

bool say_anew(storage::PageStore& store, storage::CommitBatch& batch, model::UrlId known,
              std::string metadata) {
  if (metadata.empty() || metadata == metadata_of(store, batch, known)) return false;
  if (storage::NewUrl* row = storage::unwritten(batch, known)) {
    row->metadata = std::move(metadata);
  } else {
    batch.metadata[known] = std::move(metadata);
  }
  return true;
}

}  // namespace crawld::pipeline
