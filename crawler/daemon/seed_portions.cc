#include "crawler/daemon/seed_portions.h"

#include <string>

namespace crawld::daemon {

pipeline::Injections SeedPortions::next() {
  pipeline::Injections portion{.all = {}, .goes_on = begun_};
  begun_ = true;
  while (site_ < sites_->size() && portion.all.size() < most_) {
    const config::Site& site = (*sites_)[site_]->config;
    if (place_ < site.seeds.size()) {
      add(portion, site.seeds[place_++], model::Purpose::page);
    } else if (place_ < site.seeds.size() + site.sitemap_urls.size()) {
      add(portion, site.sitemap_urls[place_++ - site.seeds.size()], model::Purpose::sitemap);
    } else {
      ++site_;
      place_ = 0;
    }
  }
  return portion;
}

void SeedPortions::add(pipeline::Injections& portion, std::string_view text,
                       model::Purpose purpose) const {
  const auto url = model::Url::parse(text);
  if (!url) return;
  const pipeline::SiteRules& rules = *(*sites_)[site_];
  model::Url canonical = rules.canonicalizer.canonicalize(*url);
  policy::Judgement judgement = rules.scope.judge_seed(canonical);
  const auto& listed = rules.config.seed_metadata;
  const auto metadata = listed.empty() ? listed.end() : listed.find(std::string(text));
  portion.all.push_back({.url = std::move(canonical),
                         .site = site_,
                         .state = judgement.verdict,
                         .reason = std::move(judgement.reason),
                         .purpose = purpose,
                         .again = again_,
                         .metadata = metadata == listed.end() ? std::string() : metadata->second});
}

}  // namespace crawld::daemon
