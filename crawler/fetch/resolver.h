// Host name -> addresses: a cache with TTLs in front of the DNS.
//
// Asked in this order: --resolve entries, the configured hosts, address literals,
// localhost (RFC 6761 section 6.3), /etc/hosts, the cache, the name servers. Every
// answer is forgotten after its TTL, which is kept between 5 s and 1 h; "no such
// name" after that of the SOA record or 60 s; failures after 5 s, so that an
// outage is neither asked about a thousand times nor remembered. Where the servers
// fail at a name that they knew within a day, its old addresses do (RFC 8767):
// at once in an outage, else where there is no new answer within 1.8 s.
// A name asked for by many threads is looked up once.
// Threads: any.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/fetch/dns_client.h"
#include "crawler/fetch/fetch_config.h"
#include "crawler/fetch/hosts_file.h"

namespace crawld::fetch {

struct Resolution {
  DnsFailure failure = DnsFailure::none;
  std::vector<IpAddress> addresses;  // in the order in which to try them
};

class Resolver {
 public:
  // Fails on a server, hosts or resolve entry that cannot be read. `clock` must
  // outlive the resolver.
  static base::Result<std::unique_ptr<Resolver>> open(const DnsConfig& config,
                                                      const base::Clock& clock);
  ~Resolver();

  // The addresses of `host` (as in a URL: IPv6 in brackets, a trailing dot is
  // fine). Waits at most `timeout`; returns DnsFailure::aborted soon after `stop`.
  // Addresses of a `needed` family are not left out because the other one was answered sooner.
  Resolution resolve(std::string_view host, std::uint16_t port, std::chrono::milliseconds timeout,
                     const std::stop_token& stop, std::optional<Family> needed = {})
      CRAWL_EXCLUDES(mutex_);

  // For whom answers are told that took longer than he would wait.
  struct Later {
    const void* owner;
    std::function<void()> call;  // in the client's thread; it must not call the resolver
  };
  // Asks ahead of resolve(), and waits at most `patience`, or until `stop`. Nothing: `later` is
  // called once, perhaps before this returns, when there is an answer; from then on that, a failure
  // too, is kept until whoever asked ahead comes for it. Else resolve() has not to wait now, and
  // this is how long the answer that he comes for was under way (0: he did not ask before).
  std::optional<base::Duration> ask_ahead(std::string_view host, std::uint16_t port,
                                          std::chrono::milliseconds patience,
                                          const std::stop_token& stop, std::optional<Family> needed,
                                          Later later) CRAWL_EXCLUDES(mutex_);
  // None of its calls is made any more, nor under way.
  void forget(const void* owner) CRAWL_EXCLUDES(mutex_);

  struct Counts {
    std::size_t cached = 0;   // names
    std::uint64_t asked = 0;  // look-ups sent to name servers
    std::uint64_t from_cache = 0;
    std::size_t waiting = 0;  // threads that wait for an answer now
  };
  Counts counts() const CRAWL_EXCLUDES(mutex_);

 private:
  struct Entry;
  using Overrides = std::map<std::pair<std::string, std::uint16_t>, std::vector<IpAddress>>;

  Resolver(const DnsConfig& config, const base::Clock& clock);
  base::Status read_tables(const DnsConfig& config);
  const std::vector<IpAddress>* find_local(const std::string& name, std::uint16_t port) const;
  std::optional<Resolution> without_asking(const std::string& name, std::uint16_t port) const;
  std::shared_ptr<Entry> ask(const std::string& name, base::Instant until,
                             const std::stop_token& stop, std::optional<Family> needed)
      CRAWL_EXCLUDES(mutex_);
  std::shared_ptr<Entry> entry_for(const std::string& name, std::optional<Family> needed,
                                   bool* is_new) CRAWL_EXCLUDES(mutex_);
  void store(Entry& entry, DnsAnswer answer) CRAWL_EXCLUDES(mutex_);
  void make_room() CRAWL_REQUIRES(mutex_);

  const base::Clock& clock_;
  const std::size_t max_cached_;
  Overrides overrides_;
  HostTable hosts_;  // configured, then /etc/hosts

  mutable base::Mutex mutex_;
  // Shared with the threads that wait for the entry, which may drop out of the
  // cache meanwhile.
  std::unordered_map<std::string, std::shared_ptr<Entry>> cache_ CRAWL_GUARDED_BY(mutex_);
  std::unordered_multimap<const Entry*, Later> laters_ CRAWL_GUARDED_BY(mutex_);
  bool telling_ CRAWL_GUARDED_BY(mutex_) = false;  // the client's thread, who asked ahead
  base::CondVar told_;
  Counts counts_ CRAWL_GUARDED_BY(mutex_);

  std::unique_ptr<DnsClient> client_;  // last: its thread stores into the cache
};

}  // namespace crawld::fetch
