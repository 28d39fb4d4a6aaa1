#include "crawler/fetch/curl_fetcher.h"

#include <curl/curl.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "crawler/fetch/header_name.h"

namespace crawld::fetch {
namespace {

using model::FetchFailure;
using model::FetchFailureKind;
using std::chrono::microseconds;

constexpr std::chrono::seconds kMaxIdle{90};  // most servers close sooner

// A sixth of the descriptors may sleep in idle connections, three in each.
std::size_t default_max_idle() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  return std::clamp<std::size_t>(limit.rlim_cur / 18, 16, 4'096);
}

bool init_curl_once() {
  // OpenSSL writes to sockets that the peer may have closed, and CURLOPT_NOSIGNAL
  // leaves what follows to us.
  static const bool done =
      curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  return done;
}

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

// Leaves the addresses that can be reached from where the site's connections start.
std::optional<FetchFailure> keep_family(const Site& site, std::vector<IpAddress>& addresses) {
  const int family = site.near_end() == nullptr ? AF_UNSPEC : site.near_end()->family();
  if (family == AF_UNSPEC) return std::nullopt;
  const Family wanted = family == AF_INET ? Family::ipv4 : Family::ipv6;
  std::erase_if(addresses, [&](const IpAddress& address) { return address.family != wanted; });
  if (!addresses.empty()) return std::nullopt;
  return FetchFailure{FetchFailureKind::connect, "bind_address " + site.near_end()->text() +
                                                     ": no address of its family to "
                                                     "connect to"};
}

}  // namespace

// --- FetchContext -------------------------------------------------------------------------

base::Result<std::unique_ptr<FetchContext>> FetchContext::open(Options options) {
  if (!init_curl_once()) return base::Error{base::Error::Code::io, "cannot start libcurl"};
  std::unique_ptr<FetchContext> context(new FetchContext(options));
  auto resolver = Resolver::open(options.dns, *options.clock);
  if (!resolver) return std::move(resolver).error();
  context->resolver_ = std::move(*resolver);
  if (auto set = context->replace_sites(std::move(options.sites)); !set)
    return std::move(set).error();
  return context;
}

FetchContext::FetchContext(const Options& options)
    : user_agent_(options.user_agent),
      clock_(*options.clock),
      receive_buffer_(options.receive_buffer),
      pool_(options.max_idle_connections == 0 ? default_max_idle() : options.max_idle_connections,
            kMaxIdle),
      requests_(options.max_requests_per_second, 1),
      // A quarter of a second of bytes may come at once, and at least one buffer.
      bandwidth_(static_cast<double>(options.limit_rate),
                 std::max(static_cast<double>(options.limit_rate) / 4, 16'384.0)) {}

base::Result<FetchContext::Sites> FetchContext::make_sites(
    std::vector<SiteFetchConfig> configs) const {
  Sites sites;
  TrustStores trusted;
  ClientCertificates certificates;
  for (SiteFetchConfig& config : configs) {
    auto jar = jar_for(config);
    if (!jar) return std::move(jar).error();
    auto site = Site::make(std::move(config), std::move(*jar), trusted, certificates);
    if (!site) return std::move(site).error();
    sites.push_back(std::move(*site));
  }
  return sites;
}

// A site of the same name keeps what it has; its file is read for a new jar only.
base::Result<std::shared_ptr<CookieJar>> FetchContext::jar_for(
    const SiteFetchConfig& config) const {
  if (!config.cookies) return std::shared_ptr<CookieJar>();
  {
    base::MutexLock lock(mutex_);
    for (const auto& site : sites_) {
      if (site->config().name == config.name && site->cookies()) return site->cookies();
    }
  }
  auto jar = std::make_shared<CookieJar>();
  if (!config.cookie_file.empty()) {
    if (auto loaded = jar->load(config.cookie_file, clock_.wall()); !loaded) {
      return std::move(loaded).error();
    }
  }
  return jar;
}

base::Status FetchContext::replace_sites(std::vector<SiteFetchConfig> configs) {
  auto sites = make_sites(std::move(configs));
  if (!sites) return std::move(sites).error();
  {
    base::MutexLock lock(mutex_);
    sites_.swap(*sites);
    ++generation_;
  }
  pool_.close_all();
  return base::Done{};
}

FetchContext::SiteInUse FetchContext::site(model::SiteId id) const {
  base::MutexLock lock(mutex_);
  return {id < sites_.size() ? sites_[id] : nullptr, generation_};
}

void FetchContext::count(bool connected) {
  base::MutexLock lock(mutex_);
  ++transfers_;
  if (connected) ++connected_;
}

FetchContext::Counts FetchContext::counts() const {
  Counts counts;
  counts.idle = pool_.idle();
  counts.dns = resolver_->counts();
  counts.waiting_for_rate = requests_.waiting() + bandwidth_.waiting();
  base::MutexLock lock(mutex_);
  counts.transfers = transfers_;
  counts.connected = connected_;
  return counts;
}

// --- CurlFetcher --------------------------------------------------------------------------

// Where a request goes.
struct CurlFetcher::Target {
  std::shared_ptr<const Site> site;
  std::string session_key;
  std::vector<IpAddress> addresses;  // to dial
  std::uint16_t port = 0;
  bool with_credentials = false;
};

std::string CurlFetcher::address_of(const model::Lease& lease) {
  const base::Instant started = std::chrono::steady_clock::now();
  Target target;
  const bool found = !find(lease.request, target) && !target.addresses.empty();
  looked_up_for_ = std::chrono::steady_clock::now() - started;
  return found ? target.addresses.front().text() : std::string();
}

model::Fetched CurlFetcher::fetch(model::Lease lease) {
  TransferResult result = attempt(lease.request);
  return {std::move(lease), std::move(result.outcome), result.timings, context_.clock_.wall()};
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
  result = transfer(request, target);
  // libcurl counts from the start of its own work.
  for (auto* phase : {&result.timings.connect, &result.timings.tls, &result.timings.first_byte,
                      &result.timings.total}) {
    if (phase->count() > 0) *phase += dns;
  }
  result.timings.dns = dns;
  return result;
}

std::optional<FetchFailure> CurlFetcher::find(const model::Request& request, Target& target) {
  const model::Url& url = request.url;
  if (!url.crawlable())
    return FetchFailure{FetchFailureKind::blocked_scheme, "only http and https"};
  auto [site, generation] = context_.site(request.site);
  // The URL stays queued; whoever reloaded the sites will judge it anew.
  if (!site) return FetchFailure{FetchFailureKind::aborted, "its site left the configuration"};
  if (!site->allows_port(url.port())) {
    return FetchFailure{FetchFailureKind::blocked_port, "port " + std::to_string(url.port())};
  }
  target.session_key =
      std::to_string(generation) + ' ' + std::to_string(request.site) + ' ' + url.origin();
  target.with_credentials = site->trusts_with_credentials(url);
  target.site = std::move(site);
  return target.site->proxy() == nullptr ? resolve_host(url, target) : resolve_proxy(url, target);
}

std::optional<FetchFailure> CurlFetcher::resolve_host(const model::Url& url, Target& target) {
  target.port = url.port();
  Resolution found = context_.resolver_->resolve(
      url.hostname(), target.port, target.site->config().dns_timeout, stop_.get_token());
  if (found.failure != DnsFailure::none) return dns_failure(found.failure);
  target.addresses = std::move(found.addresses);
  if (auto blocked = judge(target.site->guard(), target.addresses)) return blocked;
  return keep_family(*target.site, target.addresses);
}

// The proxy itself was named by the operator and may stand anywhere. What it is
// asked to dial is judged as far as we can see it: behind many proxies there is no
// DNS for us, so a name that we cannot resolve is left to the proxy.
std::optional<FetchFailure> CurlFetcher::resolve_proxy(const model::Url& url, Target& target) {
  const SiteFetchConfig& config = target.site->config();
  Resolver& resolver = *context_.resolver_;
  const Resolution host =
      resolver.resolve(url.hostname(), url.port(), config.dns_timeout, stop_.get_token());
  if (auto blocked = judge(target.site->guard(), host.addresses)) return blocked;

  const Proxy& proxy = *target.site->proxy();
  target.port = proxy.port;
  Resolution found =
      resolver.resolve(proxy.host, proxy.port, config.dns_timeout, stop_.get_token());
  if (found.failure == DnsFailure::aborted) return dns_failure(found.failure);
  if (found.failure != DnsFailure::none) {
    return FetchFailure{FetchFailureKind::proxy, "proxy: " + std::string(to_string(found.failure))};
  }
  target.addresses = std::move(found.addresses);
  return keep_family(*target.site, target.addresses);
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
  const bool has_own_cookies = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return same_header_name(header.first, "cookie");
  });
  if (target.site->cookies() && !has_own_cookies) {
    std::string cookies = target.site->cookies()->header(request.url, context_.clock_.wall());
    if (!cookies.empty()) headers.emplace_back("Cookie", std::move(cookies));
  }
  return headers;
}

TransferResult CurlFetcher::transfer(const model::Request& request, const Target& target) {
  const auto headers = this->headers(request, target);
  const base::Instant started = std::chrono::steady_clock::now();
  TransferPlan plan{.site = *target.site,
                    .url = request.url,
                    .user_agent = context_.user_agent_,
                    .headers = headers,
                    .addresses = target.addresses,
                    .dial_port = target.port,
                    .with_credentials = target.with_credentials,
                    .time_left = target.site->config().total_timeout,
                    .receive_buffer = context_.receive_buffer_,
                    .bandwidth = context_.bandwidth_,
                    .before_body = before_body_};
  if (request.purpose == model::Purpose::page) {
    plan.content_types = target.site->config().content_types;
  }

  std::unique_ptr<Session> session = context_.pool_.take(target.session_key);
  // Bytes that nobody asked for are the start of a forged answer.
  if (!session->tls.http2 && session->sockets.anything_to_read()) {
    session = ConnectionPool::make(target.session_key);
  }
  TransferResult result = Transfer(*session, plan, stop_.get_token()).run();
  context_.count(!result.timings.reused_connection);
  plan.time_left -= std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  if (result.unprocessed && plan.time_left.count() > 0 && !stop_.stop_requested()) {
    session = ConnectionPool::make(target.session_key);
    result = Transfer(*session, plan, stop_.get_token()).run();
    context_.count(true);
  }
  // With a proxy nobody else is connected to: the host may well be there.
  if (auto* failure = std::get_if<FetchFailure>(&result.outcome);
      failure != nullptr && failure->kind == FetchFailureKind::connect &&
      target.site->proxy() != nullptr) {
    *failure = {FetchFailureKind::proxy, "the proxy: " + failure->detail};
  }
  const auto* response = std::get_if<model::Response>(&result.outcome);
  if (response != nullptr && is_of_proxy(*response, request.url, target.site->proxy())) {
    result.outcome = FetchFailure{FetchFailureKind::proxy, "the proxy asks for a login (HTTP 407)"};
    return result;
  }
  if (response != nullptr && target.site->cookies()) {
    target.site->cookies()->store(request.url, response->headers, context_.clock_.wall());
  }
  if (result.session_is_good) context_.pool_.give_back(std::move(session));
  return result;
}

}  // namespace crawld::fetch
