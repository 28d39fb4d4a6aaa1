// CommitStage: what a host's robots.txt said, and URLs that were refused without a request.
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/robots_step.h"
#include "crawler/pipeline/settled_rows.h"

namespace crawld::pipeline {
namespace {

using base::WallTime;
using model::Verdict;
using std::chrono::milliseconds;

constexpr std::chrono::hours kSoonest{1};  // that a host which could not be had is asked again
constexpr std::chrono::hours kLatest{24};

// No page of the host could be had; what a rule or a budget refuses is no trouble of the visit.
bool is_problem(const frontier::Refusal& refusal) {
  return refusal.verdict == Verdict::failed || refusal.verdict == Verdict::blocked ||
         refusal.until.has_value();
}

// Which robots.txt, and what was wrong with it: no page of the host will say so.
std::string for_people(const RobotsReply& reply) {
  const std::string url = reply.fetched.lease.request.url.href();
  const auto* failure = reply.fetched.failure();
  return failure == nullptr || failure->detail.empty() ? url : url + ": " + failure->detail;
}

}  // namespace

void CommitStage::book(RobotsReply reply) {
  const model::Lease lease = reply.fetched.lease;
  keep_hsts(reply.fetched);
  storage::FetchRow row = request_row(reply.fetched, ids_.fetch++);
  row.outcome = reply.outcome;
  row.detail = for_people(reply);
  batch_.fetches.push_back(std::move(row));
  if (reply.aborted) {
    // Nothing was learnt.
  } else if (reply.follow) {
    frontier_.ask_robots(host_of(*reply.follow, lease.request.site),
                         {.robots_for = lease.robots_for,
                          .url = *reply.follow,
                          .hops = static_cast<std::uint16_t>(lease.request.redirects + 1),
                          .attempt = lease.request.attempt});
  } else if (reply.ask_again) {
    // Of the host that answered so, which a redirect may have made another one.
    frontier_.close_host_until(lease.host_id, *reply.ask_again);
    frontier_.ask_robots(lease.host_id,
                         {.robots_for = lease.robots_for,
                          .url = lease.request.url,
                          .hops = lease.request.redirects,
                          .attempt = static_cast<std::uint16_t>(lease.request.attempt + 1)});
  } else {
    keep_robots(std::move(reply));
  }
  frontier_.settled(lease, false);
}

void CommitStage::keep_robots(RobotsReply reply) {
  const model::Lease& lease = reply.fetched.lease;
  const WallTime now = clock_.wall();
  storage::HostState& state = hosts_.change(lease.robots_for);
  if (reply.robots.refuse_all) {
    reply.robots.expires =
        std::max(reply.robots.expires, clock_.now() + longer_refusal(state, lease.request.site));
  }
  state.robots_status = status_to_keep(reply);
  state.robots_fetched_at = base::to_millis(now);
  state.robots_expires_at = base::to_millis(wall_of(reply.robots.expires));
  const auto before = store_.robots_text(state.robots_version);
  if (state.robots_version == 0 || !before || *before != reply.text) {
    const XXH64_hash_t hash = XXH3_64bits(reply.text.data(), reply.text.size());
    state.robots_version = ids_.robots++;
    batch_.robots.push_back({.id = state.robots_version,
                             .host = lease.robots_for,
                             .fetched_at = state.robots_fetched_at,
                             .status = state.robots_status,
                             .text = reply.text,
                             .hash = std::to_string(hash)});
  }
  reply.robots.version = state.robots_version;
  frontier_.set_robots(lease.robots_for, std::move(reply.robots));
  Injections sitemaps;
  if (reply.usual_sitemap) {
    auto usual = model::Url::parse(state.origin + "/sitemap.xml");
    if (usual) reply.sitemaps.push_back(*std::move(usual));
  }
  const auto table = sites_.table();
  const model::SiteId site = lease.request.site;
  for (model::Url& url : reply.sitemaps) {
    if (site < table->size()) url = (*table)[site]->canonicalizer.canonicalize(url);
    sitemaps.all.push_back(
        {.url = std::move(url), .site = site, .purpose = model::Purpose::sitemap});
  }
  book(std::move(sitemaps));
}

// A host that goes on refusing is asked half as often each time, but at each beat of its site.
milliseconds CommitStage::longer_refusal(const storage::HostState& before,
                                         model::SiteId site) const {
  if (before.robots_version == 0 || !refuses(before.robots_status)) return kSoonest;
  const milliseconds last(before.robots_expires_at - before.robots_fetched_at);
  const milliseconds longer = std::clamp<milliseconds>(2 * last, kSoonest, kLatest);
  const auto table = sites_.table();
  if (site >= table->size() || (*table)[site]->settle.schedule.continuous()) return longer;
  const auto beat = (*table)[site]->settle.schedule.next(clock_.wall()) - clock_.wall();
  return std::max<milliseconds>(kSoonest, std::min(longer, std::chrono::ceil<milliseconds>(beat)));
}

void CommitStage::book(const Refusals& refusals) {
  const auto table = sites_.table();
  for (const frontier::Refusal& refusal : refusals.all) {
    if (refusal.url_id == 0) {
      refuse_login(refusal);
      continue;
    }
    states_.move(Verdict::queued, refusal.verdict);
    ++totals_.outcomes[std::string(to_string(refusal.verdict))];
    if (is_problem(refusal)) ++totals_.problems[refusal.reason];
    if (refusal.verdict == Verdict::failed) {
      ++totals_.errors;
      limits_.count_failed(refusal.site);
    }
    storage::UrlUpdate update{
        .id = refusal.url_id, .state = refusal.verdict, .reason = refusal.reason};
    // robots.txt, a dead host, a forbidden address and a used-up budget are of today: a daemon asks
    // again.
    if (options_.recurring && refusal.site < table->size()) {
      const policy::SettlePolicy& policy = (*table)[refusal.site]->settle;
      const WallTime again =
          refusal.until ? std::min(wall_of(*refusal.until) + milliseconds(1),
                                   next_look(policy, policy.default_interval, clock_.wall()))
                        : clock_.wall() + policy.default_interval;
      update.due_at = base::to_millis(again);
      due_.plan(again);
    }
    batch_.updates.push_back(std::move(update));
  }
  frontier_.booked_refusals(refusals.all);
}

}  // namespace crawld::pipeline
