#include "crawler/fetch/curl_fetcher.h"

#include <algorithm>
#include <utility>

#include "crawler/fetch/header_name.h"

namespace crawld::fetch {
namespace {

using model::FetchFailure;
using model::FetchFailureKind;
using std::chrono::microseconds;

// A thread waits so long for a name server before it turns to another host. Most answers come
// sooner, and a host that has to come by twice costs another lease.
constexpr std::chrono::milliseconds kPatience{100};

// No validator or header of ours may carry a line end into the request.
bool is_one_line(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\t') || c == 0x7F;
  });
}

// The proxy wants a login before it asks the host for anything (RFC 9110 section 15.5.8): not an
// answer of the host, which a robots.txt of "4xx" would be. What it says to a CONNECT is libcurl's.
bool is_of_proxy(const model::Response& response, const model::Url& url, const Proxy* proxy) {
  return response.status == 407 && proxy != nullptr && proxy->speaks_http() &&
         url.scheme_kind() == model::Scheme::http;
}

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

void add_post_headers(const model::FormPost& post,
                      std::vector<std::pair<std::string, std::string>>& headers) {
  const std::pair<const char*, const std::string&> own[] = {
      {"Content-Type", post.content_type}, {"Origin", post.origin}, {"Referer", post.referer}};
  for (const auto& header : own) {
    const bool set_by_user = std::any_of(headers.begin(), headers.end(), [&](const auto& other) {
      return same_header_name(other.first, header.first);
    });
    if (!set_by_user && is_one_line(header.second)) headers.emplace_back(header);
  }
}

}  // namespace

// Where a request goes.
struct CurlFetcher::Target {
  std::shared_ptr<const Site> site;
  std::uint64_t generation = 0;      // of the sites
  std::vector<IpAddress> addresses;  // to dial
  std::uint16_t port = 0;
  bool with_credentials = false;
  const Proxy* proxy = nullptr;          // one of the site's; null: none
  std::vector<const Proxy*> given_up{};  // those that did not take this request
  Resolution behind{};                   // of the host behind a proxy, as far as we see it
};

CurlFetcher::~CurlFetcher() { context_.resolver_->forget(this); }

std::optional<std::string> CurlFetcher::address_of(const model::Lease& lease) {
  const base::Instant started = std::chrono::steady_clock::now();
  const model::Url& url = lease.request.url;
  Target target;
  if (choose_site(lease.request, target)) return std::string();
  if (name_known_) {
    const bool direct = target.site->proxies().empty();
    const Resolver::Later later{
        .owner = this, .call = [known = name_known_, host = lease.host_id] { known(host); }};
    if (!context_.resolver_->ask_ahead(
            url.hostname(), url.port(), std::min(kPatience, target.site->config().dns_timeout),
            stop_.get_token(), direct ? needed_family(*target.site) : std::nullopt, later)) {
      return std::nullopt;
    }
  }
  const bool found = !look_up(url, target) && !target.addresses.empty();
  looked_up_for_ = std::chrono::steady_clock::now() - started;
  return found ? target.addresses.front().text() : std::string();
}

model::Fetched CurlFetcher::fetch(model::Lease lease) {
  model::Fetched fetched{.lease = std::move(lease)};
  if (auto redirect = redirect_by_hsts(fetched.lease.request)) {
    fetched.outcome = *std::move(redirect);
  } else {
    TransferResult result = attempt(fetched.lease.request);
    fetched.outcome = std::move(result.outcome);
    fetched.timings = result.timings;
    fetched.hsts = std::move(result.hsts);
  }
  fetched.fetched_at = context_.clock_.wall();
  return fetched;
}

// RFC 6797 section 8.3, as a redirect that keeps the method: so a URL is booked as what it is, and
// scope, robots.txt and the address guard judge where it leads, as for redirects of the web.
std::optional<model::Response> CurlFetcher::redirect_by_hsts(const model::Request& request) const {
  const auto site = context_.site(request.site).site;
  if (!site || !site->config().hsts) return std::nullopt;
  const auto target = context_.hsts_hosts_.in_place_of(request.url, context_.clock_.wall());
  if (!target) return std::nullopt;
  model::Response response{.status = 307, .by_hsts = true};
  response.headers.add("Location", target->href());
  response.headers.add("Non-Authoritative-Reason", "HSTS");  // as browsers show it
  return response;
}

TransferResult CurlFetcher::attempt(const model::Request& request) {
  TransferResult result;
  const base::Duration looked_up_for = std::exchange(looked_up_for_, base::Duration{0});
  if (!context_.requests_.take(1, stop_.get_token())) {
    result.outcome = FetchFailure{FetchFailureKind::aborted, "stopped"};
    return result;
  }
  Target target;
  const base::Instant started = std::chrono::steady_clock::now() - looked_up_for;
  auto failed = find(request, target);
  const auto dns =
      std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - started);
  if (failed) {
    result.outcome = std::move(*failed);
    result.timings.dns = result.timings.total = dns;
    return result;
  }
  result = send(request, target);
  // libcurl counts from the start of its own work.
  for (auto* phase : {&result.timings.connect, &result.timings.tls, &result.timings.first_byte,
                      &result.timings.total}) {
    if (phase->count() > 0) *phase += dns;
  }
  result.timings.dns = dns;
  return result;
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

// Where a proxy is out the next one takes the request, which has reached nobody so far.
TransferResult CurlFetcher::send(const model::Request& request, Target& target) {
  const base::Instant started = std::chrono::steady_clock::now();
  const std::chrono::milliseconds all_time = target.site->config().total_timeout;
  TransferResult result = transfer(request, target, all_time);
  while (result.proxy_is_out) {
    const Proxy* out = target.proxy;
    give_up_proxy(target, std::get<FetchFailure>(result.outcome).detail);
    const auto time_left = all_time - std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::steady_clock::now() - started);
    const auto none = time_left.count() > 0 ? resolve_proxy(request.url, target) : FetchFailure{};
    if (none) {
      if (none->kind == FetchFailureKind::aborted) result.outcome = *none;
      target.proxy = out;
      break;
    }
    result = transfer(request, target, time_left);
  }
  if (target.proxy == nullptr) return result;
  auto* failure = std::get_if<FetchFailure>(&result.outcome);
  if (failure != nullptr && failure->kind == FetchFailureKind::proxy) {
    failure->detail.insert(0, "the proxy " + target.proxy->name() + ": ");
  }
  const bool aborted = failure != nullptr && failure->kind == FetchFailureKind::aborted;
  if (!result.proxy_is_out && !aborted) context_.proxy_rests_.worked(*target.proxy);
  return result;
}

std::vector<std::pair<std::string, std::string>> CurlFetcher::headers(const model::Request& request,
                                                                      const Target& target) const {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& header : target.site->config().headers) {
    // Who we are is no secret, and robots.txt of every host is asked about it.
    const bool is_name = same_header_name(header.first, "user-agent");
    if (target.with_credentials || is_name) headers.push_back(header);
  }
  if (is_one_line(request.validators.etag)) {
    headers.emplace_back("If-None-Match", request.validators.etag);
  }
  if (is_one_line(request.validators.last_modified)) {
    headers.emplace_back("If-Modified-Since", request.validators.last_modified);
  }
  if (request.post) add_post_headers(*request.post, headers);
  const bool has_own_cookies = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return same_header_name(header.first, "cookie");
  });
  if (target.site->cookies() && !has_own_cookies) {
    std::string cookies = target.site->cookies()->header(request.url, context_.clock_.wall());
    if (!cookies.empty()) headers.emplace_back("Cookie", std::move(cookies));
  }
  return headers;
}

// Neither a site's settings nor its proxies share a connection with another's.
std::string CurlFetcher::session_key(const model::Request& request, const Target& target) {
  std::string key = std::to_string(target.generation) + ' ' + std::to_string(request.site) + ' ' +
                    request.url.origin();
  if (target.proxy != nullptr) key += ' ' + target.proxy->url;
  return key;
}

// What an answer says that later requests heed. Gives back what outlives this run.
std::optional<model::HstsHost> CurlFetcher::remember(const model::Request& request,
                                                     const Site& site,
                                                     const model::Response& response) {
  const base::WallTime now = context_.clock_.wall();
  if (site.cookies()) site.cookies()->store(request.url, response.headers, now);
  const bool verified =
      request.url.scheme_kind() == model::Scheme::https && site.config().verify_tls;
  if (!verified || !site.config().hsts) return std::nullopt;
  return context_.hsts_hosts_.note(request.url, response.headers, now);
}

TransferResult CurlFetcher::transfer(const model::Request& request, const Target& target,
                                     std::chrono::milliseconds time_left) {
  const auto headers = this->headers(request, target);
  const base::Instant started = std::chrono::steady_clock::now();
  TransferPlan plan{.site = *target.site,
                    .url = request.url,
                    .user_agent = context_.user_agent_,
                    .headers = headers,
                    .addresses = target.addresses,
                    .dial_port = target.port,
                    .proxy = target.proxy,
                    .with_credentials = target.with_credentials,
                    .time_left = time_left,
                    .receive_buffer = context_.receive_buffer_,
                    .bandwidth = context_.bandwidth_,
                    .before_body = before_body_};
  if (request.purpose == model::Purpose::page) {
    plan.content_types = target.site->config().content_types;
  }
  if (request.post) plan.body = &request.post->body;
  if (target.proxy != nullptr && !target.proxy->resolves_names()) {
    plan.host_addresses = &target.behind.addresses;
  }

  if (target.proxy != nullptr) context_.proxy_rests_.begin(*target.proxy, started);
  const std::string key = session_key(request, target);
  // What is sent by POST is sent once (RFC 9110 section 9.2.2): over a connection of its own, since
  // on one that had served before nobody knows whether the server took it.
  std::unique_ptr<Session> session =
      request.post ? ConnectionPool::make(key) : context_.pool_.take(key);
  // Bytes that nobody asked for are the start of a forged answer.
  if (!session->tls.http2 && session->sockets.anything_to_read()) {
    session = ConnectionPool::make(key);
  }
  TransferResult result = Transfer(*session, plan, stop_.get_token()).run();
  context_.count(!result.timings.reused_connection);
  plan.time_left -= std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  if (result.unprocessed && !request.post && plan.time_left.count() > 0 &&
      !stop_.stop_requested()) {
    session = ConnectionPool::make(key);
    result = Transfer(*session, plan, stop_.get_token()).run();
    context_.count(true);
  }
  const auto* response = std::get_if<model::Response>(&result.outcome);
  if (response != nullptr && is_of_proxy(*response, request.url, target.proxy)) {
    result.outcome = FetchFailure{FetchFailureKind::proxy, "it asks for a login (HTTP 407)"};
    result.proxy_is_out = true;
    return result;
  }
  if (response != nullptr) result.hsts = remember(request, *target.site, *response);
  if (result.session_is_good) context_.pool_.give_back(std::move(session));
  return result;
}

}  // namespace crawld::fetch
