#include "crawler/fetch/hsts_hosts.h"

#include <algorithm>
#include <chrono>

#include "crawler/fetch/hsts_header.h"
#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {
namespace {

using std::chrono::milliseconds;

// As browsers have it: who takes over a host cannot bind it for ever.
constexpr milliseconds kLongest = std::chrono::hours(365 * 24);
constexpr milliseconds kOftenestStored = std::chrono::hours(24);
constexpr std::chrono::minutes kBetweenSweeps{1};

// A name with a dot at its end is the same host.
std::string_view name_of(const model::Url& url) {
  std::string_view host = url.hostname();
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

}  // namespace

std::optional<model::HstsHost> HstsHosts::note(const model::Url& from,
                                               const model::Headers& headers, base::WallTime now) {
  // Section 8.1: the first such field alone, even where a later one could be read.
  const std::string_view text = headers.get("Strict-Transport-Security");
  if (text.empty()) return std::nullopt;
  const auto header = parse_hsts_header(text);
  const std::string_view name = name_of(from);
  if (!header || name.empty() || IpAddress::parse_host(name)) return std::nullopt;
  const milliseconds time = std::min<milliseconds>(header->max_age, kLongest);
  model::HstsHost told{.name = std::string(name),
                       .with_subdomains = header->with_subdomains,
                       .told_at = now,
                       .until = now + time};
  base::MutexLock lock(mutex_);
  const auto known = hosts_.find(name);
  if (time.count() == 0) {
    if (known == hosts_.end()) return std::nullopt;
    hosts_.erase(known);
    return told;
  }
  if (known == hosts_.end() && !has_room(now)) return std::nullopt;
  Entry& entry = known == hosts_.end() ? hosts_[told.name] : known->second;
  const milliseconds behind = told.until - entry.stored_until;
  const bool stored = entry.with_subdomains == told.with_subdomains && behind.count() >= 0 &&
                      behind <= std::min(kOftenestStored, time / 4);
  entry.with_subdomains = told.with_subdomains;
  entry.until = told.until;
  if (stored) return std::nullopt;
  entry.stored_until = told.until;
  return told;
}

// A sweep looks at all of them, so a flood of new names gets one now and then.
bool HstsHosts::has_room(base::WallTime now) {
  if (hosts_.size() < kMost) return true;
  if (now < swept_at_ + kBetweenSweeps && now >= swept_at_) return false;
  swept_at_ = now;
  std::erase_if(hosts_, [now](const auto& host) { return host.second.until <= now; });
  return hosts_.size() < kMost;
}

std::optional<model::Url> HstsHosts::in_place_of(const model::Url& url, base::WallTime now) const {
  if (url.scheme_kind() != model::Scheme::http) return std::nullopt;
  const std::string_view host = name_of(url);
  {
    base::MutexLock lock(mutex_);
    if (hosts_.empty()) return std::nullopt;
    bool known = false;
    for (std::string_view name = host; !known && !name.empty();) {
      const auto found = hosts_.find(name);
      known = found != hosts_.end() && found->second.until > now &&
              (found->second.with_subdomains || name.size() == host.size());
      const auto dot = name.find('.');
      name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
    }
    if (!known) return std::nullopt;
  }
  // A port that stands in the URL stays; port 80, which never does, becomes 443.
  return model::Url::parse("https" + std::string(url.href().substr(4)));
}

void HstsHosts::restore(std::span<const model::HstsHost> hosts, base::WallTime now) {
  base::MutexLock lock(mutex_);
  for (const model::HstsHost& host : hosts) {
    if (host.until <= now || hosts_.size() >= kMost) continue;
    hosts_[host.name] = {.with_subdomains = host.with_subdomains,
                         .until = std::min(host.until, now + kLongest),
                         .stored_until = host.until};
  }
}

std::size_t HstsHosts::size() const {
  base::MutexLock lock(mutex_);
  return hosts_.size();
}

}  // namespace crawld::fetch
