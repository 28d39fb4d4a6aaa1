// From the answer to a robots.txt request to what holds for its host.
//
// RFC 9309 section 2.3.1: redirects up to five hops, also across hosts; a 4xx allows
// everything; a 5xx or no answer forbids everything, once asking again did not help.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "crawler/base/clock.h"
#include "crawler/model/page.h"
#include "crawler/model/response.h"
#include "crawler/pipeline/commit_item.h"

namespace crawld::pipeline {

struct RobotsStepOptions {
  std::string agent;  // our product token
  std::uint32_t retries = 2;
  std::chrono::milliseconds max_retry_after{300'000};  // a longer Retry-After means "no"
  config::Sitemaps sitemaps = config::Sitemaps::automatic;
};

RobotsReply read_robots(model::Fetched fetched, const model::ParseOutcome& body,
                        const RobotsStepOptions& options, base::Instant now, base::WallTime wall);

// What is stored of it for restore_robots(): the status of the response, or 0 where that does not
// say what holds, or the failure was of the moment. Needs: what holds is in `reply.robots`.
int status_to_keep(const RobotsReply& reply);

// Whether a robots.txt of this stored status closed its host.
bool refuses(int status);

// What a stored robots.txt says until `expires`; nothing where it must be asked for again.
std::optional<frontier::HostRobots> restore_robots(std::string_view text, int status,
                                                   std::string_view agent, base::Instant expires);

}  // namespace crawld::pipeline
