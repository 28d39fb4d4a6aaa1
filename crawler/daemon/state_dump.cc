#include "crawler/daemon/state_dump.h"

#include "crawler/base/log.h"
#include "crawler/daemon/guards.h"

namespace crawld::daemon {
namespace {

std::int64_t millis_since(base::Instant then) {
  if (then == base::Instant{}) return 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               then)
      .count();
}

void log_threads(const std::vector<pipeline::ThreadState>& threads) {
  for (const pipeline::ThreadState& thread : threads) {
    base::log::info("state.thread", {{"name", thread.name},
                                     {"doing", thread.now.doing},
                                     {"on", thread.now.detail},
                                     {"ms", millis_since(thread.now.since)}});
  }
}

void log_workers(const std::vector<WorkerState>& workers) {
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const parsers::WorkerCounters& counters = workers[i].counters;
    base::log::info("state.worker", {{"of", "parse-" + std::to_string(i)},
                                     {"pid", workers[i].pid},
                                     {"pages", counters.pages},
                                     {"started", counters.started},
                                     {"recycled", counters.recycled},
                                     {"died", counters.died},
                                     {"cpu_ms", counters.cpu.count() / 1'000'000}});
  }
}

}  // namespace

void log_state(Session& session) {
  const pipeline::Status status = session.pipeline().status();
  base::log::info("state", {{"limit", to_string(status.limit)},
                            {"held", status.held_because},
                            {"waiting", status.frontier.waiting},
                            {"open", status.frontier.in_flight},
                            {"connecting", status.frontier.connecting},
                            {"unsettled", status.frontier.outstanding},
                            {"hosts", status.frontier.hosts},
                            {"ready_hosts", status.frontier.ready_hosts},
                            {"fetched_queue", status.fetched.items},
                            {"commit_queue", status.commits.items},
                            {"resident", resident_memory()}});
  log_threads(session.pipeline().threads());
  log_workers(session.worker_states());
  for (const HookStatus& hook : session.hooks()) {
    base::log::info("state.hook", {{"name", hook.name},
                                   {"delivered", hook.delivered},
                                   {"failures", hook.failures},
                                   {"problem", hook.problem}});
  }
}

}  // namespace crawld::daemon
