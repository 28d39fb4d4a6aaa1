#include "crawler/fetch/proxy_rests.h"

#include <xxhash.h>

#include <algorithm>
#include <optional>

#include "crawler/base/log.h"

namespace crawld::fetch {
namespace {

constexpr std::size_t kMostTried = 3;
constexpr std::chrono::seconds kFirstRest{10};
constexpr std::chrono::seconds kLongestRest{600};
// As long as a connect may well take; a request that never tells of its end must not keep it.
constexpr std::chrono::seconds kTrial{30};

std::uint64_t score(std::string_view host, const Proxy& proxy) {
  return XXH3_64bits_withSeed(host.data(), host.size(),
                              XXH3_64bits(proxy.url.data(), proxy.url.size()));
}

std::chrono::seconds rest_after(unsigned failures) {
  return std::min(kLongestRest, kFirstRest * (1 << std::min(failures - 1, 10U)));
}

}  // namespace

const Proxy* ProxyRests::choose(std::string_view host, std::span<const Proxy> proxies,
                                std::span<const Proxy* const> given_up, base::Instant now) const {
  if (given_up.size() >= kMostTried) return nullptr;
  const Proxy* own = nullptr;
  const Proxy* best = nullptr;
  std::uint64_t own_score = 0;
  std::uint64_t best_score = 0;
  base::MutexLock lock(mutex_);
  for (const Proxy& proxy : proxies) {
    if (std::find(given_up.begin(), given_up.end(), &proxy) != given_up.end()) continue;
    const std::uint64_t points = score(host, proxy);
    if (own == nullptr || points > own_score) own = &proxy, own_score = points;
    const auto record = by_url_.find(proxy.url);
    if (record != by_url_.end() && now < record->second.until) continue;
    if (best == nullptr || points > best_score) best = &proxy, best_score = points;
  }
  if (best != nullptr || !given_up.empty()) return best;
  return own;
}

void ProxyRests::begin(const Proxy& proxy, base::Instant now) {
  base::MutexLock lock(mutex_);
  const auto record = by_url_.find(proxy.url);
  if (record == by_url_.end() || record->second.in_a_row == 0 || now < record->second.until) return;
  record->second.being_tried = true;
  record->second.until = now + kTrial;
}

void ProxyRests::failed(const Proxy& proxy, const std::string& why, base::Instant now) {
  std::optional<std::chrono::seconds> rest;
  {
    base::MutexLock lock(mutex_);
    Record& record = by_url_[proxy.url];
    ++record.trouble.failures;
    record.trouble.proxy = proxy.name();
    record.trouble.last = why;
    record.trouble.resting = true;
    // Requests that were under way when it failed say nothing new.
    if (now >= record.until || record.being_tried) {
      rest = rest_after(++record.in_a_row);
      record.until = now + *rest;
      record.being_tried = false;
    }
  }
  if (!rest) return;
  base::log::warn(
      "proxy.failed",
      {{"proxy", proxy.name()}, {"why", why}, {"rest_s", std::to_string(rest->count())}});
}

void ProxyRests::worked(const Proxy& proxy) {
  {
    base::MutexLock lock(mutex_);
    const auto record = by_url_.find(proxy.url);
    if (record == by_url_.end() || !record->second.trouble.resting) return;
    record->second.in_a_row = 0;
    record->second.being_tried = false;
    record->second.until = {};
    record->second.trouble.resting = false;
  }
  base::log::info("proxy.works", {{"proxy", proxy.name()}});
}

std::vector<ProxyRests::Trouble> ProxyRests::troubles() const {
  std::vector<Trouble> troubles;
  base::MutexLock lock(mutex_);
  for (const auto& [url, record] : by_url_) troubles.push_back(record.trouble);
  return troubles;
}

}  // namespace crawld::fetch
