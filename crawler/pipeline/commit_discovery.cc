// CommitStage: URLs that are new to the books, and their hosts.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "crawler/pipeline/commit_stage.h"
#include "crawler/pipeline/list_metadata.h"
#include "crawler/pipeline/robots_step.h"

namespace crawld::pipeline {
namespace {

using base::Status;
using frontier::Candidate;
using model::Verdict;

constexpr std::chrono::hours kLongestRules{24};  // RFC 9309 section 2.4

constexpr int kBeforeAll = 1;  // others of a line have the priority 0

// What a discovery is in the books.
struct Booked {
  model::UrlId id;
  model::HostId host;
  model::SiteId site;
  model::UrlId parent;
  bool with_metadata;
};

Candidate candidate_of(const model::Discovered& found, const Booked& booked) {
  return {.url_id = booked.id,
          .host_id = booked.host,
          .request = {.url = found.url,
                      .purpose = found.purpose,
                      .site = booked.site,
                      .depth = found.depth,
                      .redirects = found.redirects,
                      .parent = booked.parent,
                      .with_metadata = booked.with_metadata}};
}

}  // namespace

void CommitStage::discover(model::Settled& settled) {
  if (const auto* page = std::get_if<model::ParsedPage>(&settled.parsed.page)) {
    totals_.links += page->links.size();
  }
  const auto& found = settled.discovered;
  if (found.empty()) return;
  const model::Lease& lease = settled.parsed.fetched.lease;
  std::vector<std::uint64_t> hashes(found.size());
  std::vector<model::UrlId> known(found.size());
  storage::SeenIndex& seen = store_.seen();
  for (std::size_t i = 0; i < found.size(); ++i) hashes[i] = seen.hash_of(found[i].url.href());
  seen.find(hashes, known);
  std::vector<Candidate> offers;
  std::vector<Again> again;
  std::optional<std::string> carried;  // looked up for the first new URL only
  bool left_out = false;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const model::SiteId site = found[i].site.value_or(lease.request.site);
    if (known[i] == 0) {
      if (!carried) carried = metadata_of(lease);
      if (!enter(found[i], hashes[i], site, lease.url_id, *carried, offers)) left_out = true;
      continue;
    }
    if (options_.recurring && found[i].lastmod > 0) news_.emplace_back(known[i], found[i].lastmod);
    if (found[i].state != Verdict::queued || !too_deep_.has(known[i])) continue;
    again.push_back({found[i], known[i], site});
  }
  if (left_out && settled.reason.empty()) settled.reason = kUrlsLeftOut;
  if (!again.empty()) admit_nearer(again, lease.url_id, offers);
  if (!offers.empty()) frontier_.offer(std::move(offers));
}

// Found again on a shorter way than the one that was refused: by this run, or by one before.
void CommitStage::admit_nearer(const std::vector<Again>& known, model::UrlId parent,
                               std::vector<Candidate>& offers) {
  std::vector<Candidate> admitted;
  for (const auto& [found, id, site] : known) {
    const auto row = row_of(id);
    if (!row) continue;
    const bool refused = row->state == Verdict::too_deep && too_deep_.has(id);
    if (refused && found.depth >= row->depth) continue;
    too_deep_.remove(id);
    if (!refused) continue;
    states_.move(Verdict::too_deep, Verdict::queued);
    if (row->site != site) batch_.site_moves.push_back({id, site});
    batch_.nearer.push_back(
        {.id = id, .depth = found.depth, .redirects = found.redirects, .parent = parent});
    batch_.updates.push_back({.id = id, .state = Verdict::queued});
    const model::HostId host = host_of(found.url, site);
    admitted.push_back(candidate_of(found, {id, host, site, parent, row->with_metadata}));
  }
  queue_.remember(admitted, batch_);
  std::move(admitted.begin(), admitted.end(), std::back_inserter(offers));
}

// What the URL list said of a URL; its children inherit it.
std::string CommitStage::metadata_of(const model::Lease& lease) {
  if (!lease.request.with_metadata && !said_anew_) return {};
  return pipeline::metadata_of(store_, batch_, lease.url_id);
}

// Each start says of its seeds what the one before said.
void CommitStage::say_anew(model::UrlId known, std::string metadata) {
  const std::size_t size = metadata.size() + 64;
  if (!pipeline::say_anew(store_, batch_, known, std::move(metadata))) return;
  said_anew_ = true;
  fill_.add_bytes(size);
}

bool CommitStage::enter(const model::Discovered& found, std::uint64_t hash, model::SiteId site,
                        model::UrlId parent, std::string metadata, std::vector<Candidate>& offers) {
  Verdict state = found.state;
  std::string reason = found.reason;
  if (found.purpose == model::Purpose::sitemap && state == Verdict::queued &&
      !sitemap_bounds_.take_sitemap(site)) {
    state = Verdict::over_budget;
    reason = "sitemaps";
  }
  const bool by_sitemap = found.hop == 'M';
  if (by_sitemap && state != Verdict::queued && !sitemap_bounds_.take_refused(site)) return false;
  storage::NewUrl row{
      .id = ids_.url++,
      .hash = hash,
      // The frontier needs no host that has nothing to fetch.
      .host = state == Verdict::queued ? host_of(found.url, site) : booked_host(found.url),
      .site = site,
      .url = found.url.href(),
      .state = state,
      .reason = std::move(reason),
      .depth = found.depth,
      .redirects = found.redirects,
      .hop = found.hop,
      .purpose = found.purpose,
      .parent = parent,
      .metadata = std::move(metadata)};
  store_.seen().insert(hash, row.id);
  ++totals_.discovered;
  states_.add(row.state);
  fill_.add_bytes(row.url.size() + 64);
  if (row.state == Verdict::too_deep) too_deep_.add(row.id);
  if (row.state == Verdict::queued) {
    offers.push_back(candidate_of(found, {row.id, row.host, site, parent, !row.metadata.empty()}));
  }
  batch_.new_urls.push_back(std::move(row));
  return true;
}

model::HostId CommitStage::booked_host(const model::Url& url) {
  if (!url.crawlable()) return 0;
  const std::string origin = url.origin();
  model::HostId id = hosts_.find(origin);
  if (id == 0) {
    id = ids_.host++;
    hosts_.add(id, origin);
  }
  return id;
}

model::HostId CommitStage::host_of(const model::Url& url, model::SiteId site) {
  const model::HostId id = booked_host(url);
  if (id != 0) ensure_host(id, site);
  return id;
}

// Of a row in the books.
std::optional<Candidate> CommitStage::candidate(const storage::QueuedUrl& row) {
  auto url = model::Url::parse(row.url);
  if (!url || !url->crawlable() || row.site == storage::kNoSite) return std::nullopt;
  const model::HostId host = host_of(*url, row.site);
  const bool reread = link_rules_.are_newer_than(row.visited_at, row.site);
  return Candidate{.url_id = row.id,
                   .host_id = host,
                   .request = {.url = *std::move(url),
                               .purpose = row.purpose,
                               .site = row.site,
                               .depth = row.depth,
                               .redirects = row.redirects,
                               .attempt = row.attempts,
                               .validators = reread ? model::Validators() : row.validators,
                               .history = {.visits = row.visits,
                                           .changes = row.changes,
                                           .changed_at = row.changed_at,
                                           .visited_at = row.visited_at,
                                           .interval = row.interval,
                                           .content_hash = row.content_hash,
                                           .status = row.status,
                                           .compared = row.compared},
                               .parent = row.parent,
                               .with_metadata = row.with_metadata},
                   .priority = logins_.is_on_trial(row.site, row.id) ? kBeforeAll : 0};
}

// Hands the host to the frontier with the clocks and the rules that are stored of it,
// so that a restart neither bursts nor asks again what it knows. Where the wall clock was put
// back meanwhile, what is stored may lie days away: nothing closes a host for longer than rules do.
void CommitStage::ensure_host(model::HostId id, model::SiteId site) {
  if (frontier_.knows_host(id)) return;
  const storage::HostState& state = hosts_.get(id);
  const auto instant_of = [&](storage::Millis at, std::chrono::milliseconds most) {
    const std::chrono::milliseconds ahead = base::from_millis(at) - clock_.wall();
    return clock_.now() + std::clamp(ahead, -most, most);
  };
  const auto table = sites_.table();
  const std::chrono::milliseconds longest =
      site < table->size() ? longest_wait((*table)[site]->config) : kLongestRules;
  auto past = past_pages_.take(id);
  frontier_.add_host(
      {.id = id,
       .origin = state.origin,
       .site = site,
       .opens_at =
           state.next_allowed > 0 ? instant_of(state.next_allowed, longest) : base::Instant::min(),
       .adaptive_delay = state.delay,
       .latency = state.latency,
       .troubles = state.failures,
       .pages = past ? past->all : state.pages,
       .pages_by_prefix = past ? std::move(past->by_prefix) : frontier::PagesByPrefix()});
  if (state.robots_version == 0 || state.robots_expires_at <= base::to_millis(clock_.wall()))
    return;
  const auto text = store_.robots_text(state.robots_version);
  if (!text) return;
  const bool named = site < table->size() && !(*table)[site]->robots_agent.empty();
  auto robots = restore_robots(*text, state.robots_status,
                               named ? (*table)[site]->robots_agent : options_.robots_agent,
                               instant_of(state.robots_expires_at, kLongestRules));
  // Whoever asks for everything anew does not want yesterday's "no answer".
  if (!robots || (options_.recrawl && robots->refuse_all)) return;
  robots->version = state.robots_version;
  frontier_.set_robots(id, *std::move(robots));
}

}  // namespace crawld::pipeline
