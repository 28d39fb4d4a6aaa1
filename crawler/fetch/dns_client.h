// Asks name servers for the addresses of names, many at a time.
//
// One background thread runs c-ares, which knows timeouts, retries and the fallback
// to TCP, and tells the TTLs that getaddrinfo() hides. Which server is asked is of
// dns_servers.h, what becomes of names that none answers for of dns_outage.h. No
// cache here; see resolver.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/fetch/fetch_config.h"
#include "crawler/fetch/ip_address.h"

namespace crawld::fetch {

enum class DnsFailure : std::uint8_t {
  none,
  no_such_name,    // NXDOMAIN
  no_address,      // the name has neither A nor AAAA; a loop of CNAMEs ends here too
  server_failure,  // SERVFAIL, REFUSED, NOTIMP, or an answer that cannot be read
  timeout,
  unreachable,  // no name server could be contacted
  bad_name,     // no host name: too long, empty label
  aborted
};
// For people: "no such name", ...
std::string_view to_string(DnsFailure failure);
// The servers failed, and not the name: to be told so says nothing about it.
bool is_of_servers(DnsFailure failure);

struct DnsAnswer {
  DnsFailure failure = DnsFailure::none;
  std::vector<IpAddress> addresses;  // IPv4 first; empty on failure
  std::optional<Family> unanswered;  // of which nothing was heard in time, where the other answered
  // The smallest of the records, or of the SOA of a negative answer; negative
  // when the answer named none.
  std::chrono::seconds ttl{-1};
};

class DnsClient {
 public:
  using Reply = std::function<void(DnsAnswer)>;

  static base::Result<std::unique_ptr<DnsClient>> open(const DnsConfig& config);
  // Answers everything still open with DnsFailure::aborted, then returns.
  ~DnsClient();
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  // Calls `reply` exactly once, on the client's thread, at the latest
  // query_timeout after the question's turn came, which in an outage of all servers is when that
  // ends or has lasted too long (dns_outage.h). Once one family has answered the other gets a
  // second more, but for `needed`, which gets all of the time. Never waits. Threads: any.
  void ask(std::string name, std::optional<Family> needed, Reply reply);

  // No name server answers for any name. Threads: any.
  bool is_out() const;

 private:
  class Loop;
  explicit DnsClient(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace crawld::fetch
