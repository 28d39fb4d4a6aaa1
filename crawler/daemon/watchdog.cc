#include "crawler/daemon/watchdog.h"

namespace crawld::daemon {

bool Watchdog::moves(Stage& stage, std::uint64_t count, bool has_work, base::Instant now) const {
  if (count != stage.count || !has_work || stage.moved_at == base::Instant{}) {
    stage = {count, now};
    return true;
  }
  return now - stage.moved_at < patience_;
}

// Fetching has its own time-outs and may rightly wait for hours; parse and commit may
// not. While the disk refuses writes the commit stage waits on purpose.
bool Watchdog::healthy(const pipeline::Status& status, base::Instant now) {
  const bool held = !status.held_because.empty();
  const bool parse = moves(parse_, status.stage_parsed, !held && status.fetched.items > 0, now);
  const bool commit =
      moves(commit_, status.stage_committed, !held && status.commits.items > 0, now);
  return parse && commit;
}

}  // namespace crawld::daemon
