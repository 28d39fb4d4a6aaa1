#include "storage/memory_store.h"

#include <algorithm>

namespace crawld::storage {

base::Result<RunId> MemoryStore::begin_run(const RunStart& start) {
  sites_ = start.sites.size();
  // A run that was cut off knew URLs that it never put: a new run knows what was put.
  seen_ = std::make_unique<SeenIndex>();
  for (const auto& [id, url] : known_) seen_->insert(url.hash, id);
  runs_.emplace_back();
  return static_cast<RunId>(runs_.size());
}

base::Status MemoryStore::set_sites(const std::vector<std::string>& names,
                                    const std::set<model::SiteId>& /*left*/) {
  sites_ = names.size();
  return base::Done{};
}

base::Status MemoryStore::put(const CommitBatch& batch) {
  for (const HostState& host : batch.hosts) {
    hosts_[host.id] = host;
    next_.host = std::max(next_.host, host.id + 1);
  }
  for (const RobotsVersion& version : batch.robots) {
    robots_[version.id] = version;
    next_.robots = std::max(next_.robots, version.id + 1);
  }
  for (const NewUrl& url : batch.new_urls) {
    if (known_.emplace(url.id, url).second) {
      updates_[url.id] = {url.id, url.state, url.reason, 0, url.due_at};
    }
    next_.url = std::max(next_.url, url.id + 1);
  }
  change_known(batch);
  if (batch.ends_recrawl) {
    std::erase_if(recrawled_, [this](model::SiteId site) { return site < sites_; });
  }
  for (const UrlUpdate& update : batch.updates) {
    if (known_.contains(update.id)) updates_[update.id] = update;
  }
  for (const Visit& visit : batch.visits) visits_[visit.url_id] = visit;
  for (const StoredPage& page : batch.pages) {
    pages_.insert_or_assign(page.id, page);
    next_.page = std::max(next_.page, page.id + 1);
  }
  for (const FetchRow& row : batch.fetches) {
    fetches_[row.id] = row;
    next_.fetch = std::max(next_.fetch, row.id + 1);
  }
  for (const SiteCoverage& item : batch.coverage) coverage_[item.site] = item.rounds_json;
  for (const SiteLinkRules& item : batch.link_rules) link_rules_[item.site] = item.since_and_rules;
  moved_seeds_.insert(moved_seeds_.end(), batch.moved_seeds.begin(), batch.moved_seeds.end());
  for (const model::HstsHost& host : batch.hsts_hosts) keep(host);
  for (const LinkChange& orphan : batch.orphaned) {
    orphans_.insert(orphan.url_id);
    next_.fetch = std::max(next_.fetch, orphan.id + 1);
  }
  for (const LinkChange& adopted : batch.adopted) {
    orphans_.erase(adopted.url_id);
    next_.fetch = std::max(next_.fetch, adopted.id + 1);
  }
  for (const model::UrlId id : batch.ended_orphans) orphans_.erase(id);
  for (const QueueChunk& chunk : batch.chunks) {
    chunks_[chunk.id] = chunk;
    next_.chunk = std::max(next_.chunk, chunk.id + 1);
  }
  for (const ChunkId id : batch.finished_chunks) chunks_.erase(id);
  if (batch.horizon != 0) horizon_ = batch.horizon;
  if (batch.has_run && !runs_.empty()) runs_.back() = batch.run;
  return base::Done{};
}

// What becomes known of URLs that were discovered before.
void MemoryStore::change_known(const CommitBatch& batch) {
  for (const SiteMove& move : batch.site_moves) {
    if (const auto url = known_.find(move.id); url != known_.end()) url->second.site = move.site;
  }
  for (const Nearer& nearer : batch.nearer) {
    const auto url = known_.find(nearer.id);
    if (url == known_.end()) continue;
    url->second.depth = nearer.depth;
    url->second.redirects = nearer.redirects;
    url->second.parent = nearer.parent;
  }
  for (const auto& [id, metadata] : batch.metadata) {
    if (const auto url = known_.find(id); url != known_.end()) url->second.metadata = metadata;
  }
}

base::Status MemoryStore::each_host(const std::function<void(const HostState&)>& visit) {
  for (const auto& [id, host] : hosts_) visit(host);
  return base::Done{};
}

base::Status MemoryStore::each_page_url(const VisitPageUrl& visit) {
  for (const auto& [id, page] : pages_) {
    const NewUrl& url = known_.at(page.url_id);
    const bool first = page.change == model::Change::first_seen;
    if (first && url.purpose == model::Purpose::page) visit(url.host, url.site, url.url);
  }
  for (const auto& [id, update] : updates_) {
    const NewUrl& url = known_.at(id);
    const bool waits =
        update.state == model::Verdict::retry_later && url.purpose == model::Purpose::page;
    const bool has_page = std::any_of(pages_.begin(), pages_.end(), [id = id](const auto& page) {
      return page.second.url_id == id;
    });
    if (waits && !has_page) visit(url.host, url.site, url.url);
  }
  return base::Done{};
}

base::Result<std::optional<HostState>> MemoryStore::find_host(std::string_view origin) {
  std::optional<HostState> found;
  for (const auto& [id, host] : hosts_) {
    if (host.origin == origin) found = host;
  }
  return found;
}

base::Result<std::optional<HostState>> MemoryStore::host(model::HostId id) {
  const auto found = hosts_.find(id);
  return found == hosts_.end() ? std::nullopt : std::optional<HostState>(found->second);
}

base::Result<std::string> MemoryStore::robots_text(std::uint64_t version) {
  const auto found = robots_.find(version);
  return found == robots_.end() ? std::string() : found->second.text;
}

base::Result<std::string> MemoryStore::metadata(model::UrlId id) {
  const auto found = known_.find(id);
  return found == known_.end() ? std::string() : found->second.metadata;
}

base::Result<std::vector<ChunkInfo>> MemoryStore::chunks() {
  std::vector<ChunkInfo> list;
  for (const auto& [id, chunk] : chunks_) {
    ChunkInfo& info =
        list.emplace_back(ChunkInfo{id, chunk.host, static_cast<std::uint32_t>(chunk.ids.size()),
                                    chunk.ids.empty() ? 0 : chunk.ids.front()});
    const auto url = known_.find(info.first);
    if (url == known_.end()) continue;
    const auto visit = visits_.find(info.first);
    info.site = url->second.site < sites_ ? url->second.site : kNoSite;
    info.visited = visit != visits_.end() && visit->second.visits > 0;
  }
  return list;
}

QueuedUrl MemoryStore::queued(const NewUrl& url) const {
  const UrlUpdate& update = updates_.at(url.id);
  QueuedUrl row;
  row.id = url.id;
  row.host = url.host;
  row.site = url.site < sites_ ? url.site : kNoSite;
  row.url = url.url;
  row.state = update.state;
  row.purpose = url.purpose;
  row.depth = url.depth;
  row.redirects = url.redirects;
  row.attempts = update.attempts;
  row.hop = url.hop;
  row.parent = url.parent;
  row.with_metadata = !url.metadata.empty();
  row.due_at = update.due_at;
  if (const auto found = visits_.find(url.id); found != visits_.end()) {
    const Visit& visit = found->second;
    row.validators = visit.validators;
    row.content_hash = visit.content_hash;
    row.compared = visit.compared;
    row.interval = visit.interval;
    row.visits = visit.visits;
    row.changes = visit.changes;
    row.changed_at = visit.changed_at;
    row.visited_at = visit.visited_at;
    row.status = visit.status;
  }
  return row;
}

base::Result<std::vector<QueuedUrl>> MemoryStore::take_chunk(ChunkId id) {
  std::vector<QueuedUrl> rows;
  const auto found = chunks_.find(id);
  if (found == chunks_.end()) return rows;
  for (const model::UrlId url : found->second.ids) {
    if (known_.contains(url) && state_of(url) == model::Verdict::queued) {
      rows.push_back(queued(known_.at(url)));
    }
  }
  return rows;
}

base::Result<std::vector<QueuedUrl>> MemoryStore::queued_from(model::UrlId from,
                                                              std::size_t limit) {
  std::vector<QueuedUrl> rows;
  for (auto at = known_.lower_bound(from); at != known_.end() && rows.size() < limit; ++at) {
    if (state_of(at->first) == model::Verdict::queued) rows.push_back(queued(at->second));
  }
  return rows;
}

base::Result<std::vector<QueuedUrl>> MemoryStore::due(Millis now, std::size_t limit,
                                                      DueCursor after) {
  std::vector<QueuedUrl> rows;
  for (const auto& [id, update] : updates_) {
    const bool later = std::pair(update.due_at, id) > std::pair(after.at, after.id);
    if (update.due_at != 0 && update.due_at <= now && later) rows.push_back(queued(known_.at(id)));
  }
  std::sort(rows.begin(), rows.end(), [](const QueuedUrl& a, const QueuedUrl& b) {
    return std::pair(a.due_at, a.id) < std::pair(b.due_at, b.id);
  });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

base::Result<std::optional<Millis>> MemoryStore::next_due(Millis after) {
  std::optional<Millis> next;
  for (const auto& [id, update] : updates_) {
    if (update.due_at <= after || update.due_at == 0) continue;
    next = std::min(next.value_or(update.due_at), update.due_at);
  }
  return next;
}

base::Result<std::vector<SiteCoverage>> MemoryStore::coverage() {
  std::vector<SiteCoverage> all;
  for (const auto& [site, rounds] : coverage_) all.push_back({site, rounds});
  return all;
}

base::Result<std::vector<SiteLinkRules>> MemoryStore::link_rules() {
  std::vector<SiteLinkRules> all;
  for (const auto& [site, rules] : link_rules_) all.push_back({site, rules});
  return all;
}

void MemoryStore::keep(const model::HstsHost& host) {
  hsts_hosts_[host.name] = host;
  std::erase_if(hsts_hosts_, [&](const auto& known) { return known.second.until <= host.told_at; });
}

base::Result<std::vector<model::HstsHost>> MemoryStore::hsts_hosts() {
  std::vector<model::HstsHost> all;
  for (const auto& [name, host] : hsts_hosts_) all.push_back(host);
  return all;
}

base::Result<MemoryStore::RecordsByRule> MemoryStore::records_of(model::UrlId id) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [page_id, page] : pages_) {
    if (page.url_id != id || !page.supersedes) continue;
    counts.clear();
    const auto* parsed = std::get_if<model::ParsedPage>(&page.parsed.page);
    if (parsed == nullptr) continue;
    for (const model::Record& record : parsed->records) ++counts[record.rule];
  }
  return RecordsByRule(counts.begin(), counts.end());
}

namespace {

bool may_be_visited_again(const UrlUpdate& url) {
  using model::Verdict;
  switch (url.state) {
    case Verdict::done:
    case Verdict::not_modified:
    case Verdict::redirected:
    case Verdict::gone:
    case Verdict::parse_error:
    case Verdict::skipped:
    case Verdict::failed:
    case Verdict::disallowed:
      return true;
    case Verdict::over_budget:
      return url.reason != "sitemaps";
    case Verdict::queued:
    case Verdict::retry_later:
    case Verdict::out_of_scope:
    case Verdict::too_deep:
    case Verdict::trapped:
    case Verdict::blocked:
      return false;
  }
  return false;
}

}  // namespace

base::Status MemoryStore::make_visited_due(Millis now) {
  for (auto& [id, update] : updates_) {
    const model::SiteId site = known_.at(id).site;
    if (site >= sites_ || recrawled_.contains(site)) continue;
    const bool address = update.reason == "blocked_address";
    if (may_be_visited_again(update) || address) update.due_at = now;
  }
  for (model::SiteId site = 0; site < sites_; ++site) recrawled_.insert(site);
  return base::Done{};
}

base::Status MemoryStore::plan_visits(std::span<const VisitPlan> plans, Millis now) {
  for (const VisitPlan& plan : plans) {
    auto& [run, rhythm] = planned_[plan.site];
    const bool stands = !plan.anew && run + 1 >= runs_.size() && run > 0 && rhythm == plan.rhythm;
    run = runs_.size();
    rhythm = plan.rhythm;
    for (auto& [id, update] : updates_) {
      if (known_.at(id).site != plan.site) continue;
      if (!stands && update.due_at == 0 && may_be_visited_again(update)) {
        update.due_at = planned_visit(id, plan, now);
      }
      if (!stands) update.due_at = std::min(update.due_at, plan.latest);
    }
  }
  return base::Done{};
}

Millis MemoryStore::planned_visit(model::UrlId id, const VisitPlan& plan, Millis now) const {
  if (plan.beat > 0) return plan.beat;
  const auto visit = visits_.find(id);
  if (visit == visits_.end()) return now + plan.interval.count() * 1'000;
  const auto own = visit->second.interval;
  return std::max(
      now, visit->second.visited_at + (own.count() > 0 ? own : plan.interval).count() * 1'000);
}

base::Status MemoryStore::bring_due(Millis now, Millis retry, Millis visit) {
  if (fetches_.empty() || fetches_.rbegin()->second.started_at <= now) return base::Done{};
  for (auto& [id, update] : updates_) {
    if (known_.at(id).site >= sites_) continue;
    const bool waits = update.state == model::Verdict::retry_later;
    update.due_at = std::min(update.due_at, waits ? retry : visit);
  }
  return base::Done{};
}

base::Status MemoryStore::move_due(Millis by) {
  for (auto& [id, update] : updates_) {
    if (update.due_at != 0) update.due_at = std::max<Millis>(update.due_at + by, 1);
  }
  return base::Done{};
}

base::Result<std::vector<QueuedUrl>> MemoryStore::urls(std::span<const model::UrlId> ids) {
  std::vector<QueuedUrl> rows;
  for (const model::UrlId id : ids) {
    if (const auto found = known_.find(id); found != known_.end()) {
      rows.push_back(queued(found->second));
    }
  }
  return rows;
}

base::Result<std::map<std::string, std::uint64_t>> MemoryStore::count_states() {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [id, update] : updates_) ++counts[std::string(model::to_string(update.state))];
  return counts;
}

base::Result<std::vector<SiteCounts>> MemoryStore::count_sites() {
  std::vector<SiteCounts> counts(sites_);
  for (const auto& [id, url] : known_) {
    if (url.site >= sites_) continue;
    SiteCounts& site = counts[url.site];
    const model::Verdict state = state_of(id);
    ++site.known;
    site.queued += state == model::Verdict::queued || state == model::Verdict::retry_later;
    site.retries += state == model::Verdict::retry_later;
    site.pages += state == model::Verdict::done || state == model::Verdict::not_modified;
  }
  return counts;
}

model::Verdict MemoryStore::state_of(model::UrlId id) const {
  const auto found = updates_.find(id);
  return found == updates_.end() ? model::Verdict::queued : found->second.state;
}

std::string MemoryStore::reason_of(model::UrlId id) const {
  const auto found = updates_.find(id);
  return found == updates_.end() ? std::string() : found->second.reason;
}

model::UrlId MemoryStore::id_of(std::string_view href) const {
  for (const auto& [id, url] : known_) {
    if (url.url == href) return id;
  }
  return 0;
}

}  // namespace crawld::storage
