#include "crawler/pipeline/url_marks.h"

#include <algorithm>
#include <chrono>

namespace crawld::pipeline {
namespace {

constexpr std::chrono::hours kOnceIn{1};

}  // namespace

bool AskedOnceMore::has(model::UrlId id, base::Instant now) const {
  const auto asked = at_.find(id);
  return asked != at_.end() && now < asked->second + kOnceIn;
}

// Those that may be asked again are forgotten now and then, each time over twice as many as were
// left.
void AskedOnceMore::add(model::UrlId id, base::Instant now) {
  if (at_.size() >= most_) {
    std::erase_if(at_, [now](const auto& asked) { return now >= asked.second + kOnceIn; });
    most_ = std::max(kFewest, 2 * at_.size());
  }
  at_[id] = now;
}

}  // namespace crawld::pipeline
