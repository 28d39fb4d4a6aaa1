// One POST of the daemon's own, such as a webhook, behind the same wall as pages.
//
// Names are looked up by our resolver and every address is judged by the guard before its
// connect(); only http and https; no redirect is followed, no cookie sent or kept, and the
// answer's body is thrown away.
// Threads: one at a time; the stop token may come from any.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "crawler/fetch/address_guard.h"
#include "crawler/fetch/resolver.h"

namespace crawld::fetch {

struct PostRequest {
  std::string url;
  std::string user_agent;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};
};

struct PostAnswer {
  int status = 0;   // 0: there was no answer
  std::string why;  // then: one line for people
  bool taken() const { return status >= 200 && status < 300; }
};

// Waits at most the time-out, and ends soon after `stop`.
PostAnswer http_post(const PostRequest& request, const AddressGuard& guard, Resolver& resolver,
                     const std::stop_token& stop);

}  // namespace crawld::fetch
