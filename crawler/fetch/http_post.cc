#include "crawler/fetch/http_post.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <memory>

#include "crawler/base/escape.h"
#include "crawler/model/url.h"

namespace crawld::fetch {
namespace {

// What the callbacks of one transfer need.
struct Post {
  const AddressGuard& guard;
  const std::stop_token& stop;
  std::string blocked;  // why an address was not dialled
};

curl_socket_t open_socket(void* data, curlsocktype, curl_sockaddr* address) {
  Post& post = *static_cast<Post*>(data);
  const std::string_view refusal = post.guard.refusal(address->addr);
  if (!refusal.empty()) {
    post.blocked = refusal;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int look_for_stop(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Post*>(data)->stop.stop_requested() ? 1 : 0;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Lines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void add(Lines& lines, const std::string& line) {
  curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
  if (longer == nullptr) return;
  (void)lines.release();
  lines.reset(longer);
}

// "host:port:address,address": libcurl asks no DNS of its own.
std::string resolve_entry(const model::Url& url, const Resolution& found) {
  std::string entry = std::string(url.hostname()) + ":" + std::to_string(url.port()) + ":";
  for (std::size_t i = 0; i < found.addresses.size(); ++i) {
    entry += (i > 0 ? "," : "") + found.addresses[i].text();
  }
  return entry;
}

std::string one_line(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  return base::printable(text.substr(0, kLongest));
}

}  // namespace

PostAnswer http_post(const PostRequest& request, const AddressGuard& guard, Resolver& resolver,
                     const std::stop_token& stop) {
  const auto url = model::Url::parse(request.url);
  if (!url || !url->crawlable()) return {.why = "no http or https URL"};
  const Resolution found = resolver.resolve(url->hostname(), url->port(), request.timeout, stop);
  if (found.failure != DnsFailure::none) return {.why = std::string(to_string(found.failure))};
  const Easy easy(curl_easy_init(), &curl_easy_cleanup);
  if (!easy) return {.why = "out of memory"};
  Post post{.guard = guard, .stop = stop, .blocked = {}};
  Lines resolve(nullptr, &curl_slist_free_all);
  // An address stands for itself.
  if (!IpAddress::parse_host(url->hostname())) add(resolve, resolve_entry(*url, found));
  Lines headers(nullptr, &curl_slist_free_all);
  for (const auto& [name, value] : request.headers) add(headers, name + ": " + value);
  add(headers, "Expect:");
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(easy.get(), option, value);
  };
  char message[CURL_ERROR_SIZE] = {};
  set(CURLOPT_URL, url->href().c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_RESOLVE, resolve.get());
  set(CURLOPT_USERAGENT, request.user_agent.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(CURLOPT_POSTFIELDS, request.body.data());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &look_for_stop);
  set(CURLOPT_XFERINFODATA, &post);
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &post);
  set(CURLOPT_WRITEFUNCTION, &drop);
  set(CURLOPT_ERRORBUFFER, message);
  const CURLcode code = curl_easy_perform(easy.get());
  if (!post.blocked.empty()) return {.why = "blocked address: " + post.blocked};
  if (code != CURLE_OK) {
    return {.why = one_line(message[0] != '\0' ? message : curl_easy_strerror(code))};
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  return {.status = static_cast<int>(status), .why = {}};
}

}  // namespace crawld::fetch
