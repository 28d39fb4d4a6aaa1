#include "crawler/pipeline/status.h"

#include <algorithm>

#include "crawler/pipeline/pipeline.h"

namespace crawld::pipeline {
namespace {

constexpr std::size_t kHostsShown = 10;

std::string held_because(std::uint32_t holds, const std::string& store_error,
                         const std::string& no_worker) {
  const auto has = [&](Hold reason) { return (holds & static_cast<std::uint32_t>(reason)) != 0; };
  std::string why;
  const auto add = [&](const std::string& reason) { why += (why.empty() ? "" : "; ") + reason; };
  if (has(Hold::user)) add("paused by the user");
  if (has(Hold::disk)) add("less free disk than disk_low");
  if (has(Hold::store)) add(store_error.empty() ? "the database cannot be written" : store_error);
  if (has(Hold::memory)) add("more memory in use than memory_high");
  if (has(Hold::worker)) add(no_worker);
  return why;
}

QueueDepth depth_of(const auto& queue) {
  const auto depth = queue.depth();
  return {.items = depth.items, .bytes = depth.bytes, .waiting = depth.waiting_pushers};
}

}  // namespace

Limit limit_of(const LimitSigns& signs) {
  const auto has = [&](Hold reason) {
    return (signs.holds & static_cast<std::uint32_t>(reason)) != 0;
  };
  if (has(Hold::disk) || has(Hold::store)) return Limit::disk;
  if (has(Hold::memory)) return Limit::memory;
  if (has(Hold::user)) return Limit::paused;
  if (has(Hold::worker)) return Limit::parse;
  if (signs.limit_reached) return Limit::budget;
  if (signs.pushing_commits > 0) return Limit::commit;
  if (signs.pushing_fetched > 0 || signs.fetched_items > signs.fetch_threads) return Limit::parse;
  if (signs.waiting_for_network > 0) return Limit::network;
  if (signs.in_flight > 0 && signs.waiting_for_rate * 2 > signs.in_flight) return Limit::rate;
  if (signs.in_flight > 0 && signs.waiting_for_dns * 2 > signs.in_flight) return Limit::dns;
  if (signs.in_flight >= signs.fetch_threads) return Limit::connections;
  switch (signs.holdup) {
    case frontier::Holdup::nothing_left:
      if (signs.outstanding > 0) return Limit::host_slots;
      return signs.refused_for_budget ? Limit::budget : Limit::nothing_left;
    case frontier::Holdup::politeness:
      return Limit::politeness;
    case frontier::Holdup::in_flight:
      return Limit::host_slots;
    case frontier::Holdup::paused:
      return Limit::paused;
    case frontier::Holdup::names:
      return Limit::dns;
    case frontier::Holdup::login:
      return Limit::login;
    case frontier::Holdup::none:
      if (signs.fetched_items > 0) return Limit::parse;
      return signs.in_flight >= frontier::most_with_strangers(signs.fetch_threads)
                 ? Limit::connections
                 : Limit::none;
  }
  return Limit::none;
}

std::string_view to_string(Limit limit) {
  switch (limit) {
    case Limit::nothing_left:
      return "nothing left";
    case Limit::politeness:
      return "politeness";
    case Limit::connections:
      return "connections";
    case Limit::dns:
      return "dns";
    case Limit::network:
      return "network";
    case Limit::rate:
      return "rate cap";
    case Limit::host_slots:
      return "host slots";
    case Limit::parse:
      return "parse";
    case Limit::commit:
      return "commit";
    case Limit::disk:
      return "disk";
    case Limit::memory:
      return "memory";
    case Limit::paused:
      return "paused";
    case Limit::login:
      return "login";
    case Limit::budget:
      return "budget";
    case Limit::none:
      return "none";
  }
  return "none";
}

std::vector<LoginStatus> Pipeline::logins() const {
  std::vector<LoginStatus> all;
  base::MutexLock lock(mutex_);
  for (const auto& [site, login] : logins_) all.push_back(login);
  return all;
}

Status Pipeline::status() const {
  Status status;
  const base::Instant now = clock_.now();
  status.end = end_.load();
  std::string store_error;
  std::string no_worker;
  {
    base::MutexLock lock(mutex_);
    status.totals = totals_;
    status.states = states_;
    status.pruned = pruned_;
    if (!last_write_) store_error = last_write_.error().message;
    no_worker = no_worker_;
  }
  status.frontier = frontier_.counts();
  // The frontier counts what chunks name, until it reads them; after a kill or a move of many URLs
  // much of that is settled. The books know better, but for what is in no batch yet.
  const auto queued = status.states.find("queued");
  const std::uint64_t most = queued == status.states.end() ? 0 : queued->second;
  status.frontier.waiting = std::min(status.frontier.waiting, most);
  status.fetched = depth_of(pages_);
  status.commits = depth_of(commits_);
  status.parsing = parsing_.load();
  status.stage_fetched = counters_.fetched.load();
  status.stage_parsed = counters_.parsed.load();
  status.stage_committed = counters_.committed.load();
  std::uint32_t fetch_threads = options_.fetch_threads;
  if (started_all_.load()) {
    status.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
    fetch_threads = static_cast<std::uint32_t>(fetch_threads_.size());
    for (const base::Thread& thread : fetch_threads_) status.fetch_cpu += thread.cpu_time();
    for (const base::Thread& thread : parse_threads_) status.parse_cpu += thread.cpu_time();
    status.commit_cpu = commit_thread_.cpu_time();
  }
  status.held_because = held_because(holds_.load(), store_error, no_worker);
  const Waiting waiting = options_.waiting ? options_.waiting() : Waiting{};
  status.waiting_for_rate = waiting.for_rate;
  status.waiting_for_network = waiting.for_network;
  const bool limit_reached = status.end == End::page_limit || status.end == End::byte_limit ||
                             status.end == End::error_limit;
  status.limit = limit_of({.holds = holds_.load(),
                           .limit_reached = limit_reached,
                           .pushing_commits = status.commits.waiting,
                           .pushing_fetched = status.fetched.waiting,
                           .fetched_items = status.fetched.items,
                           .fetch_threads = fetch_threads,
                           .in_flight = status.frontier.in_flight,
                           .outstanding = status.frontier.outstanding,
                           .waiting_for_dns = waiting.for_dns,
                           .waiting_for_rate = waiting.for_rate,
                           .waiting_for_network = waiting.for_network,
                           .refused_for_budget = status.totals.outcomes.contains("over_budget"),
                           .holdup = frontier_.holdup(now)});
  return status;
}

std::vector<frontier::HostSnapshot> Pipeline::busiest_hosts() const {
  return frontier_.busiest_hosts(kHostsShown);
}

std::vector<ThreadState> Pipeline::threads() const {
  std::vector<ThreadState> all;
  const auto add = [&](const char* name, const std::deque<Activity>& activities) {
    for (std::size_t i = 0; i < activities.size(); ++i) {
      all.push_back({name + std::to_string(i), activities[i].now()});
    }
  };
  add("fetch-", fetch_activities_);
  add("parse-", parse_activities_);
  all.push_back({"commit", commit_activity_.now()});
  return all;
}

}  // namespace crawld::pipeline
