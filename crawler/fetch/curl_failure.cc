#include "crawler/fetch/curl_failure.h"

#include <algorithm>

#include "crawler/base/escape.h"

namespace crawld::fetch {
namespace {

using model::FetchFailureKind;

// libcurl's words as one of ours: one line, nothing that moves a terminal.
std::string one_line(std::string text) {
  constexpr std::size_t kLongest = 200;
  if (text.size() > kLongest) text.resize(kLongest);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return base::printable(text);
}

FetchFailureKind kind_of(CURLcode code, std::string_view message) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return FetchFailureKind::dns;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return FetchFailureKind::proxy;
    case CURLE_COULDNT_CONNECT:
      return FetchFailureKind::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return FetchFailureKind::timeout;
    case CURLE_PARTIAL_FILE:
      return FetchFailureKind::truncated;
    case CURLE_GOT_NOTHING:
      return FetchFailureKind::empty_reply;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
      return FetchFailureKind::tls;
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return FetchFailureKind::reset;
    case CURLE_RECV_ERROR:  // of a broken connection, broken framing, a proxy's or a TLS refusal
      if (message.find("CONNECT") != std::string_view::npos) return FetchFailureKind::proxy;
      // TLS 1.3 tells a client that its certificate is missing or refused after the handshake.
      if (message.find(" alert ") != std::string_view::npos) return FetchFailureKind::tls;
      return message.find("chunk") != std::string_view::npos ? FetchFailureKind::bad_response
                                                             : FetchFailureKind::reset;
    default:  // an open set: it is libcurl's enum. HTTP/0.9, or no HTTP at all
      return FetchFailureKind::bad_response;
  }
}

}  // namespace

model::FetchFailure curl_failure(CURLcode code, const std::string& message) {
  std::string text = message.empty() ? curl_easy_strerror(code) : message;
  // libcurl takes no header line over 100 KiB, which it calls "Out of memory" as it does the lack
  // of it, and none without a name.
  if (code == CURLE_OUT_OF_MEMORY) text = "a header line over 100 KiB, or no memory left";
  if (code == CURLE_BAD_FUNCTION_ARGUMENT) text = "a header line that is none";
  return {kind_of(code, text), one_line(text)};
}

bool is_of_tls(CURLcode code) { return kind_of(code, "") == FetchFailureKind::tls; }

bool is_turned_away_by_proxy(CURL* easy, CURLcode code) {
  long connect_status = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
  if (connect_status == 407) return true;
  long socks = CURLPX_OK;
  curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &socks);
  return code == CURLE_PROXY &&
         (socks == CURLPX_BAD_VERSION || socks == CURLPX_NO_AUTH || socks == CURLPX_USER_REJECTED);
}

}  // namespace crawld::fetch
