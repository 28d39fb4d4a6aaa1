#include "crawler/daemon/watchdog.h"

namespace crawld::daemon {

bool Watchdog::moves(Stage& stage, std::uint64_t count, bool has_work,
                     std::chrono::milliseconds patience, base::Instant now) {
  if (count != stage.count || !has_work || stage.moved_at == base::Instant{}) {
    stage = {count, now};
    return true;
  }
  return now - stage.moved_at < patience;
}

// Hosts may rightly keep fetching waiting for hours, but then no transfer is open; and those
// that a cap over all hosts holds back, or a network that is gone, wait on purpose, as the commit
// stage does while the disk refuses writes.
bool Watchdog::healthy(const pipeline::Status& status, std::chrono::milliseconds longest_transfer,
                       base::Instant now) {
  const bool held = !status.held_because.empty();
  const bool transfers =
      status.frontier.in_flight > status.waiting_for_rate + status.waiting_for_network;
  const bool fetch =
      moves(fetch_, status.stage_fetched, !held && transfers, patience_ + longest_transfer, now);
  const bool parse = moves(parse_, status.stage_parsed, !held && status.fetched.items > 0,
                           patience_ + conversion_, now);
  const bool commit =
      moves(commit_, status.stage_committed, !held && status.commits.items > 0, patience_, now);
  return fetch && parse && commit;
}

}  // namespace crawld::daemon
