#include "tests/support/simulation.h"

#include <algorithm>
#include <stdexcept>

#include "crawler/pipeline/fetch_stage.h"
#include "crawler/pipeline/parse_stage.h"
#include "parsers/gumbo_parser.h"

namespace crawld::tests {
namespace {

pipeline::SiteTable compiled(const config::Config& config, pipeline::RunMode mode) {
  auto table = pipeline::compile_sites(config, mode);
  if (!table) throw std::runtime_error(table.error().message);
  return *std::move(table);
}

}  // namespace

config::Site quick_site(std::vector<std::string> seeds) {
  config::Site site;
  site.name = "test";
  site.seeds = std::move(seeds);
  site.delay = std::chrono::milliseconds(0);
  site.jitter = 0;
  site.autothrottle.enabled = false;
  return site;
}

Simulation::Simulation(config::Config config, ScriptedWeb& web, ManualClock& clock,
                       storage::PageStore& store, pipeline::RunMode mode, Recrawl recrawl,
                       std::size_t batch_pages)
    : config_(std::move(config)),
      mode_(mode),
      web_(web),
      clock_(clock),
      store_(store),
      sites_(compiled(config_, mode)),
      frontier_(pipeline::frontier_settings(config_, mode), {.page_limit = config_.limits.pages}),
      commit_(store, frontier_, sites_, clock,
              {.batch = {.settled = batch_pages},
               .recurring = mode.recurring,
               .recrawl = recrawl == Recrawl::yes}),
      pace_(frontier_, sites_) {
  std::vector<std::string> names;
  for (const config::Site& site : config_.sites) names.push_back(site.name);
  (void)store_.begin_run({.command = "simulation", .version = {}, .sites = names});
  (void)commit_.load();
  const auto table = sites_.table();
  pipeline::Injections seeds;
  for (model::SiteId id = 0; id < config_.sites.size(); ++id) {
    for (const std::string_view seed : config_.sites[id].seeds) {
      const model::Url url = *model::Url::parse(seed);
      seeds.all.push_back({.url = (*table)[id]->canonicalizer.canonicalize(url), .site = id});
    }
  }
  commit_.add(std::move(seeds));
}

void Simulation::run(std::size_t requests, std::chrono::milliseconds time) {
  const std::size_t most = web_.log().size() + requests;
  const std::chrono::milliseconds until = clock_.elapsed() + time;
  while (web_.log().size() < most && clock_.elapsed() < until) {
    if (!turn(until)) break;
  }
}

// One step of the crawl, or of the clock when there is nothing to do, but not beyond `until`.
// False at the end.
bool Simulation::turn(std::chrono::milliseconds until) {
  static parsers::GumboParser parser;
  pipeline::FetchStage fetch(frontier_, web_, sites_, clock_);
  pipeline::ParseStage parse(
      parser, sites_, clock_,
      {.robots_agent = "crawld", .forbidden_address = [](const model::Url&) { return false; }});
  (void)commit_.follow_wall_clock();
  pace_.turn(clock_.wall());
  commit_.turn_logins();
  commit_.check_site_limits(clock_.now());
  pipeline::FetchTurn turn = fetch.step();
  fetch.release();
  if (!turn.refusals.empty()) commit_.add(pipeline::Refusals{std::move(turn.refusals)});
  if (turn.fetched) commit_.add(parse.step(*std::move(turn.fetched)));
  if (!turn.nothing) {
    if (commit_.flush_due(clock_.now(), 0)) (void)commit_.flush();
    return true;
  }
  if (commit_.flush_at() || frontier_.wants_refill()) {
    (void)commit_.flush();
    return true;
  }
  if (commit_.next_due() && *commit_.next_due() <= clock_.wall()) {
    (void)commit_.take_due();
    return true;
  }
  if ((commit_.finished() || commit_.only_lost_logins_wait()) && !mode_.recurring) {
    finished_ = true;
    return false;
  }
  base::Instant next = base::Instant::max();
  if (const auto opening = frontier_.next_opening()) next = std::min(next, *opening);
  if (const auto due = commit_.next_due())
    next = std::min(next, clock_.now() + (*due - clock_.wall()));
  if (const auto login = commit_.logins().next_turn()) next = std::min(next, *login);
  const bool waits = frontier_.counts().waiting > 0;
  if (const auto change = pace_.next_change(); change && waits)
    next = std::min(next, clock_.now() + (*change - clock_.wall()));
  if (next == base::Instant::max()) return false;
  next = std::max(next, clock_.now() + std::chrono::milliseconds(1));
  clock_.advance_to(std::min(next, clock_.now() + (until - clock_.elapsed())));
  return true;
}

std::string Simulation::state(const std::string& url) const {
  const model::UrlId id = store_.seen().find(url);
  const auto rows = store_.urls(std::vector<model::UrlId>{id});
  return !rows || rows->empty() ? "unknown" : std::string(to_string(rows->front().state));
}

void Simulation::reload(config::Config config, pipeline::Rejudgements news) {
  config_ = std::move(config);
  sites_.replace(compiled(config_, mode_));
  frontier_.set_sites(pipeline::frontier_settings(config_, mode_));
  commit_.add(std::move(news));
  (void)commit_.rejudge();
}

}  // namespace crawld::tests
