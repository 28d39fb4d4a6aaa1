// Which other sites a URL may belong to, by its host.
//
// A link that its own site refuses may lead into another site of the configuration. There may
// be thousands of sites, so their scopes are not all asked. Immutable.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "crawler/model/request.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::pipeline {

class SiteIndex {
 public:
  explicit SiteIndex(const SiteTable& table);

  // Sites with a seed at the host of `url`, above it where their scope is a page or a prefix, or
  // with a domain that it is in; whether the URL is in their scope is theirs to say. Sitemaps are
  // no part of a prefix. None that a reload took out. Those at the host come first.
  std::vector<model::SiteId> near(const model::Url& url, model::Purpose purpose) const;

 private:
  using Sites = std::vector<model::SiteId>;

  void add_seed(const model::Url& seed, config::Scope scope, model::SiteId site);

  std::unordered_map<std::string, Sites> wide_;    // by host or domain
  std::unordered_map<std::string, Sites> narrow_;  // page, prefix: by host and directory
  std::unordered_map<std::string, Sites> narrow_hosts_;
};

// Gives each link that was refused for reasons of scope to the site whose scope it is in.
void hand_over(model::Settled& settled, const SiteTable& table, const SiteIndex& index,
               int this_year);

}  // namespace crawld::pipeline
