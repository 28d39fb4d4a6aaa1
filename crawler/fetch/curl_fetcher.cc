#include "crawler/fetch/curl_fetcher.h"

#include <algorithm>
#include <utility>

#include "crawler/fetch/curl_fetcher_target.h"
#include "crawler/fetch/header_name.h"

namespace crawld::fetch {
namespace {

using model::FetchFailure;
using model::FetchFailureKind;
using std::chrono::microseconds;

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

CurlFetcher::~CurlFetcher() {
  context_.resolver_->forget(this);
  context_.connector_.forget(this);
}

model::Fetched CurlFetcher::fetch(model::Lease lease) {
  TransferResult result = *attempt(lease, true);
  return conclude(std::move(lease), std::move(result));
}

std::optional<model::Fetched> CurlFetcher::fetch_if_reached(model::Lease& lease) {
  if (!reached_) return fetch(std::move(lease));
  auto result = attempt(lease, false);
  if (!result) return std::nullopt;
  return conclude(std::move(lease), *std::move(result));
}

model::Fetched CurlFetcher::conclude(model::Lease lease, TransferResult result) const {
  return {.lease = std::move(lease),
          .outcome = std::move(result.outcome),
          .timings = result.timings,
          .fetched_at = context_.clock_.wall(),
          .hsts = std::move(result.hsts)};
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

// Nothing, where it does not wait: the host is not reached yet.
std::optional<TransferResult> CurlFetcher::attempt(model::Lease& lease, bool waits) {
  const model::Request& request = lease.request;
  TransferResult result;
  const base::Duration looked_up_for = std::exchange(looked_up_for_, base::Duration{0});
  const bool is_paid = lease.connection != 0;
  // Before anything ends this: nobody else asks for it.
  auto made = context_.connector_.outcome(std::exchange(lease.connection, 0));
  if (auto redirect = redirect_by_hsts(request)) {
    result.outcome = *std::move(redirect);
    return result;
  }
  if (!is_paid && !context_.requests_.take(1, stop_.get_token())) {
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
  if (!waits && !connect(lease, target, std::move(made))) return std::nullopt;
  const auto before = dns + target.dialled_for();
  result = send(request, target);
  // libcurl counts from the start of its own work.
  for (auto* phase : {&result.timings.connect, &result.timings.tls, &result.timings.first_byte,
                      &result.timings.total}) {
    if (phase->count() > 0) *phase += before;
  }
  result.timings.dns = dns;
  result.timings.before_lease = target.before_lease;
  return result;
}

// Where a proxy is out the next one takes the request, which has reached nobody so far.
TransferResult CurlFetcher::send(const model::Request& request, Target& target) {
  const base::Instant started = std::chrono::steady_clock::now();
  const std::chrono::milliseconds all_time =
      target.site->config().total_timeout -
      std::chrono::duration_cast<std::chrono::milliseconds>(target.dialled_for());
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

// What is sent by POST is sent once (RFC 9110 section 9.2.2): over a connection of its own, since
// on one that had served before nobody knows whether the server took it.
std::unique_ptr<Session> CurlFetcher::take_session(const model::Request& request,
                                                   const Target& target) {
  const std::string key = session_key(request, target);
  if (request.post) return ConnectionPool::make(key);
  std::unique_ptr<Session> session = context_.pool_.take(key);
  // Bytes that nobody asked for are the start of a forged answer.
  const bool forged = !session->tls.http2 && session->sockets.anything_to_read();
  return forged ? ConnectionPool::make(key) : std::move(session);
}

TransferResult CurlFetcher::transfer(const model::Request& request, Target& target,
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
                    .ahead = &target.ahead,
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
  std::unique_ptr<Session> session =
      target.session ? std::move(target.session) : take_session(request, target);
  TransferResult result = Transfer(*session, plan, stop_.get_token()).run();
  context_.count(!result.timings.reused_connection);
  plan.time_left -= std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  if (result.unprocessed && !request.post && plan.time_left.count() > 0 &&
      !stop_.stop_requested()) {
    session = ConnectionPool::make(session->key);
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
