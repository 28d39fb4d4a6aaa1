#include "crawler/policy/scope.h"

#include <algorithm>

#include "config/addresses.h"
#include "config/starting_points.h"
#include "crawler/policy/canonicalize.h"
#include "crawler/policy/registrable_domain.h"

namespace crawld::policy {
namespace {

// A style sheet of the deepest page, what it imports, and an image of that.
constexpr std::uint64_t kPartsBelow = 3;

using model::Verdict;

// "https://host:port/dir/" of "https://host:port/dir/page?x".
// Without its scheme: http and https of one host are one site; the ports differ only as their
// defaults do.
std::string_view behind_scheme(const model::Url& url) {
  return std::string_view(url.href()).substr(url.scheme().size());
}

// "://host/a/" of "http://host/a/b".
std::string directory_of(const model::Url& url) {
  const std::string_view path = url.path();
  const std::string origin = url.origin();
  return origin.substr(url.scheme().size()) + std::string(path.substr(0, path.rfind('/') + 1));
}

// `host` or what it stands below is one of `domains`. As many look-ups as it has labels, however
// many domains there are.
bool ends_in_one_of(std::string_view host, const std::unordered_set<std::string>& domains) {
  if (domains.empty()) return false;
  while (true) {
    if (domains.contains(std::string(host))) return true;
    const std::size_t dot = host.find('.');
    if (dot == host.npos) return false;
    host.remove_prefix(dot + 1);
  }
}

// As many look-ups as the URL has slashes, however many directories there are.
bool in_one_of(std::string_view url, const std::set<std::string, std::less<>>& directories) {
  for (auto slash = url.rfind('/'); slash != url.npos; slash = url.rfind('/', slash - 1)) {
    if (directories.contains(url.substr(0, slash + 1))) return true;
    if (slash == 0) break;
  }
  return false;
}

base::Result<std::vector<base::Pattern>> compile_patterns(const std::vector<std::string>& texts,
                                                          std::string_view key) {
  std::vector<base::Pattern> patterns;
  for (const std::string& text : texts) {
    auto pattern = base::Pattern::compile(text);
    if (!pattern) {
      return base::Error{pattern.error().code,
                         std::string(key) + " \"" + text + "\": " + pattern.error().message};
    }
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

}  // namespace

base::Result<ScopeRules> ScopeRules::compile(const config::Site& site) {
  ScopeRules rules;
  rules.scope_ = site.scope;
  rules.asked_for_ = {
      .hrefs = site.scope == config::Scope::page || !site.include.empty(),
      .directories = site.scope == config::Scope::prefix,
      .hosts = site.scope != config::Scope::domain && site.scope != config::Scope::any,
      .registrable = site.scope == config::Scope::domain};
  rules.ports_ = {80, 443};
  rules.ports_.insert(site.ports.begin(), site.ports.end());
  const Canonicalizer canonicalizer(site.canonicalize);
  for (const std::string_view seed : config::starting_points(site)) {
    const auto url = model::Url::parse(seed);
    if (!url || !url->crawlable()) {
      return base::Error{
          base::Error::Code::invalid,
          "\"" + std::string(seed) + "\" is no http or https URL; write it as https://host/path"};
    }
    rules.seeds_.add(*url, rules.asked_for_);
    // Links are judged as they are known: a seed of another spelling would let none of them in.
    if (const model::Url known = canonicalizer.canonicalize(*url); known != *url) {
      rules.seeds_.add(known, rules.asked_for_);
    }
  }
  for (const std::string& domain : site.domains) {
    rules.domains_.insert(config::domain_of(domain).value_or(domain));
  }
  auto include = compile_patterns(site.include, "include");
  if (!include) return std::move(include).error();
  rules.include_ = *std::move(include);
  auto exclude = compile_patterns(site.exclude, "exclude");
  if (!exclude) return std::move(exclude).error();
  rules.exclude_ = *std::move(exclude);
  if (!site.login.url.empty()) {
    auto logout = compile_patterns(site.login.logout, "login.logout");
    if (!logout) return std::move(logout).error();
    rules.logout_ = *std::move(logout);
  }
  rules.max_depth_ = site.max_depth;
  rules.traps_ = {.max_url_length = site.traps.max_url_length,
                  .max_segments = site.traps.max_segments,
                  .max_repeated_segments = site.traps.max_repeated_segments};
  return rules;
}

void ScopeRules::Seeds::add(const model::Url& seed, const AskedFor& asked_for) {
  if (asked_for.hrefs) hrefs.insert(seed.href());
  if (asked_for.directories) directories.insert(directory_of(seed));
  if (asked_for.hosts) hosts.insert(std::string(seed.hostname()));
  if (asked_for.registrable) registrable.insert(registrable_domain_or_host(seed));
  ports.insert(seed.port());
}

bool ScopeRules::Seeds::has(const model::Url& url, config::Scope scope) const {
  switch (scope) {
    case config::Scope::page:
      return hrefs.contains(url.href());
    case config::Scope::prefix:
      return in_one_of(behind_scheme(url), directories);
    case config::Scope::host:
      return hosts.contains(std::string(url.hostname()));
    case config::Scope::domain:
      return registrable.contains(registrable_domain_or_host(url));
    case config::Scope::any:
      return true;
  }
  return false;
}

template <class Asked>
bool ScopeRules::of_seeds(const Asked& asked) const {
  if (asked(seeds_)) return true;
  if (!let_in_->any.load(std::memory_order_acquire)) return false;
  base::MutexLock lock(let_in_->mutex);
  return asked(let_in_->seeds);
}

void ScopeRules::let_in(const model::Url& seed) const {
  base::MutexLock lock(let_in_->mutex);
  let_in_->seeds.add(seed, asked_for_);
  let_in_->any.store(true, std::memory_order_release);
}

bool ScopeRules::covers(const model::Url& seed) const {
  return port_allowed(seed) && in_scope(seed) && included(seed);
}

std::optional<Judgement> ScopeRules::refuse_never(const model::Url& url) const {
  if (!url.crawlable()) return Judgement{Verdict::blocked, "scheme"};
  if (!port_allowed(url)) return Judgement{Verdict::blocked, "port"};
  return std::nullopt;
}

bool ScopeRules::port_allowed(const model::Url& url) const {
  if (ports_.contains(url.port())) return true;
  return of_seeds([&](const Seeds& seeds) { return seeds.ports.contains(url.port()); });
}

bool ScopeRules::in_scope(const model::Url& url) const {
  if (ends_in_one_of(url.hostname(), domains_)) return true;
  return of_seeds([&](const Seeds& seeds) { return seeds.has(url, scope_); });
}

bool ScopeRules::may_be_part(const model::Url& url) const {
  const bool narrow = scope_ == config::Scope::page || scope_ == config::Scope::prefix;
  if (!narrow) return false;
  const std::string host(url.hostname());
  return of_seeds([&](const Seeds& seeds) { return seeds.hosts.contains(host); });
}

bool ScopeRules::included(const model::Url& url) const {
  if (include_.empty()) return true;
  if (of_seeds([&](const Seeds& seeds) { return seeds.hrefs.contains(url.href()); })) return true;
  return std::any_of(include_.begin(), include_.end(),
                     [&](const base::Pattern& pattern) { return pattern.matches(url.href()); });
}

Judgement ScopeRules::judge(const model::Url& url, const LinkContext& context,
                            int this_year) const {
  if (auto refused = refuse_never(url)) return *std::move(refused);
  if (const std::string_view guard = trap(url, traps_, this_year); !guard.empty()) {
    return {Verdict::trapped, std::string(guard)};
  }
  if (context.purpose == model::Purpose::sitemap) return {};
  if (!in_scope(url) && !(context.embedded && may_be_part(url))) {
    return {Verdict::out_of_scope, "scope"};
  }
  for (std::size_t i = 0; i < exclude_.size(); ++i) {
    if (exclude_[i].matches(url.href())) {
      return {Verdict::out_of_scope, "exclude[" + std::to_string(i) + "]"};
    }
  }
  for (std::size_t i = 0; i < logout_.size(); ++i) {
    if (logout_[i].matches(url.href())) {
      return {Verdict::out_of_scope, "login.logout[" + std::to_string(i) + "]"};
    }
  }
  if (!included(url)) return {Verdict::out_of_scope, "include"};
  const std::uint64_t below = context.embedded ? kPartsBelow : 0;
  if (max_depth_ && context.depth > *max_depth_ + below) return {Verdict::too_deep, "max_depth"};
  return {};
}

Judgement ScopeRules::judge_seed(const model::Url& url) const {
  if (auto refused = refuse_never(url)) return *std::move(refused);
  return {};
}

}  // namespace crawld::policy
