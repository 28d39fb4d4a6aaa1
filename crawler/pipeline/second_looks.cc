#include "crawler/pipeline/second_looks.h"

#include <utility>

#include "crawler/pipeline/weight.h"

namespace crawld::pipeline {

bool SecondLooks::put(model::Fetched& page, base::Instant due) {
  const std::size_t bytes = weight(page);
  base::MutexLock lock(mutex_);
  if (entries_.size() >= bounds_.pages || bytes_ + bytes > bounds_.bytes) return false;
  entries_.push_back({std::move(page), due, bytes});
  bytes_ += bytes;
  return true;
}

std::optional<model::Fetched> SecondLooks::take(base::Instant now) {
  base::MutexLock lock(mutex_);
  if (entries_.empty() || entries_.front().due > now) return std::nullopt;
  Entry entry = std::move(entries_.front());
  entries_.pop_front();
  bytes_ -= entry.bytes;
  return std::move(entry.page);
}

}  // namespace crawld::pipeline
