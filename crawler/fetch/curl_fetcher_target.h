// Where a request of CurlFetcher goes: private to its sources.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "crawler/fetch/curl_fetcher.h"

namespace crawld::fetch {

struct CurlFetcher::Target {
  std::shared_ptr<const Site> site;
  std::uint64_t generation = 0;      // of the sites
  std::vector<IpAddress> addresses;  // to dial
  std::uint16_t port = 0;
  bool with_credentials = false;
  const Proxy* proxy = nullptr;              // one of the site's; null: none
  std::vector<const Proxy*> given_up{};      // those that did not take this request
  Resolution behind{};                       // of the host behind a proxy, as far as we see it
  std::unique_ptr<Session> session{};        // to send over; null: send() takes one
  std::optional<Dialled> ahead{};            // for the session's first connection
  std::chrono::microseconds before_lease{};  // how long that took, where it was made before

  std::chrono::microseconds dialled_for() const {
    if (!ahead) return {};
    return std::chrono::duration_cast<std::chrono::microseconds>(ahead->took);
  }
};

}  // namespace crawld::fetch
