#include "crawler/daemon/rooms.h"

#include <algorithm>
#include <thread>

#include "config/starting_points.h"
#include "crawler/base/ascii.h"
#include "crawler/base/log.h"
#include "crawler/fetch/enduring_fetcher.h"
#include "parsers/worker/converting_parser.h"
#include "parsers/worker/worker_converter.h"

namespace crawld::daemon {
namespace {

// Most pages come in one piece where the buffer allows; thousands of connections cannot
// afford that.
constexpr std::uint32_t kManyConnections = 256;
constexpr std::size_t kSmallBuffer = 8U << 10;
// A daemon that starts with its machine waits so long for name servers. Whoever types a command
// waits for a message.
constexpr std::chrono::seconds kNetworkComesUp{90};

// What an earlier run left there may be the session still, as what a browser gave may.
bool has_saved_cookies(const config::Site& site, base::WallTime now) {
  if (!site.cookies || site.save_cookies.empty()) return false;
  fetch::CookieJar jar;
  return jar.load(site.save_cookies, now) && jar.size() > 0;
}

base::Result<pipeline::SiteTable> compile(const config::Config& config, pipeline::RunMode mode,
                                          parsers::RuleBook* rules) {
  auto table = pipeline::compile_sites(config, mode, rules);
  if (!table) return table;
  for (auto& site : *table) {
    if (!site->login || !has_saved_cookies(site->config, base::SystemClock().wall())) continue;
    auto with_cookies = std::make_shared<pipeline::SiteRules>(*site);
    with_cookies->login->brings_cookies = true;
    site = std::move(with_cookies);
  }
  return table;
}

}  // namespace

std::uint32_t worker_count(const config::Config& config) {
  if (config.parse_workers > 0) return config.parse_workers;
  return std::max(1U, std::thread::hardware_concurrency());
}

using base::Status;

fetch::SiteFetchConfig fetch_config(const config::Site& site) {
  fetch::SiteFetchConfig out;
  out.name = site.name;
  out.dns_timeout = site.timeout.dns;
  out.connect_timeout = site.timeout.connect;
  out.first_byte_timeout = site.timeout.first_byte;
  out.total_timeout = site.timeout.total;
  out.min_rate = site.min_rate;
  out.max_body_size = site.max_body_size;
  for (const std::string& type : site.content_types) {
    out.content_types.push_back(base::ascii_lower(type));
  }
  out.headers.assign(site.headers.begin(), site.headers.end());
  out.auth = site.auth;
  for (const std::string_view seed : config::starting_points(site)) {
    if (const auto url = model::Url::parse(seed)) out.credential_origins.insert(url->origin());
  }
  out.bind_address = site.bind_address;
  out.address_family = site.address_family;
  out.proxies = site.proxies;
  out.cookies = site.cookies;
  out.cookie_file = site.cookie_file;
  out.save_cookies = site.save_cookies;
  out.keep_session_cookies = site.keep_session_cookies;
  out.hsts = site.hsts;
  out.verify_tls = site.verify_tls;
  out.ca_certificate = site.ca_certificate;
  out.certificate = site.certificate;
  out.private_key = site.private_key;
  out.private_key_password = site.private_key_password;
  out.tls_min_version = site.tls_min_version;
  out.tls_max_version = site.tls_max_version;
  out.tls_ciphers = site.tls_ciphers;
  out.http2 = site.http2;
  out.allow_addresses = site.allow_addresses;
  out.ports = site.ports;
  return out;
}

std::unique_ptr<parsers::Parser> with_converters(
    std::unique_ptr<parsers::Parser> reader, const config::Config& config,
    std::shared_ptr<const parsers::WorkerProgram> program) {
  if (config.convert.empty()) return reader;
  auto converter = std::make_unique<parsers::ConverterProcess>(
      parsers::ConverterOptions{.program = std::move(program),
                                .sandbox = config.sandbox,
                                .timeout = config.convert_timeout,
                                .memory = config.convert_memory});
  return std::make_unique<parsers::ConvertingParser>(std::move(reader), std::move(converter),
                                                     config.convert);
}

base::Result<std::unique_ptr<Rooms>> Rooms::open(const config::Config& config,
                                                 pipeline::RunMode mode, const base::Clock& clock) {
  std::unique_ptr<Rooms> rooms(new Rooms(config));
  auto table = compile(config, mode, rooms->rules_.get());
  if (!table) return std::move(table).error();
  rooms->sites_ = std::make_unique<pipeline::SiteBook>(*std::move(table));
  if (Status fetch = rooms->open_fetch(mode, clock); !fetch) return std::move(fetch).error();
  if (Status workers = rooms->open_workers(); !workers) return std::move(workers).error();
  return rooms;
}

Status Rooms::open_fetch(pipeline::RunMode mode, const base::Clock& clock) {
  fetch::FetchContext::Options options;
  options.user_agent = config_.user_agent.header();
  options.clock = &clock;
  options.max_requests_per_second = config_.max_requests_per_second;
  options.limit_rate = config_.limit_rate;
  if (config_.concurrency > kManyConnections) options.receive_buffer = kSmallBuffer;
  options.dns.servers = config_.dns_servers;
  options.dns.hosts.assign(config_.dns_hosts.begin(), config_.dns_hosts.end());
  options.dns.resolve = config_.resolve;
  if (mode.recurring) options.dns.outage_at_start = kNetworkComesUp;
  for (const config::Site& site : config_.sites) options.sites.push_back(fetch_config(site));
  if (Status guards = set_guards(config_); !guards) return guards;
  auto context = fetch::FetchContext::open(std::move(options));
  if (!context) return std::move(context).error();
  fetch_ = *std::move(context);
  return base::Done{};
}

Status Rooms::set_guards(const config::Config& config) {
  std::vector<fetch::AddressGuard> guards;
  for (const config::Site& site : config.sites) {
    auto guard = fetch::AddressGuard::with_allowed(site.allow_addresses);
    if (!guard) return std::move(guard).error();
    guards.push_back(*std::move(guard));
  }
  base::MutexLock lock(mutex_);
  guards_ = std::move(guards);
  return base::Done{};
}

Status Rooms::replace_sites(const config::Config& config, pipeline::RunMode mode,
                            const std::set<model::SiteId>& left) {
  auto table = compile(config, mode, rules_.get());
  if (!table) return std::move(table).error();
  pipeline::take_out(*table, left);
  std::vector<fetch::SiteFetchConfig> sites;
  for (const config::Site& site : config.sites) sites.push_back(fetch_config(site));
  if (Status replaced = fetch_->replace_sites(std::move(sites)); !replaced) return replaced;
  sites_->replace(*std::move(table));
  return set_guards(config);  // its CIDRs were read by fetch just now
}

Status Rooms::open_workers() {
  auto program = parsers::WorkerProgram::open();
  if (!program) return std::move(program).error();
  program_ = *std::move(program);
  if (Status proved = parsers::prove_build(*program_); !proved) return proved;
  if (config_.sandbox) {
    if (Status proved = parsers::prove_sandbox(*program_); !proved) return proved;
    return config_.convert.empty() ? base::Done{} : parsers::prove_converter_sandbox(*program_);
  }
  base::log::warn("sandbox.off", {{"why", "sandbox: off in the configuration"}});
  return base::Done{};
}

std::unique_ptr<fetch::Fetcher> Rooms::make_fetcher() {
  return std::make_unique<fetch::EnduringFetcher>(std::make_unique<fetch::CurlFetcher>(*fetch_),
                                                  uplink_);
}

Reader Rooms::make_reader() {
  parsers::WorkerOptions options;
  options.program = program_;
  options.sandbox = config_.sandbox ? parsers::SandboxUse::required : parsers::SandboxUse::off;
  options.page_cpu = config_.parse_cpu;
  options.page_memory = config_.parse_memory;
  options.rule_book = rules_;
  auto worker = std::make_unique<parsers::WorkerProcess>(std::move(options));
  auto* const process = worker.get();
  return {.parser = with_converters(std::move(worker), config_, program_), .worker = process};
}

pipeline::ParseStage::Options Rooms::parse_options() {
  return {.timeout = config_.parse_timeout,
          .max_decoded_size = config_.max_decoded_size,
          .robots_agent = config_.user_agent.name,
          .forbidden_address = [this](const model::Url& url) { return is_forbidden(url); }};
}

// An IP literal that no site opens. Names are judged when they are dialled.
bool Rooms::is_forbidden(const model::Url& url) const {
  const auto address = fetch::IpAddress::parse(url.hostname());
  if (!address) return false;
  base::MutexLock lock(mutex_);
  return std::all_of(guards_.begin(), guards_.end(), [&](const fetch::AddressGuard& guard) {
    return !guard.refusal(*address).empty();
  });
}

}  // namespace crawld::daemon
