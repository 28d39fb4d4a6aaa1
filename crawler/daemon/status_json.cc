#include "crawler/daemon/status_json.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "config/version.h"
#include "crawler/daemon/guards.h"

namespace crawld::daemon {
namespace {

using nlohmann::ordered_json;

double seconds(auto duration) { return std::chrono::duration<double>(duration).count(); }

ordered_json queue_json(const pipeline::QueueDepth& depth) {
  return {{"items", depth.items}, {"bytes", depth.bytes}, {"threads_waiting", depth.waiting}};
}

ordered_json workers_json(const std::vector<parsers::WorkerCounters>& workers) {
  ordered_json all = ordered_json::array();
  for (const parsers::WorkerCounters& worker : workers) {
    all.push_back({{"pages", worker.pages},
                   {"started", worker.started},
                   {"died", worker.died},
                   {"timeouts", worker.timeouts},
                   {"bad_replies", worker.bad_replies},
                   {"cpu_seconds", seconds(worker.cpu)}});
  }
  return all;
}

// Threads that wait are counted, the others are told one by one.
ordered_json threads_json(const std::vector<pipeline::ThreadState>& threads) {
  ordered_json busy = ordered_json::array();
  std::size_t waiting = 0;
  for (const pipeline::ThreadState& thread : threads) {
    if (thread.now.doing == "waiting") {
      ++waiting;
      continue;
    }
    const auto since = std::chrono::steady_clock::now() - thread.now.since;
    busy.push_back({{"name", thread.name},
                    {"doing", thread.now.doing},
                    {"on", thread.now.detail},
                    {"seconds", seconds(since)}});
  }
  return {{"waiting", waiting}, {"busy", busy}};
}

ordered_json hooks_json(const std::vector<HookStatus>& hooks) {
  ordered_json all = ordered_json::array();
  for (const HookStatus& hook : hooks) {
    all.push_back({{"name", hook.name},
                   {"delivered", hook.delivered},
                   {"failures", hook.failures},
                   {"problem", hook.problem}});
  }
  return all;
}

ordered_json moment_json(const std::optional<base::WallTime>& moment) {
  return moment ? ordered_json(base::to_iso8601(*moment)) : ordered_json(nullptr);
}

ordered_json sites_json(const std::vector<SiteState>& sites) {
  ordered_json all = ordered_json::array();
  for (const SiteState& site : sites) {
    all.push_back({{"name", site.name},
                   {"paused", site.paused_since.has_value()},
                   {"paused_since", moment_json(site.paused_since)},
                   {"left", site.left}});
  }
  return all;
}

// The newest first.
ordered_json problems_json(const std::vector<pipeline::Problem>& problems) {
  ordered_json all = ordered_json::array();
  for (auto problem = problems.rbegin(); problem != problems.rend(); ++problem) {
    all.push_back({{"url", problem->url},
                   {"reason", problem->reason},
                   {"at", base::to_iso8601(problem->at)}});
  }
  return all;
}

ordered_json logins_json(const std::vector<pipeline::LoginStatus>& logins) {
  ordered_json all = ordered_json::array();
  for (const pipeline::LoginStatus& login : logins) {
    const bool rests = login.state == pipeline::LoginState::resting;
    const double next = seconds(login.next - std::chrono::steady_clock::now());
    all.push_back(
        {{"site", login.site},
         {"state", to_string(login.state)},
         {"why", login.why},
         {"sessions", login.sessions},
         {"again_in", rests ? ordered_json(std::max(next, 0.0)) : ordered_json(nullptr)}});
  }
  return all;
}

ordered_json hosts_json(const std::vector<frontier::HostSnapshot>& hosts) {
  const auto now = std::chrono::steady_clock::now();
  ordered_json all = ordered_json::array();
  for (const frontier::HostSnapshot& host : hosts) {
    const auto opens_in =
        host.opens_at > now ? host.opens_at - now : base::Instant::duration::zero();
    all.push_back({{"host", host.origin},
                   {"waiting", host.waiting},
                   {"in_flight", host.in_flight},
                   {"pages", host.pages},
                   {"gap_ms", host.gap.count()},
                   {"opens_in_ms", std::chrono::ceil<std::chrono::milliseconds>(opens_in).count()},
                   {"latency_ms", static_cast<double>(host.latency.count()) / 1000.0},
                   {"troubles", host.troubles},
                   {"circuit_open", host.broken},
                   {"failures", host.failures}});
  }
  return all;
}

}  // namespace

std::string status_json(Session& session) {
  const pipeline::Status status = session.pipeline().status();
  double worker_cpu = 0;
  const auto workers = session.workers();
  for (const auto& worker : workers) worker_cpu += seconds(worker.cpu);
  ordered_json out;
  out["version"] = config::kVersion;
  out["pid"] = getpid();
  out["database"] = session.database().path();
  out["seconds"] = seconds(status.elapsed);
  out["limit"] = to_string(status.limit);
  out["held_because"] = status.held_because;
  out["paused_since"] = moment_json(session.paused_since());
  out["logins"] = logins_json(session.pipeline().logins());
  out["pages"] = status.totals.pages;
  out["unchanged"] = status.totals.unchanged;
  out["requests"] = status.totals.fetches;
  out["errors"] = status.totals.errors;
  out["retries"] = status.totals.retries;
  out["bytes"] = status.totals.bytes;
  out["waiting"] = status.frontier.waiting;
  out["in_flight"] = status.frontier.in_flight;
  out["connecting"] = status.frontier.connecting;
  out["hosts"] = status.frontier.hosts;
  out["states"] = status.states;
  out["outcomes"] = status.totals.outcomes;
  out["changes"] = status.totals.changes;
  out["problems"] = status.totals.problems;
  out["last_problems"] = problems_json(status.totals.last_problems);
  out["coverage_drops"] = status.totals.coverage_drops;
  out["pruned"] = {{"versions", status.pruned.versions},
                   {"bodies", status.pruned.bodies},
                   {"requests", status.pruned.requests}};
  out["queues"] = {{"fetched", queue_json(status.fetched)},
                   {"commits", queue_json(status.commits)}};
  out["parsing"] = status.parsing;
  out["cpu_seconds"] = {{"fetch", seconds(status.fetch_cpu)},
                        {"parse", seconds(status.parse_cpu)},
                        {"commit", seconds(status.commit_cpu)},
                        {"workers", worker_cpu}};
  out["resident_bytes"] = resident_memory();
  out["workers"] = workers_json(workers);
  out["threads"] = threads_json(session.pipeline().threads());
  out["hooks"] = hooks_json(session.hooks());
  out["sites"] = sites_json(session.site_states());
  out["busiest_hosts"] = hosts_json(session.pipeline().busiest_hosts());
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace crawld::daemon
