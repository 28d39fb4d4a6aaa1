#include "storage/bodies/dictionary_shelf.h"

#include <algorithm>
#include <utility>

namespace crawld::storage {

std::shared_ptr<const model::BodyDictionary> DictionaryShelf::find(model::HostId host) {
  base::MutexLock lock(mutex_);
  const auto found = places_.find(host);
  if (found == places_.end()) return nullptr;
  found->second.asked_at = now_();
  return found->second.dictionary;
}

bool DictionaryShelf::misses(model::HostId host) const {
  base::MutexLock lock(mutex_);
  if (places_.contains(host)) return false;
  return places_.size() < kMost || now_() - longest_idle()->second.asked_at >= kIdle;
}

bool DictionaryShelf::put(model::HostId host,
                          std::shared_ptr<const model::BodyDictionary> dictionary) {
  base::MutexLock lock(mutex_);
  const base::Instant now = now_();
  if (places_.size() >= kMost && !places_.contains(host)) {
    const auto idle = longest_idle();
    if (now - idle->second.asked_at < kIdle) return false;
    places_.erase(idle);
  }
  places_[host] = {std::move(dictionary), now};
  return true;
}

DictionaryShelf::Places::const_iterator DictionaryShelf::longest_idle() const {
  return std::min_element(places_.begin(), places_.end(), [](const auto& a, const auto& b) {
    return a.second.asked_at < b.second.asked_at;
  });
}

}  // namespace crawld::storage
