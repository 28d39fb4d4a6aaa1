#include "crawler/daemon/session.h"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "config/version.h"
#include "crawler/base/log.h"

namespace crawld::daemon {
namespace {

using base::Error;
using base::Status;

constexpr std::uint32_t kDescriptorsPerTransfer = 3;
constexpr std::uint32_t kDescriptorsForUs = 64;

// Raises the limit as far as it goes, and asks for no more threads than it carries.
std::uint32_t threads_for_descriptors(std::uint32_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = rlim_t{wanted} * 2 * kDescriptorsPerTransfer + kDescriptorsForUs;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(limit.rlim_max, needed);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  const rlim_t usable = limit.rlim_cur > kDescriptorsForUs ? limit.rlim_cur - kDescriptorsForUs : 1;
  const auto most =
      static_cast<std::uint32_t>(std::clamp<rlim_t>(usable / kDescriptorsPerTransfer, 1, wanted));
  if (most < wanted) {
    base::log::warn("threads.fewer", {{"asked", wanted},
                                      {"running", most},
                                      {"why", "the limit of open files (ulimit -n) is " +
                                                  std::to_string(limit.rlim_cur)}});
  }
  return most;
}

std::uint32_t worker_count(const config::Config& config) {
  if (config.parse_workers > 0) return config.parse_workers;
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

base::Result<std::unique_ptr<Session>> Session::open(SessionSetup setup, const base::Clock& clock) {
  std::unique_ptr<Session> session(new Session(std::move(setup), clock));
  auto rooms = Rooms::open(session->setup_.config, session->setup_.mode, clock);
  if (!rooms) return std::move(rooms).error();
  session->rooms_ = *std::move(rooms);
  if (Status store = session->open_store(); !store) return std::move(store).error();
  session->frontier_ = std::make_unique<frontier::LocalFrontier>(
      pipeline::frontier_settings(session->setup_.config, session->setup_.mode),
      frontier::LocalFrontier::Options{.page_limit = session->setup_.config.limits.pages});
  session->make_pipeline();
  return session;
}

Session::~Session() = default;

Status Session::open_store() {
  const config::Config& config = setup_.config;
  storage::StoreOptions options;
  options.database.durability = config.durability == config::Durability::full
                                    ? storage::Durability::full
                                    : storage::Durability::normal;
  options.search_index = config.search_index;
  auto store = storage::SqliteStore::open(config.database, options);
  if (!store) return std::move(store).error();
  store_ = *std::move(store);
  storage::RunStart run{.started_at = base::to_millis(clock_.wall()),
                        .command = setup_.command,
                        .version = std::string(config::kVersion)};
  for (const config::Site& site : config.sites) run.sites.push_back(site.name);
  auto started = store_->begin_run(run);
  if (!started) return std::move(started).error();
  return base::Done{};
}

void Session::make_pipeline() {
  const config::Config& config = setup_.config;
  pipeline::Pipeline::Options options;
  options.fetch_threads = threads_for_descriptors(config.concurrency);
  options.parse_workers = worker_count(config);
  options.queue_items = config.queue_items;
  options.queue_bytes = config.queue_bytes;
  options.most_bytes = config.limits.bytes;
  options.most_errors = config.limits.errors;
  options.recurring = setup_.mode.recurring;
  options.parse = rooms_->parse_options();
  options.commit.robots_agent = config.user_agent.name;
  options.commit.recurring = setup_.mode.recurring;
  options.commit.recrawl = setup_.recrawl;
  options.commit.on_committed = setup_.on_committed;
  const auto make_fetcher = [this] { return rooms_->make_fetcher(); };
  const auto make_parser = [this](std::uint32_t) {
    auto worker = rooms_->make_parser();
    workers_.push_back(worker.get());
    return worker;
  };
  pipeline_ = std::make_unique<pipeline::Pipeline>(
      std::move(options), *store_, *frontier_, rooms_->sites(), clock_, make_fetcher, make_parser);
}

Status Session::start() {
  pipeline::Injections injections = seeds();
  if (Status started = pipeline_->start(std::move(injections)); !started) return started;
  return base::Done{};
}

pipeline::Injections Session::seeds() const {
  pipeline::Injections injections;
  for (model::SiteId id = 0; id < setup_.config.sites.size(); ++id) inject_seeds(injections, id);
  return injections;
}

void Session::inject_seeds(pipeline::Injections& injections, model::SiteId id) const {
  const auto table = rooms_->sites().table();
  const pipeline::SiteRules& rules = *(*table)[id];
  const auto add = [&](const std::string& text, model::Purpose purpose) {
    const auto url = model::Url::parse(text);
    if (!url) return;
    const model::Url canonical = rules.canonicalizer.canonicalize(*url);
    const policy::Judgement judgement = rules.scope.judge_seed(canonical);
    injections.all.push_back({.url = canonical,
                              .site = id,
                              .state = judgement.verdict,
                              .reason = judgement.reason,
                              .purpose = purpose});
  };
  for (const std::string& seed : rules.config.seeds) add(seed, model::Purpose::page);
  for (const std::string& sitemap : rules.config.sitemap_urls)
    add(sitemap, model::Purpose::sitemap);
}

Status Session::replace_sites(std::vector<config::Site> sites) {
  config::Config next = setup_.config;
  std::vector<bool> kept(next.sites.size(), false);
  for (config::Site& site : sites) {
    const auto same = std::find_if(next.sites.begin(), next.sites.end(),
                                   [&](const config::Site& old) { return old.name == site.name; });
    if (same == next.sites.end()) {
      site.extract = {};
      next.sites.push_back(std::move(site));
      kept.push_back(true);
    } else {
      site.extract = same->extract;
      kept[static_cast<std::size_t>(same - next.sites.begin())] = true;
      *same = std::move(site);
    }
  }
  if (Status replaced = rooms_->replace_sites(next, setup_.mode); !replaced) return replaced;
  frontier_->set_sites(pipeline::frontier_settings(next, setup_.mode));
  setup_.config = std::move(next);
  pipeline::SiteNames names;
  for (model::SiteId id = 0; id < setup_.config.sites.size(); ++id) {
    names.all.push_back(setup_.config.sites[id].name);
    frontier_->pause_site(id, !kept[id]);
  }
  pipeline_->rename_sites(std::move(names));
  pipeline_->inject(seeds());
  return base::Done{};
}

std::vector<parsers::WorkerCounters> Session::workers() const {
  std::vector<parsers::WorkerCounters> all;
  for (const parsers::WorkerProcess* worker : workers_) all.push_back(worker->counters());
  return all;
}

void Session::close() {
  pipeline_.reset();
  store_.reset();
}

}  // namespace crawld::daemon
