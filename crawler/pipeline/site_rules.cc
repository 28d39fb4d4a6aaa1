#include "crawler/pipeline/site_rules.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "config/check.h"
#include "config/starting_points.h"
#include "crawler/fetch/header_name.h"
#include "crawler/pipeline/site_index.h"
#include "crawler/policy/registrable_domain.h"
#include "crawler/robots/product_token.h"
#include "parsers/extract/extract.h"

namespace crawld::pipeline {
namespace {

using config::Config;
using config::Site;

std::vector<std::string> opt_out_uses(const Site& site) {
  return site.opt_out == config::OptOut::obey ? site.uses : std::vector<std::string>();
}

policy::SettlePolicy settle_policy(const Site& site, RunMode mode, config::Schedule schedule) {
  return {.retries = site.retries,
          .retry_delay = site.retry_delay,
          .max_retry_after = site.max_retry_after,
          .max_redirects = site.max_redirects,
          .recurring = mode.recurring,
          .default_interval = site.revisit.default_interval,
          .min_interval = site.revisit.min,
          .max_interval = site.revisit.max,
          .adaptive = site.revisit.adaptive,
          .compare = site.revisit.compare,
          .schedule = schedule,
          .soft_errors = site.soft_errors,
          .opt_out_uses = opt_out_uses(site)};
}

policy::FollowPolicy follow_policy(const Site& site) {
  return {.nofollow_links = site.follow_nofollow,
          .obey_meta_robots = site.robots == config::RobotsPolicy::obey,
          .forms = site.follow_forms,
          .requisites = site.follow_requisites,
          .sitemaps = site.sitemaps != config::Sitemaps::off};
}

parsers::ParseWants parse_wants(const Config& config, const Site& site) {
  return {.main_text = site.main_text,
          .markdown = site.markdown,
          .structured = site.structured,
          .packed_body = site.store_body,
          .css_urls = site.follow_css_urls,
          .form_links = site.follow_forms,
          .always_tree = config.tree == config::TreeUse::always};
}

frontier::Politeness politeness(const Site& site, RunMode mode) {
  frontier::Politeness politeness;
  politeness.delay = config::kept_delay(site);
  politeness.jitter = site.jitter;
  politeness.concurrency = site.concurrency_per_host;
  politeness.autothrottle = site.autothrottle.enabled;
  politeness.target_concurrency = site.autothrottle.target_concurrency;
  politeness.max_delay = site.autothrottle.max_delay;
  politeness.max_crawl_delay = site.max_crawl_delay;
  politeness.skip_on_excess = site.on_excess == config::OnExcess::skip;
  // A one-shot crawl has an end: it does not wait for a dead host to come back.
  if (!mode.recurring) politeness.dead_after = 1;
  return politeness;
}

}  // namespace

std::string robots_agent(const config::Config& config, const config::Site& site) {
  std::string sent = config.user_agent.full;
  for (const auto& [name, value] : site.headers) {
    if (fetch::same_header_name(name, "user-agent")) sent = value;
  }
  std::string token = robots::product_token(sent);
  return token.empty() ? config.user_agent.name : token;
}

base::Result<SiteTable> compile_sites(const Config& config, RunMode mode, parsers::RuleBook* book) {
  SiteTable table;
  parsers::RuleBook own;
  parsers::RuleBook& numbers = book != nullptr ? *book : own;
  for (const Site& site : config.sites) {
    auto scope = policy::ScopeRules::compile(site);
    if (!scope) {
      return base::Error{scope.error().code,
                         "site \"" + site.name + "\": " + scope.error().message};
    }
    auto schedule = config::Schedule::parse(site.schedule);
    if (!schedule) {
      return base::Error{schedule.error().code,
                         "site \"" + site.name + "\": schedule: " + schedule.error().message};
    }
    auto pace = config::Pace::parse(site.pace);
    if (!pace) {
      return base::Error{pace.error().code,
                         "site \"" + site.name + "\": pace: " + pace.error().message};
    }
    auto login = policy::LoginPlan::compile(site);
    if (!login) {
      return base::Error{login.error().code,
                         "site \"" + site.name + "\": " + login.error().message};
    }
    auto rules = std::make_shared<SiteRules>(
        SiteRules{.name = site.name,
                  .config = site,
                  .scope = *std::move(scope),
                  .canonicalizer = policy::Canonicalizer(site.canonicalize),
                  .settle = settle_policy(site, mode, *std::move(schedule)),
                  .follow = follow_policy(site),
                  .wants = parse_wants(config, site),
                  .pace = *std::move(pace),
                  .login = *std::move(login),
                  .robots_agent = robots_agent(config, site)});
    if (!site.extract.empty()) {
      auto compiled = parsers::CompiledRules::compile(site.extract);
      if (!compiled) return std::move(compiled).error();
      rules->rule_set_hash = compiled->hash();
      rules->rule_set = numbers.number_of(site.extract, rules->rule_set_hash);
    }
    table.push_back(std::move(rules));
  }
  return table;
}

void take_out(SiteTable& table, const std::set<model::SiteId>& left) {
  for (const model::SiteId id : left) {
    auto out = std::make_shared<SiteRules>(*table[id]);
    out->left = true;
    table[id] = std::move(out);
  }
}

std::chrono::milliseconds longest_wait(const config::Site& site) {
  const frontier::Politeness usual;
  const auto own = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double, std::milli>(config::kept_delay(site)) * (1 + site.jitter));
  return std::max({site.max_retry_after, usual.breaker_pause, site.autothrottle.max_delay,
                   site.max_crawl_delay, own});
}

std::vector<frontier::SiteSettings> frontier_settings(const Config& config, RunMode mode) {
  std::vector<frontier::SiteSettings> all;
  for (const Site& site : config.sites) {
    frontier::SiteSettings settings{.politeness = politeness(site, mode),
                                    .concurrency_per_ip = site.concurrency_per_ip,
                                    .priority = site.priority,
                                    .depth_first = site.order == config::Order::depth,
                                    .obey_robots = site.robots != config::RobotsPolicy::ignore,
                                    .robots_agent = robots_agent(config, site),
                                    .opt_out_uses = opt_out_uses(site),
                                    .page_limit = site.limits.pages,
                                    .pages_per_host = site.budget.per_host,
                                    .pages_per_prefix = site.budget.per_prefix};
    const std::uint64_t whole = site.budget.per_host > 0 ? site.budget.per_host : site.limits.pages;
    if (settings.pages_per_prefix == 0 && whole > 0) {
      settings.pages_per_prefix =
          static_cast<std::uint64_t>(site.budget.per_prefix_share * static_cast<double>(whole));
    }
    all.push_back(settings);
  }
  return all;
}

namespace {

// For hand_over(), which asks nobody where there is one site alone: its seeds may be millions.
std::shared_ptr<const SiteIndex> index_of(const SiteTable& table) {
  if (table.size() < 2) return std::make_shared<const SiteIndex>(SiteTable());
  return std::make_shared<const SiteIndex>(table);
}

}  // namespace

SiteBook::SiteBook(SiteTable table)
    : table_(std::make_shared<const SiteTable>(std::move(table))), index_(index_of(*table_)) {}

std::shared_ptr<const SiteTable> SiteBook::table() const {
  base::MutexLock lock(mutex_);
  return table_;
}

std::shared_ptr<const SiteIndex> SiteBook::index() const {
  base::MutexLock lock(mutex_);
  return index_;
}

namespace {

// Those that were not in the site's scope yet; they are now.
std::vector<model::Url> let_in(const SiteTable& table, model::SiteId site,
                               std::span<const model::Url> seeds) {
  std::vector<model::Url> news;
  if (site >= table.size()) return news;
  const policy::ScopeRules& scope = table[site]->scope;
  for (const model::Url& seed : seeds) {
    if (scope.covers(seed)) continue;
    scope.let_in(seed);
    news.push_back(seed);
  }
  return news;
}

// Those that share their registrable domain with a seed of the site.
std::vector<model::Url> near_seeds(const config::Site& site, const std::vector<model::Url>& urls) {
  std::unordered_set<std::string> domains;
  for (const std::string_view text : config::starting_points(site)) {
    const auto seed = model::Url::parse(text);
    if (seed) domains.insert(policy::registrable_domain_or_host(*seed));
  }
  std::vector<model::Url> near;
  for (const model::Url& url : urls) {
    if (domains.contains(policy::registrable_domain_or_host(url))) near.push_back(url);
  }
  return near;
}

}  // namespace

void SiteBook::replace(SiteTable table) {
  auto next = std::make_shared<const SiteTable>(std::move(table));
  auto index = index_of(*next);
  let_in_added(*next);  // before anybody judges by it
  {
    base::MutexLock lock(mutex_);
    index_ = std::move(index);
    table_ = next;
  }
  let_in_added(*next);  // those that came meanwhile
}

void SiteBook::let_in_added(const SiteTable& table) {
  std::map<model::SiteId, std::vector<model::Url>> added;
  {
    base::MutexLock lock(mutex_);
    added = added_;
  }
  for (const auto& [site, seeds] : added) let_in(table, site, seeds);
}

void SiteBook::add_seeds(model::SiteId site, std::span<const model::Url> seeds) {
  const auto before = table();
  const std::vector<model::Url> put = let_in(*before, site, seeds);
  if (put.empty()) return;
  std::shared_ptr<const SiteTable> now;
  {
    base::MutexLock lock(mutex_);
    std::vector<model::Url>& added = added_[site];
    added.insert(added.end(), put.begin(), put.end());
    for (const model::Url& seed : put) news_.emplace_back(site, seed);
    now = table_;
  }
  if (now != before) let_in(*now, site, put);
}

std::vector<std::pair<model::SiteId, model::Url>> SiteBook::take_added() {
  base::MutexLock lock(mutex_);
  return std::exchange(news_, {});
}

void SiteBook::restore_seeds(const SeedsByName& seeds) {
  if (seeds.empty()) return;
  const auto table = this->table();
  for (model::SiteId id = 0; id < table->size(); ++id) {
    const auto named = seeds.find((*table)[id]->name);
    if (named == seeds.end()) continue;
    const auto put = let_in(*table, id, near_seeds((*table)[id]->config, named->second));
    base::MutexLock lock(mutex_);
    std::vector<model::Url>& added = added_[id];
    added.insert(added.end(), put.begin(), put.end());
  }
}

}  // namespace crawld::pipeline
