#include "tests/unit/pipeline/threaded_crawl.h"

#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace crawld::tests {

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + kForEver;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  opened_.notify_all();
}

void Gate::wait() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  opened_.wait(lock, [this] { return open_; });
  --waiting_;
}

std::size_t Gate::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

class SharedWeb::Fetcher final : public fetch::Fetcher {
 public:
  explicit Fetcher(SharedWeb& web) : web_(web) {}

  std::optional<std::string> address_of(const model::Lease& lease) override {
    const auto known = [this, host = lease.host_id] { known_(host); };
    if (web_.name_is_late && web_.name_is_late(lease.request.url.href(), known)) return {};
    return "192.0.2.1";
  }
  void on_name_known(const std::function<void(model::HostId)>& known) override { known_ = known; }
  void on_reached(const std::function<void(std::uint64_t)>& reached) override {
    reached_ = reached;
  }
  std::optional<model::Fetched> fetch_if_reached(model::Lease& lease) override {
    const std::uint64_t connection = ++web_.connections_;
    const auto reached = [this, connection] { reached_(connection); };
    if (web_.host_is_late && web_.host_is_late(lease.request.url.href(), reached)) {
      lease.connection = connection;
      return std::nullopt;
    }
    return fetch(std::move(lease));
  }
  model::Fetched fetch(model::Lease lease) override {
    const std::string url = lease.request.url.href();
    model::Fetched fetched{.lease = std::move(lease), .fetched_at = base::SystemClock().wall()};
    if (web_.before) web_.before(url);
    if (aborted_) {
      fetched.outcome = model::FetchFailure{model::FetchFailureKind::aborted, {}};
      return fetched;
    }
    model::Response response;
    response.remote_address = "192.0.2.1";
    const std::lock_guard lock(web_.mutex_);
    ++web_.requests_[url];
    const auto found = web_.bodies_.find(url);
    response.status = found == web_.bodies_.end() ? 404 : 200;
    if (found != web_.bodies_.end()) response.body = found->second;
    response.headers.add("Content-Type", "text/html");
    fetched.timings.bytes_received = response.body.size();
    fetched.outcome = std::move(response);
    return fetched;
  }
  void abort() override { aborted_ = true; }

 private:
  SharedWeb& web_;
  std::function<void(model::HostId)> known_;
  std::function<void(std::uint64_t)> reached_;
  std::atomic<bool> aborted_ = false;
};

void SharedWeb::page(const std::string& url, const std::vector<std::string>& links) {
  std::string& body = bodies_[url];
  for (const std::string& link : links) body += link + "\n";
}

std::unique_ptr<fetch::Fetcher> SharedWeb::make_fetcher() {
  return std::make_unique<Fetcher>(*this);
}

std::map<std::string, int> SharedWeb::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

base::Status FaultyStore::put(const storage::CommitBatch& batch) {
  if (before_put) {
    if (base::Status allowed = before_put(); !allowed) return allowed;
  }
  return store_.put(batch);
}

class ThreadedCrawl::LineParser final : public parsers::Parser {
 public:
  explicit LineParser(ThreadedCrawl& crawl) : crawl_(crawl) {}

  model::ParseOutcome parse(const parsers::ParseJob& job,
                            std::chrono::steady_clock::time_point) override {
    if (crawl_.before_parse) crawl_.before_parse(job.url);
    if (crawl_.kills && crawl_.kills(job)) {
      return model::ParseFailure{model::ParseFailureKind::crashed, "signal 11 (SIGSEGV)"};
    }
    model::ParsedPage page{.kind = model::DocumentKind::html, .base = job.url};
    std::istringstream lines{std::string(job.body)};
    for (std::string line; std::getline(lines, line);) page.add_link({.url = line});
    page.content_hash = std::to_string(std::hash<std::string>()(job.url));
    page.body_size = job.body.size();
    page.packed_body.bytes = job.body;
    return page;
  }
  void cut_short() override {
    if (crawl_.when_cut_short) crawl_.when_cut_short();
  }

 private:
  ThreadedCrawl& crawl_;
};

ThreadedCrawl::ThreadedCrawl(SharedWeb& web, storage::MemoryStore& memory)
    : store(memory), web_(web), memory_(memory) {
  options.fetch_threads = 8;
  options.parse_workers = 3;
  options.parse.forbidden_address = [](const model::Url&) { return false; };
}

ThreadedCrawl::~ThreadedCrawl() = default;

void ThreadedCrawl::start(const std::string& seed) {
  pipeline::Injections seeds{.all = {{.url = *model::Url::parse(seed), .site = 0}}};
  start(seed, [&] { return std::exchange(seeds, {}); });
}

void ThreadedCrawl::start(const std::string& seed, const pipeline::Pipeline::NextSeeds& seeds) {
  config::Site site;
  site.name = "test";
  site.seeds = {seed};
  site.scope = config::Scope::any;
  site.delay = std::chrono::milliseconds(0);
  site.jitter = 0;
  site.autothrottle.enabled = false;
  site.robots = config::RobotsPolicy::ignore;
  site.concurrency_per_host = 100;
  site.concurrency_per_ip = 100;
  config_.sites = {site};
  auto table = pipeline::compile_sites(config_, {});
  if (!table) throw std::runtime_error(table.error().message);
  sites_ = std::make_unique<pipeline::SiteBook>(*std::move(table));
  frontier_ = std::make_unique<frontier::LocalFrontier>(pipeline::frontier_settings(config_, {}),
                                                        frontier_options);
  (void)memory_.begin_run({.command = "test", .version = {}, .sites = {site.name}});
  pipeline_ = std::make_unique<pipeline::Pipeline>(
      options, store, *frontier_, *sites_, clock_, [this] { return web_.make_fetcher(); },
      [this](std::uint32_t) { return std::make_unique<LineParser>(*this); });
  const base::Status started = pipeline_->start(seeds);
  if (!started) throw std::runtime_error(started.error().message);
}

base::Status ThreadedCrawl::finish(std::chrono::milliseconds grace) {
  pipeline_->wait(clock_.now() + kForEver);
  return pipeline_->drain(grace, "finished");
}

}  // namespace crawld::tests
