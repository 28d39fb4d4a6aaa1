// One request and its response on one session: libcurl's callbacks and every limit
// that libcurl does not keep by itself.
//
// One try, nothing is repeated here. Threads: one; `stop` may come from any.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "crawler/fetch/connection_pool.h"
#include "crawler/fetch/dialer.h"
#include "crawler/fetch/ip_address.h"
#include "crawler/fetch/rate_limit.h"
#include "crawler/fetch/response_reader.h"
#include "crawler/fetch/site.h"
#include "crawler/model/response.h"

namespace crawld::fetch {

// What to send and where; everything outlives the transfer.
struct TransferPlan {
  const Site& site;
  const model::Url& url;
  const std::string& user_agent;
  const std::vector<std::pair<std::string, std::string>>& headers;
  // At least one.
  const std::vector<IpAddress>& addresses;  // of the host, or of the proxy; all else is refused
  std::uint16_t dial_port = 0;
  const Proxy* proxy = nullptr;  // null: none
  // Of the host, for a proxy that is told addresses; null: it is told the name.
  const std::vector<IpAddress>* host_addresses = nullptr;
  bool with_credentials = false;
  std::chrono::milliseconds time_left;  // of the site's total time-out
  // What came of dialling these addresses before, for the first connection that is needed; null or
  // empty: the transfer dials.
  std::optional<Dialled>* ahead = nullptr;
  std::size_t receive_buffer = 0;  // bytes
  RateLimit& bandwidth;
  const std::function<void()>& before_body;      // Fetcher's; may be empty
  std::span<const std::string> content_types{};  // as SiteFetchConfig's, or empty
  const std::string* body = nullptr;             // of a POST; null: a GET

  bool answers_challenges() const {
    return with_credentials && site.auth().scheme == AuthScheme::digest;
  }
};

struct TransferResult {
  std::variant<model::Response, model::FetchFailure> outcome;
  model::Timings timings;
  std::optional<model::HstsHost> hsts;  // as model::Fetched's
  // The proxy could not be reached, or does not serve us: it says nothing of the host.
  bool proxy_is_out = false;
  bool session_is_good = false;  // its connection may serve again
  // It broke before the first byte of an answer, on a connection that had served
  // before or on a stream that the server refused: worth one try on a new one
  // (RFC 9110 section 9.2.2, RFC 9113 section 8.7).
  bool unprocessed = false;
};

class Transfer {
 public:
  Transfer(Session& session, const TransferPlan& plan, std::stop_token stop);
  TransferResult run();

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* session);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* session);
  static int on_progress(void* session, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static curl_socket_t on_open_socket(void* session, curlsocktype purpose, curl_sockaddr* address);
  static int on_socket_options(void* session, curl_socket_t socket, curlsocktype purpose);
  static int on_close_socket(void* session, curl_socket_t socket);
  static void on_tls_record(void* session);
  static CURLcode on_tls_context(CURL* easy, void* context, void* session);

  void configure();
  void configure_tls();
  void configure_proxy_and_auth();
  void set_request();
  void keep_from_dns();
  void set_time_out();
  bool in_time();
  bool keeps_pace();
  bool blames_proxy(CURLcode code) const;
  Dialled dial();
  TransferResult conclude(CURLcode code);
  model::Response with_address(model::Response response) const;
  model::FetchFailure failure(CURLcode code) const;
  model::Timings timings() const;
  void fail(model::FetchFailureKind kind, std::string why);

  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(session_.easy, option, value);
  }
  template <class T>
  T get(CURLINFO info) const {
    T value{};
    curl_easy_getinfo(session_.easy, info, &value);
    return value;
  }

  Session& session_;
  const TransferPlan& plan_;
  const SiteFetchConfig& limits_;
  const std::stop_token stop_;
  ResponseReader reader_;
  char curl_message_[CURL_ERROR_SIZE] = {};
  int dials_ = 0;
  bool undialled_ = false;  // the last dial opened no connection
  int handshakes_ = 0;      // over the connection that was dialled last
  std::string blocked_;     // why an address was not dialled
  // Set when a callback of ours ended the transfer.
  model::FetchFailure own_failure_;
  bool failed_by_us_ = false;

  base::Instant started_{};
  // By the global bandwidth cap or before a body: not the server's fault, so the clock stands
  // still.
  base::Duration held_back_{};
  bool body_began_ = false;
  base::Instant window_start_{};
  std::uint64_t window_bytes_ = 0;
  std::uint64_t received_ = 0;
  bool unread_ = false;  // TLS holds more than libcurl took
};

}  // namespace crawld::fetch
