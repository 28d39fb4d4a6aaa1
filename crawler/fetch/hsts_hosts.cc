#include "crawler/fetch/hsts_hosts.h"

#include <libpsl.h>

#include <algorithm>
#include <chrono>
#include <iterator>

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

// The registrable domain; a name that stands on none is its own.
std::string domain_of(const std::string& name) {
  const char* const domain = psl_registrable_domain(psl_builtin(), name.c_str());
  return domain == nullptr ? name : std::string(domain);
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
    forget(known);
    return told;
  }
  if (known == hosts_.end()) {
    const std::string domain = domain_of(told.name);
    if (!has_room(domain, now)) return std::nullopt;
    ++of_domain_[domain];
  }
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

bool HstsHosts::is_full(const std::string& domain) const {
  if (hosts_.size() >= kMost) return true;
  const auto known = of_domain_.find(domain);
  return known != of_domain_.end() && known->second >= kMostOfDomain;
}

// A sweep looks at all of them, so a flood of new names gets one now and then.
bool HstsHosts::has_room(const std::string& domain, base::WallTime now) {
  if (!is_full(domain)) return true;
  if (now < swept_at_ + kBetweenSweeps && now >= swept_at_) return false;
  swept_at_ = now;
  for (auto host = hosts_.begin(); host != hosts_.end();) {
    host = host->second.until <= now ? forget(host) : std::next(host);
  }
  return !is_full(domain);
}

HstsHosts::Hosts::iterator HstsHosts::forget(Hosts::iterator host) {
  const auto domain = of_domain_.find(domain_of(host->first));
  if (--domain->second == 0) of_domain_.erase(domain);
  return hosts_.erase(host);
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
    const std::string domain = domain_of(host.name);
    if (host.until <= now || is_full(domain)) continue;
    const auto [known, is_new] = hosts_.try_emplace(host.name);
    if (is_new) ++of_domain_[domain];
    known->second = {.with_subdomains = host.with_subdomains,
                     .until = std::min(host.until, now + kLongest),
                     .stored_until = host.until};
  }
}

std::size_t HstsHosts::size() const {
  base::MutexLock lock(mutex_);
  return hosts_.size();
}

}  // namespace crawld::fetch
