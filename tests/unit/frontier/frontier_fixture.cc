#include "tests/unit/frontier/frontier_fixture.h"

namespace crawld::tests {

SiteSettings eager_site() {
  SiteSettings site;
  site.politeness.delay = std::chrono::milliseconds(0);
  site.obey_robots = false;
  return site;
}

Candidate candidate(model::UrlId url, model::HostId host, model::SiteId site, std::uint16_t depth,
                    const std::string& path) {
  const std::string text =
      "http://h" + std::to_string(host) + ".test/" + (path.empty() ? std::to_string(url) : path);
  return {.url_id = url,
          .host_id = host,
          .request = {.url = *model::Url::parse(text), .site = site, .depth = depth}};
}

void add_host(LocalFrontier& frontier, model::HostId host, model::SiteId site) {
  frontier.add_host({.id = host,
                     .origin = "http://h" + std::to_string(host) + ".test",
                     .site = site,
                     .opens_at = base::Instant::min()});
}

std::vector<model::UrlId> lease_all(LocalFrontier& frontier, base::Instant now) {
  std::vector<model::UrlId> ids;
  while (auto lease = frontier.lease(now).lease) {
    ids.push_back(lease->url_id);
    give_back(frontier, *lease, now);
  }
  return ids;
}

void give_back(LocalFrontier& frontier, const model::Lease& lease, base::Instant now,
               const std::string& address) {
  frontier.release(lease, {}, address, now);
  frontier.settled(lease, true);
}

}  // namespace crawld::tests
