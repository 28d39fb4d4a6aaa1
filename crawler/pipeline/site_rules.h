// What the stages must know of each site: the configuration, compiled.
//
// Immutable and shared; SiteBook swaps the whole table when the configuration is
// reloaded or a site gets another seed. A site keeps its SiteId for the whole run.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/pace.h"
#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/frontier/local_frontier.h"
#include "crawler/policy/admit.h"
#include "crawler/policy/canonicalize.h"
#include "crawler/policy/login.h"
#include "crawler/policy/scope.h"
#include "crawler/policy/settle.h"
#include "parsers/extract/rule_book.h"
#include "parsers/parser.h"

namespace crawld::pipeline {

struct SiteRules {
  std::string name;
  config::Site config;
  policy::ScopeRules scope;
  policy::Canonicalizer canonicalizer;
  policy::SettlePolicy settle;
  policy::FollowPolicy follow;
  parsers::ParseWants wants;
  config::Pace pace;
  std::optional<policy::LoginPlan> login;
  std::uint32_t rule_set = 0;  // 1-based number of the site's extraction rules; 0: none
  std::string rule_set_hash;
  std::string robots_agent;  // product token of the User-Agent that the site's hosts are sent
  bool left = false;         // a reload took the site out; its id stays, for what is under way
};
using SiteTable = std::vector<std::shared_ptr<const SiteRules>>;  // by SiteId

// How a run treats all of its sites.
struct RunMode {
  bool recurring = false;  // the daemon: every page is visited again
};

// The product token by which robots.txt is read for the site: of its own User-Agent header, else of
// the run's.
std::string robots_agent(const config::Config& config, const config::Site& site);

// The first site that does not compile, with its reason. `rules` numbers the extraction
// rules; without it they count from 1 in the order of the sites.
base::Result<SiteTable> compile_sites(const config::Config& config, RunMode mode,
                                      parsers::RuleBook* rules = nullptr);

// Marks the sites that a reload took out: they take no URLs, and lose theirs to others.
void take_out(SiteTable& table, const std::set<model::SiteId>& left);

// The longest that a host of the site is left alone after an answer, whatever it said.
std::chrono::milliseconds longest_wait(const config::Site& site);

// The frontier's slice of the sites.
std::vector<frontier::SiteSettings> frontier_settings(const config::Config& config, RunMode mode);

class SiteIndex;

// Threads: any.
class SiteBook {
 public:
  explicit SiteBook(SiteTable table);

  std::shared_ptr<const SiteTable> table() const CRAWL_EXCLUDES(mutex_);
  // Of the configured seeds; what was added while running is not in it.
  std::shared_ptr<const SiteIndex> index() const CRAWL_EXCLUDES(mutex_);
  // Seeds that were added stay.
  void replace(SiteTable table) CRAWL_EXCLUDES(mutex_);
  // `seeds` become part of what defines the site's scope, where they are not in it already.
  void add_seeds(model::SiteId site, std::span<const model::Url> seeds) CRAWL_EXCLUDES(mutex_);
  // What was added since the last call.
  std::vector<std::pair<model::SiteId, model::Url>> take_added() CRAWL_EXCLUDES(mutex_);
  // Adds seeds of a run before by the names of their sites, where they still share their
  // registrable domain with a seed of the site. take_added() does not give them.
  using SeedsByName = std::map<std::string, std::vector<model::Url>>;
  void restore_seeds(const SeedsByName& seeds) CRAWL_EXCLUDES(mutex_);

 private:
  void let_in_added(const SiteTable& table) CRAWL_EXCLUDES(mutex_);

  mutable base::Mutex mutex_;
  std::shared_ptr<const SiteTable> table_ CRAWL_GUARDED_BY(mutex_);
  std::shared_ptr<const SiteIndex> index_ CRAWL_GUARDED_BY(mutex_);
  std::map<model::SiteId, std::vector<model::Url>> added_ CRAWL_GUARDED_BY(mutex_);
  std::vector<std::pair<model::SiteId, model::Url>> news_ CRAWL_GUARDED_BY(mutex_);
};

}  // namespace crawld::pipeline
