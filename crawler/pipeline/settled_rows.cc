#include "crawler/pipeline/settled_rows.h"

#include <algorithm>
#include <utility>

#include "crawler/base/ascii.h"

namespace crawld::pipeline {

using model::Verdict;

namespace {

// A page that was cut off is kept, but does not take the place of a whole one.
bool supersedes(const model::Settled& settled) {
  const auto* response = settled.parsed.fetched.response();
  return response == nullptr || !response->truncated || settled.change == model::Change::first_seen;
}

// An archive tells of these, too, though they store no page. A redirect that nobody sent is none.
bool is_kept_answer(const model::Settled& settled) {
  if (settled.parsed.answer) return true;
  if (settled.parsed.fetched.response()->by_hsts) return false;
  return settled.parsed.fetched.lease.request.purpose == model::Purpose::page &&
         (settled.verdict == Verdict::redirected || settled.verdict == Verdict::gone);
}

constexpr std::size_t kMostHeaderBytes = 16U << 10;

// In their order, but for those that are too much. Where a redirect leads always comes first in
// what room there is; without it the others say nothing.
model::Headers kept_headers(const model::Headers& headers) {
  const auto is_location = [](const auto& header) {
    return base::equals_ignoring_case(header.first, "Location");
  };
  std::size_t room = kMostHeaderBytes;
  for (const auto& header : headers.all()) {
    if (!is_location(header)) continue;
    if (header.first.size() + header.second.size() > room) return {};
    room -= header.first.size() + header.second.size();
  }
  model::Headers kept;
  for (const auto& header : headers.all()) {
    const std::size_t size = header.first.size() + header.second.size();
    if (!is_location(header)) {
      if (size > room) continue;
      room -= size;
    }
    kept.add(header.first, header.second);
  }
  return kept;
}

}  // namespace

bool is_visit(Verdict verdict) {
  switch (verdict) {
    case Verdict::done:
    case Verdict::not_modified:
    case Verdict::redirected:
    case Verdict::gone:
    case Verdict::parse_error:
    case Verdict::skipped:
      return true;
    case Verdict::queued:
    case Verdict::retry_later:
    case Verdict::failed:
    case Verdict::disallowed:
    case Verdict::out_of_scope:
    case Verdict::too_deep:
    case Verdict::trapped:
    case Verdict::over_budget:
    case Verdict::blocked:
      return false;
  }
  return false;
}

storage::Visit visit_row(const model::Settled& settled) {
  const model::Request& request = settled.parsed.fetched.lease.request;
  const model::History& history = request.history;
  const bool news = settled.change == model::Change::first_seen ||
                    settled.change == model::Change::changed ||
                    settled.change == model::Change::moved;
  storage::Visit visit{
      .url_id = settled.parsed.fetched.lease.url_id,
      .visited_at = base::to_millis(settled.parsed.fetched.fetched_at),
      .validators = request.validators,
      .content_hash = history.content_hash,
      .compared = history.compared,
      .interval = settled.interval,
      .visits = history.visits + 1,
      .changes = history.changes + (news ? 1U : 0U),
      .changed_at = news ? base::to_millis(settled.parsed.fetched.fetched_at) : history.changed_at};
  if (const auto* response = settled.parsed.fetched.response()) {
    visit.status = response->status;
    if (!supersedes(settled)) {
      // What was cut off says nothing of the version that stays.
    } else if (response->truncated) {
      visit.validators = {};  // RFC 9111 section 3.3: a 304 would keep it cut off for ever
    } else if (settled.verdict == Verdict::done || settled.verdict == Verdict::not_modified) {
      const auto take = [&](std::string& into, std::string_view name) {
        const std::string_view value = response->headers.get(name);
        if (!value.empty() || response->status != 304) into = value;
      };
      take(visit.validators.etag, "ETag");
      take(visit.validators.last_modified, "Last-Modified");
    }
  }
  if (const auto* page = std::get_if<model::ParsedPage>(&settled.parsed.page);
      page != nullptr && supersedes(settled) &&
      (settled.store_page || request.purpose == model::Purpose::sitemap)) {
    visit.content_hash = page->content_hash;
    visit.compared = settled.compared;
  }
  return visit;
}

storage::FetchRow request_row(const model::Fetched& fetched, std::uint64_t id) {
  storage::FetchRow row{.id = id,
                        .url_id = fetched.lease.url_id,
                        .started_at = base::to_millis(fetched.fetched_at),
                        .attempt = fetched.lease.request.attempt,
                        .timings = fetched.timings};
  if (const auto* response = fetched.response()) {
    row.status = response->status;
    row.remote_address = response->remote_address;
    row.http_version = response->http_version;
  }
  return row;
}

storage::FetchRow fetch_row(const model::Settled& settled, std::uint64_t id, storage::PageId page) {
  const model::Fetched& fetched = settled.parsed.fetched;
  storage::FetchRow row = request_row(fetched, id);
  row.outcome = to_string(settled.verdict);
  row.detail = settled.reason;
  row.change = settled.change;
  row.page_id = page;
  if (const auto* failure = fetched.failure()) {
    row.outcome = to_string(failure->kind);
    row.detail = failure->detail;
  } else {
    if (is_kept_answer(settled)) row.headers = kept_headers(fetched.response()->headers);
    if (const auto& answer = settled.parsed.answer) {
      row.body = answer->packed_body;
      row.body_size = answer->body_size;
      row.truncated = fetched.response()->truncated;
      row.broke_off = fetched.response()->broke_off;
    }
    if (settled.verdict == Verdict::redirected) {
      const std::string_view location = fetched.response()->headers.get("Location");
      const auto target = fetched.lease.request.url.resolve(location);
      row.detail = target ? target->href() : std::string(location);
      row.detail.resize(std::min<std::size_t>(row.detail.size(), 2'048));
    }
  }
  const auto* page_read = std::get_if<model::ParsedPage>(&settled.parsed.page);
  const bool of_sitemap = fetched.lease.request.purpose == model::Purpose::sitemap;
  if (of_sitemap && page_read != nullptr && !page_read->sitemap.error.empty()) {
    row.detail = page_read->sitemap.error;
  }
  if (const auto* failure = std::get_if<model::ParseFailure>(&settled.parsed.page)) {
    row.outcome = to_string(failure->kind);
    row.detail = failure->detail;
  }
  return row;
}

storage::StoredPage stored_page(model::Settled settled, storage::PageId id,
                                const SiteTable& sites) {
  const model::Lease& lease = settled.parsed.fetched.lease;
  const bool takes_place = supersedes(settled);
  storage::StoredPage stored{.id = id,
                             .url_id = lease.url_id,
                             .site = lease.request.site,
                             .parsed = std::move(settled.parsed),
                             .change = settled.change,
                             .supersedes = takes_place};
  if (const auto* response = stored.parsed.fetched.response()) {
    stored.body_bytes = std::max<std::uint64_t>(response->body_size, response->body.size());
  }
  if (stored.site < sites.size()) {
    const SiteRules& rules = *sites[stored.site];
    stored.rule_set_hash = rules.rule_set_hash;
    stored.store_body = rules.config.store_body;
    stored.store_text = rules.config.store_text;
  }
  return stored;
}

std::size_t batch_weight(const model::Settled& settled) {
  std::size_t bytes = 512;
  if (const auto* page = std::get_if<model::ParsedPage>(&settled.parsed.page)) {
    bytes += page->packed_body.bytes.size() + page->text.size() + page->main_text.size() +
             page->markdown.size();
    for (const model::Link& link : page->links) {
      bytes += sizeof(link) + link.url.size() + link.text.size();
    }
  }
  if (const auto* failure = std::get_if<model::ParseFailure>(&settled.parsed.page)) {
    bytes += failure->body.packed_body.bytes.size();
  }
  if (const auto* response = settled.parsed.fetched.response()) bytes += response->body.size();
  return bytes;
}

}  // namespace crawld::pipeline
