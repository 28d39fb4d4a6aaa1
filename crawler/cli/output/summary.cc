#include "crawler/cli/output/summary.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "config/units.h"
#include "crawler/base/escape.h"
#include "crawler/base/figures.h"
#include "crawler/cli/output/progress.h"

namespace crawld::cli {
namespace {

using nlohmann::ordered_json;

std::string rate(std::uint64_t count, std::chrono::milliseconds time) {
  const double seconds = std::max(0.001, static_cast<double>(time.count()) / 1000);
  const double each_second = static_cast<double>(count) / seconds;
  if (each_second >= 10 || count == 0)
    return base::grouped(static_cast<std::uint64_t>(each_second));
  char text[16];
  std::snprintf(text, sizeof text, "%.1f", each_second);
  return text;
}

// "12 http_404, 3 timeout": the most frequent first.
std::string by_count(const std::map<std::string, std::uint64_t>& counts, std::size_t most) {
  std::vector<std::pair<std::uint64_t, std::string>> sorted;
  for (const auto& [name, count] : counts) {
    if (count > 0) sorted.emplace_back(count, name);
  }
  std::sort(sorted.rbegin(), sorted.rend());
  std::string text;
  for (std::size_t i = 0; i < std::min(most, sorted.size()); ++i) {
    if (i > 0) text += ", ";
    text += base::grouped(sorted[i].first) + " " + base::printable(sorted[i].second);
  }
  if (sorted.size() > most) text += ", …";
  return text;
}

std::uint64_t state(const pipeline::Status& status, const char* name) {
  const auto found = status.states.find(name);
  return found == status.states.end() ? 0 : found->second;
}

std::string times(std::uint64_t count) {
  return count == 1 ? "once" : base::grouped(count) + " times";
}

bool nothing_was_left(const Summary& summary) {
  const pipeline::RunTotals& totals = summary.status.totals;
  return summary.resume.empty() && summary.seeds.told.empty() && totals.fetches == 0 &&
         totals.outcomes.empty();
}

// Of what the database did not take nobody knows how much it is: the figures of the states count
// it.
std::string what_is_left(const Summary& summary) {
  const std::uint64_t urls = state(summary.status, "queued") + state(summary.status, "retry_later");
  std::string text;
  if (urls > 0) text = base::counted(urls, "URL", "URLs");
  if (summary.unwritten) {
    text += std::string(text.empty() ? "" : ", and ") + "what the database did not take";
  }
  return text.empty() ? "go on with: " : text + "; go on with: ";
}

ordered_json told(const std::vector<SeedTrouble>& seeds) {
  ordered_json all = ordered_json::array();
  for (const SeedTrouble& seed : seeds) all.push_back({{"told", seed.text}, {"hint", seed.hint}});
  return all;
}

}  // namespace

std::string summary_text(const Summary& summary) {
  const pipeline::Status& status = summary.status;
  const pipeline::RunTotals& totals = status.totals;
  std::string text;
  const auto line = [&](const std::string& label, const std::string& value) {
    if (value.empty()) return;
    text += "  " + label + std::string(12 - std::min<std::size_t>(11, label.size()), ' ') + value +
            "\n";
  };
  text += summary.ended + " after " + base::human_time(status.elapsed) + "\n";
  line("pages", base::grouped(totals.pages) + " stored, " + base::grouped(totals.unchanged) +
                    " unchanged (" + rate(totals.pages, status.elapsed) + "/s, " +
                    config::format_bytes(totals.bytes) + " received)");
  line("requests", base::grouped(totals.fetches) + ", " +
                       base::counted(totals.retries, "retry", "retries") + ", " +
                       base::counted(summary.fetch.connected, "connection", "connections"));
  line("links", base::grouped(totals.links) + " read, " +
                    base::counted(totals.discovered, "new URL", "new URLs"));
  line("outcomes", by_count(totals.outcomes, 12));
  line("changes", by_count(totals.changes, 7));
  line("problems", by_count(totals.problems, 8));
  line("all URLs", by_count(status.states, 12));
  line("let go", by_count({{"versions", status.pruned.versions},
                           {"bodies", status.pruned.bodies},
                           {"requests", status.pruned.requests}},
                          3));
  std::string slow;
  std::vector<frontier::HostSnapshot> hosts = summary.hosts;
  std::sort(hosts.begin(), hosts.end(),
            [](const auto& a, const auto& b) { return a.latency > b.latency; });
  for (std::size_t i = 0; i < std::min<std::size_t>(3, hosts.size()); ++i) {
    if (hosts[i].latency.count() == 0) break;  // never contacted
    if (i > 0) slow += ", ";
    slow += hosts[i].origin + " (" + std::to_string((hosts[i].latency.count() + 999) / 1000) +
            " ms a request)";
  }
  line("slowest", slow);
  for (const fetch::ProxyRests::Trouble& proxy : summary.fetch.proxies) {
    line("proxy", base::printable(proxy.proxy) + " failed " + times(proxy.failures) + ", " +
                      (proxy.resting ? "last with: " : "and works again; last with: ") +
                      base::printable(proxy.last));
  }
  for (const std::string& drop : totals.coverage_drops) line("coverage", base::printable(drop));
  const std::vector<SeedTrouble>& seeds = summary.seeds.told;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const SeedTrouble& seed = seeds[i];
    line("seed", base::printable(seed.text));
    const bool said_below = i + 1 < seeds.size() && seeds[i + 1].hint == seed.hint;
    if (!said_below) line("hint", seed.hint);
  }
  line("seeds", more_troubles(summary.seeds));
  if (nothing_was_left(summary))
    line("hint", "nothing was left to do; --recrawl visits known pages again");
  line("database", summary.database);
  line("output", summary.output);
  if (!summary.resume.empty()) line("left", what_is_left(summary) + summary.resume);
  return text;
}

std::string summary_json(const Summary& summary) {
  const pipeline::Status& status = summary.status;
  const pipeline::RunTotals& totals = status.totals;
  ordered_json out;
  out["ended"] = summary.ended;
  out["seconds"] = static_cast<double>(status.elapsed.count()) / 1000;
  out["pages"] = totals.pages;
  out["unchanged"] = totals.unchanged;
  out["requests"] = totals.fetches;
  out["retries"] = totals.retries;
  out["redirects"] = totals.redirects;
  out["errors"] = totals.errors;
  out["bytes"] = totals.bytes;
  out["links"] = totals.links;
  out["discovered"] = totals.discovered;
  out["outcomes"] = totals.outcomes;
  out["changes"] = totals.changes;
  out["problems"] = totals.problems;
  out["coverage_drops"] = totals.coverage_drops;
  out["states"] = status.states;
  out["queued"] = state(status, "queued") + state(status, "retry_later");
  out["pruned"] = {{"versions", status.pruned.versions},
                   {"bodies", status.pruned.bodies},
                   {"requests", status.pruned.requests}};
  out["connections"] = summary.fetch.connected;
  ordered_json proxies = ordered_json::array();
  for (const fetch::ProxyRests::Trouble& proxy : summary.fetch.proxies) {
    proxies.push_back({{"proxy", proxy.proxy},
                       {"failures", proxy.failures},
                       {"last", proxy.last},
                       {"resting", proxy.resting}});
  }
  out["failed_proxies"] = std::move(proxies);
  std::uint64_t workers_died = 0;
  double worker_cpu = 0;
  for (const parsers::WorkerCounters& worker : summary.workers) {
    workers_died += worker.died;
    worker_cpu += std::chrono::duration<double>(worker.cpu).count();
  }
  out["workers_died"] = workers_died;
  out["cpu_seconds"] = {{"fetch", std::chrono::duration<double>(status.fetch_cpu).count()},
                        {"parse", std::chrono::duration<double>(status.parse_cpu).count()},
                        {"commit", std::chrono::duration<double>(status.commit_cpu).count()},
                        {"workers", worker_cpu}};
  ordered_json hosts = ordered_json::array();
  for (const frontier::HostSnapshot& host : summary.hosts) {
    hosts.push_back({{"host", host.origin},
                     {"pages", host.pages},
                     {"waiting", host.waiting},
                     {"gap_ms", host.gap.count()},
                     {"latency_ms", static_cast<double>(host.latency.count()) / 1000.0},
                     {"troubles", host.troubles}});
  }
  out["hosts"] = hosts;
  out["seed_troubles"] = told(summary.seeds.told);
  out["seed_troubles_more"] = summary.seeds.more;
  out["database"] = summary.database;
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace crawld::cli
