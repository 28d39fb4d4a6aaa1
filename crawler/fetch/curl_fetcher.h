// Fetcher over libcurl: blocking transfers, many threads, one shared context.
//
// FetchContext owns what all threads share: sites, idle connections, DNS answers,
// global caps. CurlFetcher is one thread's way to use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/fetch/connection_pool.h"
#include "crawler/fetch/connector.h"
#include "crawler/fetch/fetch_config.h"
#include "crawler/fetch/fetcher.h"
#include "crawler/fetch/hsts_hosts.h"
#include "crawler/fetch/proxy_rests.h"
#include "crawler/fetch/rate_limit.h"
#include "crawler/fetch/resolver.h"
#include "crawler/fetch/site.h"
#include "crawler/fetch/transfer.h"

namespace crawld::fetch {

// One a program. Threads: any. Outlives its fetchers.
class FetchContext {
 public:
  struct Options {
    std::string user_agent;              // the whole header
    std::vector<SiteFetchConfig> sites;  // Request.site is an index into it
    DnsConfig dns;
    double max_requests_per_second = 0;  // over all hosts; 0: no cap
    std::uint64_t limit_rate = 0;        // bytes of bodies a second over all; 0: no cap
    std::size_t receive_buffer = 64
                                 << 10;    // bytes; each connection has one for as long as it lives
    std::size_t max_idle_connections = 0;  // 0: what the descriptor limit allows; each holds 3
    const base::Clock* clock = nullptr;    // outlives the context
  };

  // Fails on a setting that cannot be read: the message names the site and the key.
  // The first one sets SIGPIPE to be ignored in the whole program.
  static base::Result<std::unique_ptr<FetchContext>> open(Options options);

  // Replaces all sites at a reload. Running transfers end under the old settings;
  // no connection made under them is used again. On failure nothing changes.
  base::Status replace_sites(std::vector<SiteFetchConfig> sites) CRAWL_EXCLUDES(mutex_);

  struct Counts {
    std::uint64_t transfers = 0;  // tries, silent second ones included
    std::uint64_t connected = 0;  // transfers that had to open a connection
    std::size_t idle = 0;         // connections kept now
    Resolver::Counts dns;
    std::size_t waiting_for_rate = 0;          // threads held back by a cap over all hosts
    std::vector<ProxyRests::Trouble> proxies;  // that failed
  };
  Counts counts() const CRAWL_EXCLUDES(mutex_);

  // The cookies of sites that save them (save_cookies).
  struct SavedJar {
    std::string site;
    std::string path;
    bool session_cookies;
    std::shared_ptr<const CookieJar> jar;
  };
  std::vector<SavedJar> saved_jars() const CRAWL_EXCLUDES(mutex_);

  // What hosts said in the runs before is restored into it.
  HstsHosts& hsts_hosts() { return hsts_hosts_; }

  // For whoever needs the addresses of a host outside a transfer.
  Resolver& resolver() { return *resolver_; }

 private:
  friend class CurlFetcher;
  using Sites = std::vector<std::shared_ptr<const Site>>;
  struct SiteInUse {
    std::shared_ptr<const Site> site;  // null: the index is beyond the sites
    std::uint64_t generation;
  };

  explicit FetchContext(const Options& options);
  base::Result<Sites> make_sites(std::vector<SiteFetchConfig> configs) const CRAWL_EXCLUDES(mutex_);
  using Jars = std::unordered_map<std::string, std::shared_ptr<CookieJar>>;  // by site's name
  Jars jars() const CRAWL_EXCLUDES(mutex_);
  base::Result<std::shared_ptr<CookieJar>> jar_for(const SiteFetchConfig& config,
                                                   const Jars& kept) const;
  SiteInUse site(model::SiteId id) const CRAWL_EXCLUDES(mutex_);
  void count(bool connected) CRAWL_EXCLUDES(mutex_);

  const std::string user_agent_;
  const base::Clock& clock_;
  std::unique_ptr<Resolver> resolver_;
  const std::size_t receive_buffer_;
  ConnectionPool pool_;
  Connector connector_;
  ProxyRests proxy_rests_;
  HstsHosts hsts_hosts_;
  RateLimit requests_;
  RateLimit bandwidth_;

  mutable base::Mutex mutex_;
  Sites sites_ CRAWL_GUARDED_BY(mutex_);
  std::uint64_t generation_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t transfers_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t connected_ CRAWL_GUARDED_BY(mutex_) = 0;
};

class CurlFetcher final : public Fetcher {
 public:
  explicit CurlFetcher(FetchContext& context) : context_(context) {}
  ~CurlFetcher() override;

  std::optional<std::string> address_of(const model::Lease& lease) override;
  void on_name_known(const std::function<void(model::HostId)>& known) override {
    name_known_ = known;
  }
  void before_body(const std::function<void()>& wait) override { before_body_ = wait; }
  void on_reached(const std::function<void(std::uint64_t)>& reached) override {
    reached_ = reached;
  }
  model::Fetched fetch(model::Lease lease) override;
  std::optional<model::Fetched> fetch_if_reached(model::Lease& lease) override;
  void abort() override { stop_.request_stop(); }

 private:
  struct Target;

  model::Fetched conclude(model::Lease lease, TransferResult result) const;
  std::optional<TransferResult> attempt(model::Lease& lease, bool waits);
  std::optional<model::Response> redirect_by_hsts(const model::Request& request) const;
  std::optional<model::FetchFailure> choose_site(const model::Request& request,
                                                 Target& target) const;
  std::optional<model::FetchFailure> find(const model::Request& request, Target& target);
  std::optional<model::FetchFailure> look_up(const model::Url& url, Target& target);
  std::optional<model::FetchFailure> resolve_host(const model::Url& url, Target& target);
  std::optional<model::FetchFailure> judge_behind_proxy(const model::Url& url, Target& target);
  std::optional<model::FetchFailure> resolve_proxy(const model::Url& url, Target& target);
  std::unique_ptr<Session> take_session(const model::Request& request, const Target& target);
  bool connect(model::Lease& lease, Target& target, std::optional<Connector::Outcome> made);
  TransferResult send(const model::Request& request, Target& target);
  TransferResult transfer(const model::Request& request, Target& target,
                          std::chrono::milliseconds time_left);
  std::optional<model::HstsHost> remember(const model::Request& request, const Site& site,
                                          const model::Response& response);
  static std::string session_key(const model::Request& request, const Target& target);
  void give_up_proxy(Target& target, const std::string& why);
  std::vector<std::pair<std::string, std::string>> headers(const model::Request& request,
                                                           const Target& target) const;

  FetchContext& context_;
  std::stop_source stop_;
  std::function<void()> before_body_;
  std::function<void(model::HostId)> name_known_;  // none: address_of() waits
  base::Duration looked_up_for_{0};                // by address_of(), for the transfer that follows
  std::function<void(std::uint64_t)> reached_;     // none: every host is waited for
};

}  // namespace crawld::fetch
