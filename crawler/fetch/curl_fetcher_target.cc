// CurlFetcher: the site, the proxy and the addresses of a request.
#include <algorithm>
#include <utility>

#include "crawler/fetch/curl_fetcher_target.h"

namespace crawld::fetch {
namespace {

using model::FetchFailure;
using model::FetchFailureKind;

// A thread waits so long for a name server before it turns to another host. Most answers come
// sooner, and a host that has to come by twice costs another lease.
constexpr std::chrono::milliseconds kPatience{100};
// The same for a host to take a connection: as long as the way around the earth and back takes.
constexpr std::chrono::milliseconds kQuickConnect{250};

FetchFailure dns_failure(DnsFailure failure) {
  if (failure == DnsFailure::aborted) return {FetchFailureKind::aborted, "stopped"};
  return {FetchFailureKind::dns, std::string(to_string(failure))};
}

// One forbidden address is enough: a name that points inside and outside at once
// is an attack or a mistake, and either way nobody wants it dialled.
std::optional<FetchFailure> judge(const AddressGuard& guard,
                                  const std::vector<IpAddress>& addresses) {
  for (const IpAddress& address : addresses) {
    const std::string_view why = guard.refusal(address);
    if (why.empty()) continue;
    return FetchFailure{FetchFailureKind::blocked_address,
                        address.text() + ": " + std::string(why)};
  }
  return std::nullopt;
}

void keep(Family wanted, std::vector<IpAddress>& addresses) {
  std::erase_if(addresses, [&](const IpAddress& address) { return address.family != wanted; });
}

void put_first(Family wanted, std::vector<IpAddress>& addresses) {
  std::stable_partition(addresses.begin(), addresses.end(),
                        [&](const IpAddress& address) { return address.family == wanted; });
}

void apply(base::AddressFamily family, std::vector<IpAddress>& addresses) {
  switch (family) {
    case base::AddressFamily::any:
      return;
    case base::AddressFamily::prefer_ipv4:
      return put_first(Family::ipv4, addresses);
    case base::AddressFamily::prefer_ipv6:
      return put_first(Family::ipv6, addresses);
    case base::AddressFamily::ipv4:
      return keep(Family::ipv4, addresses);
    case base::AddressFamily::ipv6:
      return keep(Family::ipv6, addresses);
  }
}

// The only family whose addresses are of use; none: there is no such.
std::optional<Family> needed_family(const Site& site) {
  const int family = site.near_end() == nullptr ? AF_UNSPEC : site.near_end()->family();
  const base::AddressFamily wanted = site.config().address_family;
  if (family == AF_INET || wanted == base::AddressFamily::ipv4) return Family::ipv4;
  if (family == AF_INET6 || wanted == base::AddressFamily::ipv6) return Family::ipv6;
  return std::nullopt;
}

// Leaves the addresses that the site's connections may go to and can reach from where they start,
// in the order in which they are tried. Needs: at least one.
std::optional<FetchFailure> choose_addresses(const Site& site, std::vector<IpAddress>& addresses) {
  const int family = site.near_end() == nullptr ? AF_UNSPEC : site.near_end()->family();
  if (family != AF_UNSPEC) keep(family == AF_INET ? Family::ipv4 : Family::ipv6, addresses);
  if (addresses.empty()) {
    return FetchFailure{FetchFailureKind::connect, "bind_address " + site.near_end()->text() +
                                                       ": no address of its family to connect to"};
  }
  apply(site.config().address_family, addresses);
  if (!addresses.empty()) return std::nullopt;
  const bool v4 = site.config().address_family == base::AddressFamily::ipv4;
  return FetchFailure{
      FetchFailureKind::connect,
      std::string("address_family: no ") + (v4 ? "IPv4" : "IPv6") + " address to connect to"};
}

}  // namespace

std::optional<std::string> CurlFetcher::address_of(const model::Lease& lease) {
  base::Instant started = std::chrono::steady_clock::now();
  const model::Url& url = lease.request.url;
  Target target;
  if (choose_site(lease.request, target)) return std::string();
  if (name_known_) {
    const bool direct = target.site->proxies().empty();
    const Resolver::Later later{
        .owner = this, .call = [known = name_known_, host = lease.host_id] { known(host); }};
    const auto took = context_.resolver_->ask_ahead(
        url.hostname(), url.port(), std::min(kPatience, target.site->config().dns_timeout),
        stop_.get_token(), direct ? needed_family(*target.site) : std::nullopt, later);
    if (!took) return std::nullopt;
    started -= *took;
  }
  const bool found = !look_up(url, target) && !target.addresses.empty();
  looked_up_for_ = std::chrono::steady_clock::now() - started;
  return found ? target.addresses.front().text() : std::string();
}

// Makes the connection that send() will need, where none is idle and none was made under the
// settings of now. False where the host takes its time: then the lease says which connection is
// being made.
bool CurlFetcher::connect(model::Lease& lease, Target& target,
                          std::optional<Connector::Outcome> made) {
  if (target.proxy != nullptr) return true;
  target.session = take_session(lease.request, target);
  if (target.session->used) return true;
  if (made && made->generation == target.generation) {
    target.ahead = std::move(made->dialled);
    target.before_lease = target.dialled_for();
    return true;
  }
  const base::Instant now = std::chrono::steady_clock::now();
  const base::Instant until = now + target.site->config().connect_timeout;
  auto dial = std::make_unique<Dial>(Dial::Plan{.addresses = target.addresses,
                                                .port = target.port,
                                                .from = target.site->near_end(),
                                                .until = until,
                                                .refusal_of =
                                                    [site = target.site](const IpAddress& ip) {
                                                      return std::string(site->guard().refusal(ip));
                                                    }},
                                     now);
  target.ahead = go_on(*dial, std::min(now + kQuickConnect, until), stop_.get_token());
  if (target.ahead) return true;
  lease.connection = context_.connector_.take(
      dial, {.owner = this, .decided = reached_, .generation = target.generation});
  if (lease.connection != 0) return false;
  target.ahead = go_on(*dial, until, stop_.get_token());
  return true;
}

std::optional<FetchFailure> CurlFetcher::find(const model::Request& request, Target& target) {
  if (auto failed = choose_site(request, target)) return failed;
  return look_up(request.url, target);
}

// All that is known of where a request goes before its name is looked up.
std::optional<FetchFailure> CurlFetcher::choose_site(const model::Request& request,
                                                     Target& target) const {
  const model::Url& url = request.url;
  if (!url.crawlable())
    return FetchFailure{FetchFailureKind::blocked_scheme, "only http and https"};
  auto [site, generation] = context_.site(request.site);
  // The URL stays queued; whoever reloaded the sites will judge it anew.
  if (!site) return FetchFailure{FetchFailureKind::aborted, "its site left the configuration"};
  if (!site->allows_port(url.port())) {
    return FetchFailure{FetchFailureKind::blocked_port, "port " + std::to_string(url.port())};
  }
  target.generation = generation;
  target.with_credentials = site->trusts_with_credentials(url);
  target.site = std::move(site);
  return std::nullopt;
}

std::optional<FetchFailure> CurlFetcher::look_up(const model::Url& url, Target& target) {
  if (target.site->proxies().empty()) return resolve_host(url, target);
  if (auto blocked = judge_behind_proxy(url, target)) return blocked;
  return resolve_proxy(url, target);
}

std::optional<FetchFailure> CurlFetcher::resolve_host(const model::Url& url, Target& target) {
  target.port = url.port();
  Resolution found =
      context_.resolver_->resolve(url.hostname(), target.port, target.site->config().dns_timeout,
                                  stop_.get_token(), needed_family(*target.site));
  if (found.failure != DnsFailure::none) return dns_failure(found.failure);
  target.addresses = std::move(found.addresses);
  if (auto blocked = judge(target.site->guard(), target.addresses)) return blocked;
  return choose_addresses(*target.site, target.addresses);
}

// A proxy itself was named by the operator and may stand anywhere. What it is
// asked to dial is judged as far as we can see it: behind many proxies there is no
// DNS for us, so a name that we cannot resolve is left to a proxy that takes names.
std::optional<FetchFailure> CurlFetcher::judge_behind_proxy(const model::Url& url, Target& target) {
  target.behind = context_.resolver_->resolve(url.hostname(), url.port(),
                                              target.site->config().dns_timeout, stop_.get_token());
  return judge(target.site->guard(), target.behind.addresses);
}

// The one that the host keeps to, or the next whose address is known.
std::optional<FetchFailure> CurlFetcher::resolve_proxy(const model::Url& url, Target& target) {
  FetchFailure failure{FetchFailureKind::proxy, "no proxy is left to try"};
  while (true) {
    target.proxy = context_.proxy_rests_.choose(url.hostname(), target.site->proxies(),
                                                target.given_up, std::chrono::steady_clock::now());
    if (target.proxy == nullptr) return failure;
    if (!target.proxy->resolves_names() && target.behind.failure != DnsFailure::none) {
      return dns_failure(target.behind.failure);
    }
    target.port = target.proxy->port;
    Resolution found = context_.resolver_->resolve(target.proxy->host, target.port,
                                                   target.site->config().dns_timeout,
                                                   stop_.get_token(), needed_family(*target.site));
    if (found.failure == DnsFailure::aborted) return dns_failure(found.failure);
    std::string why(to_string(found.failure));
    if (found.failure == DnsFailure::none) {
      target.addresses = std::move(found.addresses);
      const auto unreachable = choose_addresses(*target.site, target.addresses);
      if (!unreachable) return std::nullopt;
      why = unreachable->detail;
    }
    failure.detail = "the proxy " + target.proxy->name() + ": " + why;
    give_up_proxy(target, why);
  }
}

void CurlFetcher::give_up_proxy(Target& target, const std::string& why) {
  context_.proxy_rests_.failed(*target.proxy, why, std::chrono::steady_clock::now());
  target.given_up.push_back(target.proxy);
}

}  // namespace crawld::fetch
