#include "crawler/pipeline/orphans.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "crawler/pipeline/linked_urls.h"
#include "storage/reports/link_walk.h"

namespace crawld::pipeline {

base::Result<OrphanNews> find_orphans(storage::Database& reader, const SiteTable& sites,
                                      std::uint64_t salt) {
  std::unordered_map<std::string_view, const SiteRules*> rules;
  for (const auto& site : sites) rules.emplace(site->name, site.get());
  const policy::Canonicalizer plain({});
  const auto spell = [&](std::string_view of_site, const model::Url& link,
                         std::vector<std::string>& hrefs) {
    const auto site = rules.find(of_site);
    const auto& canonicalizer = site == rules.end() ? plain : site->second->canonicalizer;
    hrefs.push_back(canonicalizer.canonicalize(link).href());
  };
  std::vector<model::UrlId> before;
  std::vector<model::UrlId> before_standing;
  std::vector<std::string> before_hrefs;
  auto done = storage::each_open_orphan(reader, [&](const storage::OpenOrphan& orphan) {
    before.push_back(orphan.id);
    if (orphan.stands) before_standing.push_back(orphan.id);
    before_hrefs.emplace_back(orphan.url);
  });
  if (!done) return std::move(done).error();
  const auto linked = LinkedUrls::read(reader, spell, salt, before_hrefs);
  if (!linked) return linked.error();
  std::vector<model::UrlId> orphans;
  done = storage::each_page_found_by_link(reader, [&](const storage::FoundPage& page) {
    if (!linked->has(page.url)) orphans.push_back(page.id);
  });
  if (!done) return std::move(done).error();
  OrphanNews news;
  std::set_difference(orphans.begin(), orphans.end(), before.begin(), before.end(),
                      std::back_inserter(news.orphaned));
  std::set_difference(before_standing.begin(), before_standing.end(), orphans.begin(),
                      orphans.end(), std::back_inserter(news.adopted));
  std::set_difference(before.begin(), before.end(), before_standing.begin(), before_standing.end(),
                      std::back_inserter(news.ended));
  return news;
}

}  // namespace crawld::pipeline
