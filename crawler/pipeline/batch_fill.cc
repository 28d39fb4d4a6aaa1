#include "crawler/pipeline/batch_fill.h"

namespace crawld::pipeline {

bool BatchFill::is_due(base::Instant now, std::size_t settled, std::size_t behind) const {
  if (!since_) return false;
  if (settled >= limits_.settled || bytes_ >= limits_.bytes) return true;
  if (behind > 0) return now >= *since_ + limits_.longest;
  return settled >= limits_.worth || now >= *since_ + limits_.delay;
}

std::optional<base::Instant> BatchFill::due_at() const {
  if (!since_) return std::nullopt;
  return *since_ + limits_.delay;
}

}  // namespace crawld::pipeline
