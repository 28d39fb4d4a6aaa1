#include "crawler/daemon/scope_change.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "config/starting_points.h"
#include "crawler/base/log.h"

namespace crawld::daemon {
namespace {

// Lists and words that no other site could have written alike.
class Text {
 public:
  void add(std::string_view word) {
    all += std::to_string(word.size()) + ':';
    all += word;
  }
  template <class Words>
  void add_all(const Words& words) {
    add(std::to_string(words.size()));
    for (const std::string_view word : words) add(word);
  }
  void add(const std::vector<std::string>& words) { add_all(words); }

  std::string all;
};

// How URLs are spelled, where not as usual.
void add_spelling(Text& text, const config::Canonicalize& rules) {
  const config::Canonicalize usual;
  const std::pair<const char*, bool> flags[] = {
      {"sort_query", rules.sort_query != usual.sort_query},
      {"strip_tracking", rules.strip_tracking != usual.strip_tracking},
      {"strip_session_ids", rules.strip_session_ids != usual.strip_session_ids},
      {"strip_index_pages", rules.strip_index_pages != usual.strip_index_pages}};
  for (const auto& [name, turned] : flags) {
    if (turned) text.add(name);
  }
  if (!rules.strip_params.empty()) text.add(rules.strip_params);
}

// Which hosts are one, where any are.
void add_names(Text& text, const config::Canonicalize& rules) {
  if (!rules.fold_www && rules.host_aliases.empty()) return;
  std::vector<std::string> names = {rules.fold_www ? "fold_www" : ""};
  for (const auto& [alias, host] : rules.host_aliases) names.insert(names.end(), {alias, host});
  text.add(names);
}

// What refuses a URL when its turn comes.
void add_refusals(Text& text, const config::Site& site) {
  text.add(site.allow_addresses);
  text.add(site.uses);
  text.add({std::to_string(static_cast<int>(site.robots)),
            std::to_string(static_cast<int>(site.opt_out)),
            std::to_string(static_cast<int>(site.on_excess)),
            std::to_string(site.max_crawl_delay.count()), std::to_string(site.max_redirects),
            std::to_string(site.limits.pages), std::to_string(site.limits.time.count()),
            std::to_string(site.limits.bytes), std::to_string(site.limits.errors),
            std::to_string(site.budget.per_host), std::to_string(site.budget.per_prefix),
            std::to_string(site.budget.per_prefix_share)});
}

void add(Text& text, const config::Site& site) {
  text.add(site.name);
  text.add_all(config::starting_points(site));
  text.add(site.domains);
  text.add(site.include);
  text.add(site.exclude);
  if (!site.login.url.empty()) text.add(site.login.logout);
  std::vector<std::string> numbers = {std::to_string(static_cast<int>(site.scope)),
                                      site.max_depth ? std::to_string(*site.max_depth) : "none",
                                      std::to_string(site.traps.max_url_length),
                                      std::to_string(site.traps.max_segments),
                                      std::to_string(site.traps.max_repeated_segments)};
  for (const std::uint16_t port : site.ports) numbers.push_back(std::to_string(port));
  text.add(numbers);
  add_names(text, site.canonicalize);
  add_spelling(text, site.canonicalize);
  add_refusals(text, site);
}

bool has_limits_of_a_run(const pipeline::SiteTable& sites) {
  return std::any_of(sites.begin(), sites.end(), [](const auto& site) {
    const config::Limits& limits = site->config.limits;
    return limits.time.count() > 0 || limits.bytes > 0 || limits.errors > 0;
  });
}

base::Result<pipeline::Rejudgements> judge_limits(storage::SqliteStore& store,
                                                  const pipeline::SiteTable& sites) {
  if (!has_limits_of_a_run(sites)) return pipeline::Rejudgements{};
  auto states = store.count_states();
  if (!states) return std::move(states).error();
  if ((*states)[std::string(to_string(model::Verdict::over_budget))] == 0) {
    return pipeline::Rejudgements{};
  }
  return pipeline::left_by_limits(store.database());
}

std::string hash_of(const std::string& text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  char hex[33];
  std::snprintf(hex, sizeof hex, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return hex;
}

// Of the second part; empty where there is none.
std::string_view agent_of(std::string_view fingerprint) {
  const std::size_t dot = fingerprint.find('.');
  return dot == fingerprint.npos ? std::string_view() : fingerprint.substr(dot);
}

// The run's, and those of sites that have their own.
std::string agents_of(const config::Config& config) {
  std::string agents = config.user_agent.name;
  for (const config::Site& site : config.sites) {
    const std::string own = pipeline::robots_agent(config, site);
    if (own != config.user_agent.name) agents += '\n' + site.name + '\n' + own;
  }
  return agents;
}

}  // namespace

// Other lines of robots.txt may hold for another name.
pipeline::Refused looked_at(std::string_view before, std::string_view now) {
  if (before == now) return pipeline::Refused::by_scope;
  const bool renamed = !agent_of(before).empty() && agent_of(before) != agent_of(now);
  return renamed ? pipeline::Refused::by_robots : pipeline::Refused::by_setting;
}

std::string scope_fingerprint(const config::Config& config) {
  Text text;
  for (const config::Site& site : config.sites) add(text, site);
  return hash_of(text.all) + "." + hash_of(agents_of(config));
}

base::Result<pipeline::Rejudgements> judge_since_last_run(storage::SqliteStore& store,
                                                          const pipeline::SiteTable& sites,
                                                          const std::string& fingerprint,
                                                          base::WallTime now) {
  auto known = store.scope_fingerprint();
  if (!known) return std::move(known).error();
  if (*known == fingerprint) {
    auto left = judge_limits(store, sites);
    if (left && !left->all.empty()) left->scope = fingerprint;
    return left;
  }
  auto judged = pipeline::judge_again(
      store.database(), sites, now, [] { return true; }, looked_at(*known, fingerprint));
  if (!judged) return std::move(judged).error();
  if (!judged->news.all.empty()) {
    base::log::info("scope.changed", {{"queued_out", judged->queued_out},
                                      {"known_out", judged->known_out},
                                      {"queued_again", judged->queued_again}});
  }
  judged->news.scope = fingerprint;
  return std::move(judged->news);
}

}  // namespace crawld::daemon
