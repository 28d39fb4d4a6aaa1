#include "crawler/fetch/transfer.h"

#include <algorithm>
#include <utility>

#include "crawler/fetch/curl_failure.h"
#include "crawler/fetch/header_name.h"

namespace crawld::fetch {
namespace {

using model::FetchFailureKind;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr long kIdleSeconds = 90;  // what a server may keep a connection open

constexpr std::string_view kAccept =
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
// Decoded by the parse workers, not here.
constexpr std::string_view kAcceptEncoding = "Accept-Encoding: gzip, deflate, br, zstd";

// For curl: milliseconds, where 0 would mean "its default".
long millis(milliseconds duration) {
  return static_cast<long>(std::max<std::int64_t>(duration.count(), 1));
}

// The connection or our patience ended: nothing speaks against what came before.
bool only_broke_off(FetchFailureKind kind) {
  return kind == FetchFailureKind::timeout || kind == FetchFailureKind::too_slow ||
         kind == FetchFailureKind::truncated;
}

std::string bracketed(const IpAddress& address) {
  return address.family == Family::ipv6 ? "[" + address.text() + "]" : address.text();
}

bool sends_header(const TransferPlan& plan, std::string_view name) {
  return std::any_of(plan.headers.begin(), plan.headers.end(),
                     [&](const auto& header) { return same_header_name(header.first, name); });
}

}  // namespace

Transfer::Transfer(Session& session, const TransferPlan& plan, std::stop_token stop)
    : session_(session),
      plan_(plan),
      limits_(plan.site.config()),
      stop_(std::move(stop)),
      reader_({.body = limits_.max_body_size,
               .answers_challenges = plan.answers_challenges(),
               .takes_part = sends_header(plan, "range"),
               .content_types = plan.content_types}) {}

TransferResult Transfer::run() {
  session_.transfer = this;
  session_.tls.close_notify_seen = false;
  session_.tls.certificate_wanted = false;
  session_.tls.refused_dates.clear();
  // One that answers challenges keeps its handle: what the server said of its digest is in there.
  if (!std::exchange(session_.used, true) || !plan_.answers_challenges()) {
    session_.renew_handle();
    configure();
  }
  set_request();
  curl_slist* headers = nullptr;
  const auto add = [&](const std::string& line) {
    headers = curl_slist_append(headers, line.c_str());
  };
  for (const std::string_view line : {kAccept, kAcceptEncoding}) {
    if (!sends_header(plan_, line.substr(0, line.find(':')))) add(std::string(line));
  }
  // "Name;" is how libcurl spells a header with an empty value.
  for (const auto& [name, value] : plan_.headers)
    add(value.empty() ? name + ";" : name + ": " + value);
  set(CURLOPT_HTTPHEADER, headers);

  started_ = window_start_ = std::chrono::steady_clock::now();
  CURLcode code = CURLE_ABORTED_BY_CALLBACK;
  {
    // Whoever stops us cuts the sockets, so that poll() inside libcurl returns.
    const std::stop_callback cut(stop_, [this] { session_.sockets.cut(); });
    if (!stop_.stop_requested()) code = session_.perform();
  }
  TransferResult result = conclude(code);
  set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  curl_slist_free_all(headers);
  session_.transfer = nullptr;
  return result;
}

// What holds for every transfer of the session: one site, one origin.
void Transfer::configure() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);  // the URL was parsed once, by model::Url
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_BUFFERSIZE, static_cast<long>(plan_.receive_buffer));
  set(CURLOPT_MAXAGE_CONN, kIdleSeconds);
  set(CURLOPT_DNS_CACHE_TIMEOUT, -1L);  // what Resolver said; given anew when it changes
  set(CURLOPT_HTTP_VERSION,
      static_cast<long>(limits_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOPROGRESS, 0L);

  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, &session_);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, &session_);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  set(CURLOPT_XFERINFODATA, &session_);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, &session_);
  set(CURLOPT_SOCKOPTFUNCTION, &Transfer::on_socket_options);
  set(CURLOPT_CLOSESOCKETFUNCTION, &Transfer::on_close_socket);
  set(CURLOPT_CLOSESOCKETDATA, &session_);
  configure_tls();
  configure_proxy_and_auth();
}

void Transfer::configure_proxy_and_auth() {
  // Empty: none, whatever the environment says.
  set(CURLOPT_PROXY, plan_.proxy == nullptr ? "" : plan_.proxy->url.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!plan_.with_credentials) return;
  const Auth& auth = plan_.site.auth();
  switch (auth.scheme) {
    case AuthScheme::none:
      return;
    case AuthScheme::basic:
    case AuthScheme::digest:
      set(CURLOPT_HTTPAUTH,
          static_cast<long>(auth.scheme == AuthScheme::basic ? CURLAUTH_BASIC : CURLAUTH_DIGEST));
      set(CURLOPT_USERPWD, auth.secret.c_str());
      return;
    case AuthScheme::bearer:
      set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
      set(CURLOPT_XOAUTH2_BEARER, auth.secret.c_str());
      return;
  }
}

// Where the bandwidth cap may hold us back, keeps_pace() alone counts, without that time.
void Transfer::set_time_out() {
  const auto held = std::chrono::ceil<milliseconds>(held_back_);
  set(CURLOPT_TIMEOUT_MS, plan_.bandwidth.capped() ? 0L : millis(plan_.time_left + held));
}

void Transfer::set_request() {
  set(CURLOPT_URL, plan_.url.without_credentials().without_fragment().href().c_str());
  set(CURLOPT_USERAGENT, plan_.user_agent.c_str());
  set(CURLOPT_ERRORBUFFER, curl_message_);
  set_time_out();
  const auto dialled_for =
      plan_.ahead != nullptr && *plan_.ahead ? (*plan_.ahead)->took : base::Duration{0};
  set(CURLOPT_CONNECTTIMEOUT_MS,
      millis(limits_.connect_timeout - std::chrono::duration_cast<milliseconds>(dialled_for)));
  if (plan_.body != nullptr) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(plan_.body->size()));
    set(CURLOPT_POSTFIELDS, plan_.body->data());
  } else {
    set(CURLOPT_HTTPGET, 1L);  // the session may have sent a form
  }
  keep_from_dns();
}

// What libcurl would look up itself, unjudged.
void Transfer::keep_from_dns() {
  // Any address will do where we connect: dial() has them all.
  std::string dialled =
      "*:" + std::to_string(plan_.dial_port) + ":" + bracketed(plan_.addresses.front());
  std::string told;
  if (plan_.host_addresses != nullptr && !IpAddress::parse_host(plan_.url.hostname())) {
    told = std::string(plan_.url.hostname()) + ":" + std::to_string(plan_.url.port()) + ":";
    for (const IpAddress& address : *plan_.host_addresses) {
      told += (told.back() == ':' ? "" : ",") + bracketed(address);
    }
  }
  if (session_.resolve_entry == dialled + told) return;
  curl_slist* list = curl_slist_append(nullptr, dialled.c_str());
  if (!told.empty()) list = curl_slist_append(list, told.c_str());
  set(CURLOPT_RESOLVE, list);
  curl_slist_free_all(std::exchange(session_.resolve, list));
  session_.resolve_entry = dialled + told;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* session) {
  Transfer& self = *static_cast<Session*>(session)->transfer;
  const std::size_t bytes = size * count;
  self.received_ += bytes;
  if (self.reader_.header({data, bytes})) return bytes;
  if (!self.reader_.is_complete()) {
    self.fail(FetchFailureKind::bad_response, self.reader_.refusal());
  }
  return bytes + 1;  // anything but `bytes` ends the transfer
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* session) {
  Transfer& self = *static_cast<Session*>(session)->transfer;
  const std::size_t bytes = size * count;
  self.received_ += bytes;
  self.unread_ = self.session_.holds_unread_record();
  const base::Instant before = std::chrono::steady_clock::now();
  const bool begins = !std::exchange(self.body_began_, true);
  if (begins && self.plan_.before_body) self.plan_.before_body();
  if (!self.reader_.body({data, bytes})) return bytes + 1;
  RateLimit& bandwidth = self.plan_.bandwidth;
  const bool goes_on =
      !bandwidth.capped() || bandwidth.take(static_cast<double>(bytes), self.stop_);
  self.held_back_ += std::chrono::steady_clock::now() - before;
  if (begins) self.set_time_out();
  return goes_on ? bytes : bytes + 1;
}

int Transfer::on_progress(void* session, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  Transfer& self = *static_cast<Session*>(session)->transfer;
  return self.stop_.stop_requested() || !self.keeps_pace() ? 1 : 0;
}

bool Transfer::in_time() {
  const base::Instant now = std::chrono::steady_clock::now() - held_back_;
  if (now - started_ <= plan_.time_left) return true;
  fail(FetchFailureKind::timeout, "the transfer took longer than allowed");
  return false;
}

// libcurl calls this at least once a second, however little comes in.
bool Transfer::keeps_pace() {
  if (!in_time()) return false;
  const base::Instant now = std::chrono::steady_clock::now() - held_back_;
  if (received_ == 0) {
    window_start_ = now;
    if (now - started_ <= limits_.first_byte_timeout) return true;
    fail(FetchFailureKind::timeout, "no byte of an answer in time");
    return false;
  }
  if (now - window_start_ < limits_.min_rate_window) return true;
  const double seconds = std::chrono::duration<double>(now - window_start_).count();
  const auto got = static_cast<double>(received_ - window_bytes_);
  if (got < static_cast<double>(limits_.min_rate) * seconds) {
    fail(FetchFailureKind::too_slow, "slower than min_rate");
    return false;
  }
  window_start_ = now;
  window_bytes_ = received_;
  return true;
}

void Transfer::fail(FetchFailureKind kind, std::string why) {
  if (std::exchange(failed_by_us_, true)) return;
  own_failure_ = {kind, std::move(why)};
}

TransferResult Transfer::conclude(CURLcode code) {
  TransferResult result;
  result.timings = timings();
  const bool is_tls = plan_.url.scheme_kind() == model::Scheme::https;
  if (code == CURLE_OK && is_tls && !session_.tls.http2 && reader_.has_response() &&
      reader_.ends_by_close() && !session_.tls.close_notify_seen) {
    // RFC 9112 section 9.8: such a body may have been cut by anyone on the way.
    fail(FetchFailureKind::truncated, "the TLS connection ended without close_notify");
  }
  if (code == CURLE_OK && !reader_.has_response()) {
    fail(FetchFailureKind::bad_response, "no final response");
  }
  if (code == CURLE_OK && reader_.lacks_bytes()) {
    fail(FetchFailureKind::truncated, "the connection ended before Content-Length");
  }
  const bool ended_by_us =
      code == CURLE_WRITE_ERROR && (reader_.ended_early() || reader_.is_complete());
  if (!failed_by_us_ && (code == CURLE_OK || (ended_by_us && !stop_.stop_requested()))) {
    result.session_is_good = code == CURLE_OK && !reader_.ambiguous_framing() && !unread_;
    result.outcome = with_address(reader_.take());
    return result;
  }
  model::FetchFailure failed = failure(code);
  if (only_broke_off(failed.kind) && reader_.head_says_all()) {
    result.outcome = with_address(reader_.take_broken_off());
    return result;
  }
  const bool connection_broke = code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
                                code == CURLE_SEND_ERROR || code == CURLE_HTTP2 ||
                                code == CURLE_HTTP2_STREAM;
  const bool reused = get<long>(CURLINFO_NUM_CONNECTS) == 0;
  const bool is_http2 = get<long>(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0 ||
                        code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
  result.unprocessed = connection_broke && !reader_.any_bytes() && (reused || is_http2);
  result.outcome = std::move(failed);
  result.proxy_is_out = blames_proxy(code);
  return result;
}

model::Response Transfer::with_address(model::Response response) const {
  const auto* address = get<const char*>(CURLINFO_PRIMARY_IP);
  response.remote_address = address == nullptr ? "" : address;
  response.remote_port = static_cast<std::uint16_t>(get<long>(CURLINFO_PRIMARY_PORT));
  return response;
}

// With a proxy nobody else is connected to, and the first handshake with one that speaks TLS is
// its own.
bool Transfer::blames_proxy(CURLcode code) const {
  if (plan_.proxy == nullptr || stop_.stop_requested()) return false;
  if (undialled_) return true;
  if (failed_by_us_) return false;
  const bool in_handshake = plan_.proxy->speaks_tls() && handshakes_ == 1 && is_of_tls(code);
  return in_handshake || is_turned_away_by_proxy(session_.easy, code);
}

model::FetchFailure Transfer::failure(CURLcode code) const {
  if (stop_.stop_requested()) return {FetchFailureKind::aborted, "stopped"};
  if (!failed_by_us_ && !blocked_.empty()) return {FetchFailureKind::blocked_address, blocked_};
  model::FetchFailure failure = failed_by_us_ ? own_failure_ : curl_failure(code, curl_message_);
  if (blames_proxy(code)) failure.kind = FetchFailureKind::proxy;
  if (failed_by_us_) return failure;
  const bool of_host = plan_.proxy == nullptr || !plan_.proxy->speaks_tls();
  if (failure.kind == FetchFailureKind::reset && session_.tls.certificate_wanted && of_host &&
      !reader_.any_bytes()) {
    return {FetchFailureKind::tls,
            "the server asked for a client certificate, and ended the connection"};
  }
  if (failure.kind == FetchFailureKind::tls && !session_.tls.refused_dates.empty()) {
    failure.detail += " (" + session_.tls.refused_dates + ")";
  }
  // A connection that breaks in the middle of a body is a truncation, however it broke.
  if (failure.kind == FetchFailureKind::reset && reader_.has_response()) {
    failure.kind = FetchFailureKind::truncated;
  }
  return failure;
}

model::Timings Transfer::timings() const {
  model::Timings out;
  out.connect = microseconds(get<curl_off_t>(CURLINFO_CONNECT_TIME_T));
  out.tls = microseconds(get<curl_off_t>(CURLINFO_APPCONNECT_TIME_T));
  out.first_byte = microseconds(get<curl_off_t>(CURLINFO_STARTTRANSFER_TIME_T));
  out.total = microseconds(get<curl_off_t>(CURLINFO_TOTAL_TIME_T));
  out.bytes_received = received_;
  out.reused_connection = get<long>(CURLINFO_NUM_CONNECTS) == 0 && received_ > 0;
  return out;
}

}  // namespace crawld::fetch
