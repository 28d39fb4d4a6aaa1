// What all fetch threads share; its declaration stands beside CurlFetcher's.
#include <curl/curl.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <utility>

#include "crawler/fetch/curl_fetcher.h"

namespace crawld::fetch {
namespace {

constexpr std::chrono::seconds kMaxIdle{90};  // most servers close sooner

// A sixth of the descriptors may sleep in idle connections, three in each.
std::size_t default_max_idle() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  return std::clamp<std::size_t>(limit.rlim_cur / 18, 16, 4'096);
}

// As many may stand in connections that hosts take their time for; each may have four addresses
// under way, most have one.
std::size_t max_dials() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  return std::clamp<std::size_t>(limit.rlim_cur / 16, 16, 4'096);
}

bool init_curl_once() {
  // OpenSSL writes to sockets that the peer may have closed, and CURLOPT_NOSIGNAL
  // leaves what follows to us.
  static const bool done =
      curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  return done;
}

}  // namespace

base::Result<std::unique_ptr<FetchContext>> FetchContext::open(Options options) {
  if (!init_curl_once()) return base::Error{base::Error::Code::io, "cannot start libcurl"};
  std::unique_ptr<FetchContext> context(new FetchContext(options));
  auto resolver = Resolver::open(options.dns, *options.clock);
  if (!resolver) return std::move(resolver).error();
  context->resolver_ = std::move(*resolver);
  if (auto set = context->replace_sites(std::move(options.sites)); !set)
    return std::move(set).error();
  return context;
}

FetchContext::FetchContext(const Options& options)
    : user_agent_(options.user_agent),
      clock_(*options.clock),
      receive_buffer_(options.receive_buffer),
      pool_(options.max_idle_connections == 0 ? default_max_idle() : options.max_idle_connections,
            kMaxIdle),
      connector_(max_dials()),
      requests_(options.max_requests_per_second, 1),
      // A quarter of a second of bytes may come at once, and at least one buffer.
      bandwidth_(static_cast<double>(options.limit_rate),
                 std::max(static_cast<double>(options.limit_rate) / 4, 16'384.0)) {}

base::Result<FetchContext::Sites> FetchContext::make_sites(
    std::vector<SiteFetchConfig> configs) const {
  Sites sites;
  TrustStores trusted;
  ClientCertificates certificates;
  const Jars kept = jars();
  for (SiteFetchConfig& config : configs) {
    auto jar = jar_for(config, kept);
    if (!jar) return std::move(jar).error();
    auto site = Site::make(std::move(config), std::move(*jar), trusted, certificates);
    if (!site) return std::move(site).error();
    sites.push_back(std::move(*site));
  }
  return sites;
}

FetchContext::Jars FetchContext::jars() const {
  Jars jars;
  base::MutexLock lock(mutex_);
  for (const auto& site : sites_) {
    if (site->cookies()) jars.emplace(site->config().name, site->cookies());
  }
  return jars;
}

// A site of the same name keeps what it has; its files are read for a new jar only.
base::Result<std::shared_ptr<CookieJar>> FetchContext::jar_for(const SiteFetchConfig& config,
                                                               const Jars& kept) const {
  if (!config.cookies) return std::shared_ptr<CookieJar>();
  if (const auto jar = kept.find(config.name); jar != kept.end()) return jar->second;
  auto jar = std::make_shared<CookieJar>();
  std::error_code unknown;
  const bool saved =
      !config.save_cookies.empty() && std::filesystem::exists(config.save_cookies, unknown);
  // One file for both is there from the first save on.
  std::vector<std::string> files;
  if (config.cookie_file != config.save_cookies) files.push_back(config.cookie_file);
  if (saved) files.push_back(config.save_cookies);
  for (const std::string& file : files) {
    if (file.empty()) continue;
    if (auto loaded = jar->load(file, clock_.wall()); !loaded) return std::move(loaded).error();
  }
  return jar;
}

std::vector<FetchContext::SavedJar> FetchContext::saved_jars() const {
  std::vector<SavedJar> jars;
  base::MutexLock lock(mutex_);
  for (const auto& site : sites_) {
    const SiteFetchConfig& config = site->config();
    if (config.save_cookies.empty() || !site->cookies()) continue;
    jars.push_back(
        {config.name, config.save_cookies, config.keep_session_cookies, site->cookies()});
  }
  return jars;
}

base::Status FetchContext::replace_sites(std::vector<SiteFetchConfig> configs) {
  auto sites = make_sites(std::move(configs));
  if (!sites) return std::move(sites).error();
  std::uint64_t generation = 0;
  {
    base::MutexLock lock(mutex_);
    sites_.swap(*sites);
    generation = ++generation_;
  }
  pool_.close_all();
  connector_.end_before(generation);
  return base::Done{};
}

FetchContext::SiteInUse FetchContext::site(model::SiteId id) const {
  base::MutexLock lock(mutex_);
  return {id < sites_.size() ? sites_[id] : nullptr, generation_};
}

void FetchContext::count(bool connected) {
  base::MutexLock lock(mutex_);
  ++transfers_;
  if (connected) ++connected_;
}

FetchContext::Counts FetchContext::counts() const {
  Counts counts;
  counts.idle = pool_.idle();
  counts.dns = resolver_->counts();
  counts.proxies = proxy_rests_.troubles();
  counts.waiting_for_rate = requests_.waiting() + bandwidth_.waiting();
  base::MutexLock lock(mutex_);
  counts.transfers = transfers_;
  counts.connected = connected_;
  return counts;
}

}  // namespace crawld::fetch
