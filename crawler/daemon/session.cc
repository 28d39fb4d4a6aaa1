#include "crawler/daemon/session.h"

#include <sys/resource.h>

#include <algorithm>
#include <unordered_map>

#include "config/version.h"
#include "crawler/base/log.h"
#include "crawler/daemon/guards.h"
#include "crawler/daemon/scope_change.h"
#include "crawler/daemon/spellings.h"
#include "crawler/pipeline/orphans.h"

namespace crawld::daemon {
namespace {

using base::Status;

constexpr std::uint32_t kDescriptorsPerTransfer = 3;
constexpr std::uint32_t kDescriptorsForUs = 64;
// The database, the sandbox, the sockets that people ask at, and one transfer.
constexpr std::uint32_t kFewestDescriptors = 36;
constexpr std::uint32_t kDescriptorsPerHook = 4;  // a reader of the database; a socket or pipes

std::uint32_t fewest_descriptors(const config::Config& config) {
  const std::uint32_t hooks =
      (config.hooks.exec.empty() ? 0 : 1) + (config.hooks.webhook.empty() ? 0 : 1);
  return kFewestDescriptors + hooks * kDescriptorsPerHook + worker_count(config);
}

// Raises the limit as far as it goes, and asks for no more threads than it carries.
base::Result<std::uint32_t> threads_for_descriptors(const config::Config& config) {
  const std::uint32_t wanted = config.concurrency;
  const std::uint32_t fewest = fewest_descriptors(config);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = rlim_t{wanted} * 2 * kDescriptorsPerTransfer + kDescriptorsForUs;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(limit.rlim_max, needed);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur < fewest) {
    return base::Error{base::Error::Code::io, "the limit of open files (ulimit -n) is " +
                                                  std::to_string(limit.rlim_cur) + "; at least " +
                                                  std::to_string(fewest) + " are needed"};
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

}  // namespace

base::Result<std::unique_ptr<Session>> Session::open(SessionSetup setup, const base::Clock& clock) {
  std::unique_ptr<Session> session(new Session(std::move(setup), clock));
  const config::Config& config = session->setup_.config;
  auto threads = threads_for_descriptors(config);
  if (!threads) return std::move(threads).error();
  session->fetch_threads_ = *threads;
  auto rooms = Rooms::open(session->setup_.config, session->setup_.mode, clock);
  if (!rooms) return std::move(rooms).error();
  session->rooms_ = *std::move(rooms);
  if (Status store = session->open_store(); !store) return std::move(store).error();
  auto hsts_hosts = session->store_->hsts_hosts();
  if (!hsts_hosts) return std::move(hsts_hosts).error();
  session->rooms_->fetch().hsts_hosts().restore(*hsts_hosts, clock.wall());
  session->cookies_ = std::make_unique<fetch::CookieSaver>(session->rooms_->fetch(), clock);
  std::vector<std::string> names;
  for (const config::Site& site : session->setup_.config.sites) names.push_back(site.name);
  session->remember_names(std::move(names));
  session->frontier_ = std::make_unique<frontier::LocalFrontier>(
      pipeline::frontier_settings(session->setup_.config, session->setup_.mode),
      frontier::LocalFrontier::Options{.page_limit = session->setup_.config.limits.pages,
                                       .transfers = session->fetch_threads_});
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
  options.dictionaries = config.body_dictionaries;
  options.keep = {.versions = config.keep.versions,
                  .requests = std::chrono::milliseconds(config.keep.requests).count(),
                  .hooks = hook_names(config.hooks)};
  // What is known may take half of what the crawl may, or a quarter of the machine's memory.
  const std::size_t most = config.memory_high > 0 ? config.memory_high / 2 : machine_memory() / 4;
  options.seen.memory_bytes = std::min(options.seen.memory_bytes, most);
  options.seen_bodies.memory_bytes = std::min(options.seen_bodies.memory_bytes, most / 4);
  auto store = storage::SqliteStore::open(config.database, options);
  if (!store) return std::move(store).error();
  store_ = *std::move(store);
  storage::RunStart run{.started_at = base::to_millis(clock_.wall()),
                        .command = setup_.command,
                        .version = std::string(config::kVersion)};
  for (const config::Site& site : config.sites) run.sites.push_back(site.name);
  auto started = store_->begin_run(run);
  if (!started) return std::move(started).error();
  return remember_spellings(store_->database(), config.sites);
}

void Session::make_pipeline() {
  const config::Config& config = setup_.config;
  pipeline::Pipeline::Options options;
  options.fetch_threads = fetch_threads_;
  options.parse_workers = worker_count(config);
  options.pages.items = config.queue_items;
  options.pages.bytes = config.queue_bytes;
  options.most_bytes = config.limits.bytes;
  options.most_errors = config.limits.errors;
  options.recurring = setup_.mode.recurring;
  options.parse = rooms_->parse_options();
  if (!config.convert.empty()) {
    options.pages.takes_long = [convert = config.convert](const model::Response& response) {
      return parsers::find_conversion(convert, response.headers.joined("Content-Type"),
                                      response.body) != nullptr;
    };
  }
  options.waiting = [this] {
    const fetch::FetchContext::Counts counts = rooms_->fetch().counts();
    return pipeline::Waiting{.for_dns = counts.dns.waiting,
                             .for_rate = counts.waiting_for_rate,
                             .for_network = rooms_->uplink().waiting()};
  };
  if (setup_.recrawl) options.last_look = [this] { return look_for_orphans(); };
  options.commit.robots_agent = config.user_agent.name;
  options.commit.recurring = setup_.mode.recurring;
  options.commit.recrawl = setup_.recrawl;
  options.commit.on_committed = setup_.on_committed;
  const auto make_fetcher = [this] { return rooms_->make_fetcher(); };
  const auto make_parser = [this](std::uint32_t) {
    Reader reader = rooms_->make_reader();
    base::MutexLock lock(mutex_);
    workers_.push_back(reader.worker);
    return std::move(reader.parser);
  };
  pipeline_ = std::make_unique<pipeline::Pipeline>(
      std::move(options), *store_, *frontier_, rooms_->sites(), clock_, make_fetcher, make_parser);
}

Status Session::start(const std::function<bool()>& stop) {
  // A new hook is told of all that this run finds: its place is known before the first request.
  if (Status opened = open_hooks(); !opened) return opened;
  if (Status held = take_up_pauses(); !held) return held;
  SeedPortions portions = seeds();
  const auto next_seeds = [&] {
    pipeline::Injections portion = portions.next();
    if (portion.goes_on && !portion.all.empty() && stop()) portion.all.clear();
    return portion;
  };
  Status started = pipeline_->start(next_seeds, [&] {
    return judge_since_last_run(*store_, *rooms_->sites().table(), scope_fingerprint(setup_.config),
                                clock_.wall());
  });
  if (!started) return started;
  if (Status told = start_hooks(); !told) return told;
  return setup_.mode.recurring ? start_orphan_watch() : base::Done{};
}

Status Session::open_hooks() {
  const config::Config& config = setup_.config;
  auto hooks = ChangeHooks::open({.hooks = config.hooks,
                                  .database = config.database,
                                  .user_agent = config.user_agent.header(),
                                  .resolver = rooms_->fetch().resolver(),
                                  .clock = clock_,
                                  .remember = [this](const std::string& hook, std::uint64_t id) {
                                    remember_cursor(hook, id);
                                  }});
  if (!hooks) return std::move(hooks).error();
  base::MutexLock lock(mutex_);
  hooks_ = *std::move(hooks);
  return base::Done{};
}

Status Session::start_hooks() {
  std::shared_ptr<ChangeHooks> hooks;
  {
    base::MutexLock lock(mutex_);
    hooks = hooks_;
  }
  return hooks ? hooks->start() : base::Done{};
}

void Session::remember_cursor(const std::string& hook, std::uint64_t last_id) {
  if (pipeline_->tell(pipeline::HookProgress{hook, last_id})) return;
  base::MutexLock lock(mutex_);
  late_cursors_[hook] = last_id;
}

Status Session::start_orphan_watch() {
  const config::Config& config = setup_.config;
  if (config.orphan_check.count() == 0) return base::Done{};
  auto watch = OrphanWatch::open(config.database, rooms_->sites(), *pipeline_, config.orphan_check);
  if (!watch) return std::move(watch).error();
  orphan_watch_ = *std::move(watch);
  return base::Done{};
}

// At the end of a recrawl, over the writer's connection: nobody else uses it any more.
std::optional<pipeline::CommitItem> Session::look_for_orphans() {
  auto news = pipeline::find_orphans(store_->database(), *rooms_->sites().table(),
                                     static_cast<std::uint64_t>(base::to_millis(clock_.wall())));
  if (news) return *std::move(news);
  base::log::warn("orphans.failed", {{"why", news.error().message}});
  return std::nullopt;
}

Status Session::drain(std::chrono::milliseconds grace, const std::string& exit) {
  // The daemon's hooks go on with the next run; a one-shot crawl has no other.
  if (setup_.mode.recurring) end_helpers();
  Status drained = pipeline_->drain(grace, exit);
  cookies_->save();
  return drained;
}

Status Session::finish_hooks(std::chrono::milliseconds patience) {
  std::shared_ptr<ChangeHooks> hooks;
  {
    base::MutexLock lock(mutex_);
    hooks = hooks_;
  }
  if (!hooks) return base::Done{};
  hooks->finish(patience);
  hooks.reset();
  end_helpers();
  storage::CommitBatch batch;
  {
    base::MutexLock lock(mutex_);
    for (const auto& [hook, last_id] : late_cursors_) batch.hook_cursors.push_back({hook, last_id});
  }
  return batch.hook_cursors.empty() ? base::Done{} : store_->put(batch);
}

void Session::end_helpers() {
  std::shared_ptr<ChangeHooks> hooks;
  {
    base::MutexLock lock(mutex_);
    hooks.swap(hooks_);
  }
  hooks.reset();
  orphan_watch_.reset();
}

std::vector<HookStatus> Session::hooks() const {
  std::shared_ptr<ChangeHooks> hooks;
  {
    base::MutexLock lock(mutex_);
    hooks = hooks_;
  }
  return hooks ? hooks->status() : std::vector<HookStatus>();
}

SeedPortions Session::seeds() const {
  return {rooms_->sites().table(),
          setup_.mode.recurring ? pipeline::AskAgain::no : pipeline::AskAgain::where_it_failed};
}

Status Session::replace_sites(std::vector<config::Site> sites) {
  config::Config next = setup_.config;
  std::vector<bool> kept(next.sites.size(), false);
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < next.sites.size(); ++i) places.emplace(next.sites[i].name, i);
  for (config::Site& site : sites) {
    const auto same = places.find(site.name);
    if (same == places.end()) {
      next.sites.push_back(std::move(site));
      kept.push_back(true);
    } else {
      kept[same->second] = true;
      next.sites[same->second] = std::move(site);
    }
  }
  pipeline::SiteNames names;
  for (model::SiteId id = 0; id < next.sites.size(); ++id) {
    names.all.push_back(next.sites[id].name);
    if (!kept[id]) names.left.insert(id);
  }
  Status replaced = rooms_->replace_sites(next, setup_.mode, names.left);
  if (!replaced) return replaced;
  frontier_->set_sites(pipeline::frontier_settings(next, setup_.mode));
  setup_.config = std::move(next);
  hold_sites(names);
  remember_names(names.all, names.left);
  tell_stray_pauses();
  pipeline_->rename_sites(std::move(names));
  SeedPortions portions = seeds();
  for (auto portion = portions.next(); !portion.all.empty(); portion = portions.next()) {
    if (!pipeline_->inject(std::move(portion))) break;  // the crawl is ending
  }
  return base::Done{};
}

std::vector<parsers::WorkerCounters> Session::workers() const {
  std::vector<parsers::WorkerCounters> all;
  for (const parsers::WorkerProcess* worker : started_workers()) all.push_back(worker->counters());
  return all;
}

std::vector<parsers::WorkerProcess*> Session::started_workers() const {
  base::MutexLock lock(mutex_);
  return workers_;
}

void Session::remember_names(std::vector<std::string> names, std::set<model::SiteId> left) {
  base::MutexLock lock(mutex_);
  site_names_ = std::move(names);
  out_of_reach_ = std::move(left);
}

std::optional<model::SiteId> Session::find_site(const std::string& name) const {
  base::MutexLock lock(mutex_);
  const auto found = std::find(site_names_.begin(), site_names_.end(), name);
  if (found == site_names_.end()) return std::nullopt;
  const auto id = static_cast<model::SiteId>(found - site_names_.begin());
  if (out_of_reach_.contains(id)) return std::nullopt;
  return id;
}

std::vector<SiteState> Session::site_states() const {
  std::vector<SiteState> states;
  base::MutexLock lock(mutex_);
  for (const std::string& name : site_names_) {
    const auto pause = paused_.find(name);
    states.push_back({.name = name, .paused_since = {}});
    if (pause != paused_.end()) states.back().paused_since = pause->second.since;
  }
  for (const model::SiteId id : out_of_reach_) states[id].left = true;
  return states;
}

bool Session::has_left(const std::string& site) const {
  base::MutexLock lock(mutex_);
  return std::any_of(out_of_reach_.begin(), out_of_reach_.end(),
                     [&](model::SiteId id) { return site_names_[id] == site; });
}

std::vector<WorkerState> Session::worker_states() const {
  std::vector<WorkerState> all;
  for (const parsers::WorkerProcess* worker : started_workers()) {
    all.push_back({.pid = worker->pid(), .counters = worker->counters()});
  }
  return all;
}

void Session::close() {
  end_helpers();
  pipeline_.reset();
  store_.reset();
}

}  // namespace crawld::daemon
