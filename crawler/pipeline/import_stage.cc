#include "crawler/pipeline/import_stage.h"

#include <utility>

#include "crawler/pipeline/list_metadata.h"
#include "crawler/pipeline/settled_rows.h"

namespace crawld::pipeline {
namespace {

constexpr std::size_t kMostUrls = 20'000;  // of a batch

using base::Error;
using base::Status;
using model::Verdict;

model::Request request_for(const ArchivedAnswer& answer,
                           const std::optional<storage::QueuedUrl>& before) {
  model::Request request{
      .url = answer.url, .site = answer.site, .depth = answer.depth, .redirects = answer.redirects};
  if (!before) return request;
  request.depth = before->depth;
  request.redirects = before->redirects;
  request.validators = before->validators;
  request.history = {.visits = before->visits,
                     .changes = before->changes,
                     .changed_at = before->changed_at,
                     .visited_at = before->visited_at,
                     .interval = before->interval,
                     .content_hash = before->content_hash,
                     .compared = before->compared};
  request.parent = before->parent;
  request.with_metadata = before->with_metadata;
  if (before->site != storage::kNoSite) request.site = before->site;
  return request;
}

char hop_of(const ArchivedAnswer& answer) {
  if (!answer.via) return 'S';
  return answer.redirects > 0 ? 'R' : 'L';
}

}  // namespace

std::string_view to_string(ImportFate fate) {
  switch (fate) {
    case ImportFate::stored:
      return "stored";
    case ImportFate::unchanged:
      return "unchanged";
    case ImportFate::noted:
      return "noted";
    case ImportFate::older:
      return "older";
    case ImportFate::passing:
      return "passing";
  }
  return "passing";
}

Status ImportStage::load() {
  ids_ = store_.next_ids();
  return store_.each_host([&](const storage::HostState& state) { hosts_.load(state); });
}

// The row of a URL with its history; what waits in the batch is written first.
base::Result<std::optional<storage::QueuedUrl>> ImportStage::known(const model::Url& url) {
  const model::UrlId id = store_.seen().find(url.href());
  if (Status found = store_.seen().take_failure(); !found) return std::move(found).error();
  if (id == 0) return std::optional<storage::QueuedUrl>();
  if (in_batch_.contains(id)) {
    if (Status flushed = flush(); !flushed) return std::move(flushed).error();
  }
  const model::UrlId ids[] = {id};
  auto rows = store_.urls(ids);
  if (!rows) return std::move(rows).error();
  if (rows->empty()) return Error{Error::Code::corrupt, "URL " + std::to_string(id) + " is lost"};
  return std::optional(std::move(rows->front()));
}

base::Result<ImportFate> ImportStage::take(ArchivedAnswer answer) {
  auto before = known(answer.url);
  if (!before) return std::move(before).error();
  if (*before && (*before)->visited_at >= base::to_millis(answer.fetched_at)) {
    return ImportFate::older;
  }
  model::Fetched fetched{.lease = {.request = request_for(answer, *before)},
                         .outcome = std::move(answer.response),
                         .timings = {},
                         .fetched_at = answer.fetched_at};
  if (*before) {
    fetched.lease.url_id = (*before)->id;
    fetched.lease.host_id = (*before)->host;
  } else {
    fetched.lease.host_id = hosts_.find(answer.url.origin());
  }
  CommitItem item = parse_.step(std::move(fetched));
  auto& settled = std::get<model::Settled>(item);
  // The rest is of its day: it says nothing now.
  if (!is_visit(settled.verdict)) return ImportFate::passing;
  std::get<model::Response>(settled.parsed.fetched.outcome).headers = answer.as_sent;
  const ImportFate fate = book(std::move(settled), answer, !before->has_value());
  if (batch_.visits.size() >= options_.batch_pages || batch_bytes_ >= options_.batch_bytes) {
    if (Status flushed = flush(); !flushed) return std::move(flushed).error();
  }
  return fate;
}

ImportFate ImportStage::book(model::Settled settled, const ArchivedAnswer& answer, bool is_new) {
  model::Lease& lease = settled.parsed.fetched.lease;
  if (is_new) {
    storage::NewUrl row{.site = lease.request.site,
                        .url = {},
                        .state = settled.verdict,
                        .reason = settled.reason,
                        .depth = lease.request.depth,
                        .redirects = lease.request.redirects,
                        .hop = hop_of(answer),
                        .due_at = settled.due_at ? base::to_millis(*settled.due_at) : 0,
                        .metadata = {}};
    if (answer.via) row.parent = store_.seen().find(answer.via->href());
    lease.host_id = host_of(answer.url);
    lease.url_id = enter(std::move(row), answer.url);
  } else {
    batch_.updates.push_back({.id = lease.url_id,
                              .state = settled.verdict,
                              .reason = settled.reason,
                              .due_at = settled.due_at ? base::to_millis(*settled.due_at) : 0});
  }
  in_batch_.insert(lease.url_id);
  if (options_.follow) discover(settled);
  const storage::PageId page = settled.store_page ? ids_.page++ : 0;
  batch_.visits.push_back(visit_row(settled));
  storage::FetchRow fetch = fetch_row(settled, ids_.fetch++, page);
  if (fetch.detail.empty()) fetch.detail = answer.origin;
  batch_bytes_ += fetch.body.bytes.size();
  batch_.fetches.push_back(std::move(fetch));
  if (page == 0) {
    return settled.verdict == Verdict::not_modified ? ImportFate::unchanged : ImportFate::noted;
  }
  ++pages_;
  ++hosts_.change(lease.host_id).pages;
  batch_bytes_ += batch_weight(settled);
  batch_.pages.push_back(stored_page(std::move(settled), page, *sites_.table()));
  return ImportFate::stored;
}

void ImportStage::discover(const model::Settled& settled) {
  const model::Lease& lease = settled.parsed.fetched.lease;
  std::string carried;
  if (lease.request.with_metadata) carried = metadata_of(store_, batch_, lease.url_id);
  for (const model::Discovered& found : settled.discovered) {
    if (store_.seen().find(found.url.href()) != 0) continue;
    enter({.site = found.site.value_or(lease.request.site),
           .url = {},
           .state = found.state,
           .reason = found.reason,
           .depth = found.depth,
           .redirects = found.redirects,
           .hop = found.hop,
           .purpose = found.purpose,
           .parent = lease.url_id,
           .metadata = carried},
          found.url);
  }
}

// Needs: the URL is not known.
model::UrlId ImportStage::enter(storage::NewUrl row, const model::Url& url) {
  row.id = ids_.url++;
  row.url = url.href();
  row.hash = store_.seen().hash_of(row.url);
  row.host = host_of(url);
  store_.seen().insert(row.hash, row.id);
  in_batch_.insert(row.id);
  batch_bytes_ += row.url.size() + 64;
  ++found_;
  batch_.new_urls.push_back(std::move(row));
  return batch_.new_urls.back().id;
}

model::HostId ImportStage::host_of(const model::Url& url) {
  if (!url.crawlable()) return 0;
  const std::string origin = url.origin();
  if (const model::HostId known = hosts_.find(origin); known != 0) return known;
  const model::HostId id = ids_.host++;
  hosts_.add(id, origin);
  return id;
}

base::Result<bool> ImportStage::queue(const model::Url& url, model::SiteId site,
                                      std::string metadata) {
  const model::UrlId id = store_.seen().find(url.href());
  if (Status found = store_.seen().take_failure(); !found) return std::move(found).error();
  if (id != 0) {
    const std::size_t size = metadata.size() + 64;
    if (!say_anew(store_, batch_, id, std::move(metadata))) return false;
    in_batch_.insert(id);
    batch_bytes_ += size;
  } else {
    enter({.site = site, .url = {}, .hop = 'S', .metadata = std::move(metadata)}, url);
  }
  if (in_batch_.size() < kMostUrls && batch_bytes_ < options_.batch_bytes) return id == 0;
  if (Status flushed = flush(); !flushed) return std::move(flushed).error();
  return id == 0;
}

Status ImportStage::flush() {
  // Looked up wrongly, a known URL was entered again: nothing of it may be written.
  if (Status found = store_.seen().take_failure(); !found) return found;
  for (const model::HostId id : hosts_.take_changed()) batch_.hosts.push_back(hosts_.get(id));
  batch_.has_run = true;
  batch_.run.pages = pages_;
  if (Status written = store_.put(batch_); !written) return written;
  batch_ = {};
  batch_bytes_ = 0;
  in_batch_.clear();
  return base::Done{};
}

Status ImportStage::flush_of(const model::Url& url) {
  const model::UrlId id = store_.seen().find(url.href());
  if (!in_batch_.contains(id)) return base::Done{};
  return flush();
}

Status ImportStage::end_run(const std::string& exit) {
  batch_.run.ended_at = base::to_millis(clock_.wall());
  batch_.run.exit = exit;
  return flush();
}

}  // namespace crawld::pipeline
