#include "crawler/pipeline/site_index.h"

#include <algorithm>
#include <utility>

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

}  // namespace

SiteIndex::SiteIndex(const SiteTable& table) {
  for (model::SiteId id = 0; id < table.size(); ++id) {
    if (table[id]->left) continue;
    const config::Site& site = table[id]->config;
    for (const std::string& text : site.seeds) {
      const auto seed = model::Url::parse(text);
      if (!seed) continue;
      add_seed(*seed, site.scope, id);
      add_seed(table[id]->canonicalizer.canonicalize(*seed), site.scope, id);
    }
    for (const std::string& domain : site.domains) add(domain, id);
  }
}

void SiteIndex::add_seed(const model::Url& seed, config::Scope scope, model::SiteId site) {
  const bool domain = scope == config::Scope::domain;
  add(domain ? policy::registrable_domain_or_host(seed) : std::string(seed.hostname()), site);
}

void SiteIndex::add(std::string name, model::SiteId site) {
  std::vector<model::SiteId>& sites = sites_[std::move(name)];
  if (sites.empty() || sites.back() != site) sites.push_back(site);
}

std::vector<model::SiteId> SiteIndex::near(const model::Url& url) const {
  std::vector<model::SiteId> sites;
  if (sites_.empty()) return sites;
  std::string name(url.hostname());
  while (true) {
    const auto found = sites_.find(name);
    if (found != sites_.end()) {
      sites.insert(sites.end(), found->second.begin(), found->second.end());
    }
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return sites;
    name.erase(0, dot + 1);
  }
}

void hand_over(model::Settled& settled, const SiteTable& table, const SiteIndex& index,
               int this_year) {
  if (table.size() < 2) return;
  const model::SiteId own = settled.parsed.fetched.lease.request.site;
  for (Discovered& found : settled.discovered) {
    if (!is_refused_by_scope(found)) continue;
    for (const model::SiteId id : index.near(found.url)) {
      if (id == own || id >= table.size()) continue;
      if (take(found, id, *table[id], settled.discovered, this_year)) break;
    }
  }
}

}  // namespace crawld::pipeline
