#include "crawler/pipeline/site_index.h"

#include <algorithm>
#include <utility>

#include "config/starting_points.h"
#include "crawler/policy/registrable_domain.h"

namespace crawld::pipeline {
namespace {

using model::Discovered;
using model::Verdict;

bool is_refused_by_scope(const Discovered& found) {
  return found.state == Verdict::out_of_scope ||
         (found.state == Verdict::blocked && found.reason == "port");
}

// True when the URL is `other`'s: it has taken it.
bool take(Discovered& found, model::SiteId id, const SiteRules& other,
          const std::vector<Discovered>& all, int this_year) {
  if (found.purpose == model::Purpose::sitemap && !other.follow.sitemaps) return false;
  model::Url url = other.canonicalizer.canonicalize(found.url);
  policy::Judgement judgement =
      other.scope.judge(url, {.depth = found.depth, .purpose = found.purpose}, this_year);
  if (judgement.verdict == Verdict::out_of_scope || judgement.verdict == Verdict::blocked) {
    return false;
  }
  if (url != found.url) {  // the other site's form of it may be among the links, too
    const auto same = [&](const Discovered& one) { return one.url == url; };
    if (std::any_of(all.begin(), all.end(), same)) return false;
  }
  found.url = std::move(url);
  found.state = judgement.verdict;
  found.reason = std::move(judgement.reason);
  found.site = id;
  return true;
}

using SitesByName = std::unordered_map<std::string, std::vector<model::SiteId>>;

void add(SitesByName& index, std::string name, model::SiteId site) {
  std::vector<model::SiteId>& sites = index[std::move(name)];
  if (sites.empty() || sites.back() != site) sites.push_back(site);
}

void add_of(const SitesByName& index, const std::string& name, std::vector<model::SiteId>& sites) {
  const auto found = index.find(name);
  if (found != index.end()) sites.insert(sites.end(), found->second.begin(), found->second.end());
}

// Of each directory above the URL.
void add_above(const SitesByName& index, const model::Url& url, std::vector<model::SiteId>& sites) {
  std::string name = std::string(url.hostname()) + std::string(url.path());
  while (true) {
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) return;
    name.erase(slash + 1);
    add_of(index, name, sites);
    name.pop_back();
  }
}

}  // namespace

SiteIndex::SiteIndex(const SiteTable& table) {
  for (model::SiteId id = 0; id < table.size(); ++id) {
    if (table[id]->left) continue;
    const config::Site& site = table[id]->config;
    for (const std::string_view text : config::starting_points(site)) {
      const auto seed = model::Url::parse(text);
      if (!seed) continue;
      add_seed(*seed, site.scope, id);
      add_seed(table[id]->canonicalizer.canonicalize(*seed), site.scope, id);
    }
    for (const std::string& domain : site.domains) add(wide_, domain, id);
  }
}

void SiteIndex::add_seed(const model::Url& seed, config::Scope scope, model::SiteId site) {
  const std::string host(seed.hostname());
  if (scope == config::Scope::page || scope == config::Scope::prefix) {
    const std::string_view path = seed.path();
    add(narrow_, host + std::string(path.substr(0, path.rfind('/') + 1)), site);
    add(narrow_hosts_, host, site);
  } else {
    const bool domain = scope == config::Scope::domain;
    add(wide_, domain ? policy::registrable_domain_or_host(seed) : host, site);
  }
}

std::vector<model::SiteId> SiteIndex::near(const model::Url& url, model::Purpose purpose) const {
  std::string name(url.hostname());
  std::vector<model::SiteId> sites;
  add_of(wide_, name, sites);
  if (purpose == model::Purpose::sitemap) {
    add_of(narrow_hosts_, name, sites);
  } else if (narrow_hosts_.contains(name)) {
    add_above(narrow_, url, sites);
    // A site that takes session ids out of paths knows it by this name.
    static const policy::Canonicalizer kUsual{config::Canonicalize{}};
    const model::Url usual = kUsual.canonicalize(url);
    if (usual.path() != url.path()) add_above(narrow_, usual, sites);
  }
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.')) {
    name.erase(0, dot + 1);
    add_of(wide_, name, sites);
  }
  return sites;
}

void hand_over(model::Settled& settled, const SiteTable& table, const SiteIndex& index,
               int this_year) {
  if (table.size() < 2) return;
  const model::SiteId own = settled.parsed.fetched.lease.request.site;
  for (Discovered& found : settled.discovered) {
    if (!is_refused_by_scope(found)) continue;
    for (const model::SiteId id : index.near(found.url, found.purpose)) {
      if (id == own || id >= table.size()) continue;
      if (take(found, id, *table[id], settled.discovered, this_year)) break;
    }
  }
}

}  // namespace crawld::pipeline
