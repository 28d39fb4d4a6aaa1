// What the fetch tests share: a context over loopback and one fetch through it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crawler/base/fd.h"
#include "crawler/fetch/curl_fetcher.h"
#include "tests/support/tiny_server.h"

namespace crawld::tests {

// A site that may reach loopback. Its time-outs are far off, so that a busy machine meets none:
// a test that wants one sets it.
fetch::SiteFetchConfig loopback_site();

class Fetching {
 public:
  explicit Fetching(fetch::SiteFetchConfig site = loopback_site(), fetch::DnsConfig dns = {});

  model::Fetched get(const std::string& url);
  model::Fetched get(model::Request request);

  base::SystemClock clock;
  std::unique_ptr<fetch::FetchContext> context;
  std::unique_ptr<fetch::CurlFetcher> fetcher;
};

model::Request request_for(const std::string& url);

// "200", or the name of the failure: what most tests want to know.
std::string outcome(const model::Fetched& fetched);

// Listens and never accepts: the system drops who knocks at a queue that is full.
class SilentAddress {
 public:
  SilentAddress(const std::string& address, std::uint16_t port);

 private:
  std::vector<base::Fd> sockets_;
};

}  // namespace crawld::tests
