// A frontier with hosts that a test names by number, and a clock that it passes in.
//
// Host 7 of site 2 is http://h7.test/; nothing asks for robots.txt unless the site says so.
#pragma once

#include <string>
#include <vector>

#include "crawler/frontier/local_frontier.h"

namespace crawld::tests {

using frontier::Candidate;
using frontier::LocalFrontier;
using frontier::SiteSettings;

inline constexpr base::Instant kStart{std::chrono::hours(1)};

// A site that asks for no robots.txt and waits for nothing.
SiteSettings eager_site();

// URL `url` on `host`, to be fetched as http://hHOST.test/PATH (PATH: its id, unless given).
Candidate candidate(model::UrlId url, model::HostId host, model::SiteId site = 0,
                    std::uint16_t depth = 0, const std::string& path = {});

void add_host(LocalFrontier& frontier, model::HostId host, model::SiteId site = 0);

// Ids of URLs in the order in which they can be leased at `now`, each given back at once.
std::vector<model::UrlId> lease_all(LocalFrontier& frontier, base::Instant now = kStart);

// Gives the lease back and settles it; the host answered well.
void give_back(LocalFrontier& frontier, const model::Lease& lease, base::Instant now = kStart,
               const std::string& address = {});

}  // namespace crawld::tests
