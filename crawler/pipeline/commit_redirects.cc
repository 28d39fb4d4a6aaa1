// CommitStage: redirects that lead back to where they came from.
//
// Pages behind a cookie wall answer with a redirect that sets a cookie and leads back. libcurl
// follows nothing and a known URL is not asked for twice, so the way back is recognized here: its
// URL is asked for once more, with the cookies that came on the way, and then it is a loop.
#include <utility>

#include "crawler/pipeline/commit_stage.h"

namespace crawld::pipeline {
namespace {

using model::Verdict;

constexpr const char* kLoop = "redirect_loop";

}  // namespace

void CommitStage::resolve_loop(model::Settled& settled) {
  if (settled.verdict != Verdict::redirected) return;
  const model::Lease& lease = settled.parsed.fetched.lease;
  const auto end = [&](Verdict verdict) {
    settled.verdict = verdict;
    settled.reason = kLoop;
    settled.change = model::Change::none;
    settled.discovered.clear();
  };
  if (settled.discovered.empty()) {  // to itself: policy/admit
    if (asked_once_more_.has(lease.url_id, clock_.now())) return end(Verdict::failed);
    asked_once_more_.add(lease.url_id, clock_.now());
    settled.due_at = clock_.wall();
    return end(Verdict::retry_later);
  }
  const model::Url& url = settled.discovered.front().url;
  const model::UrlId target = store_.seen().find(url.href());
  if (target == 0) return;
  const auto row = row_of(target);
  if (!row || row->state != Verdict::redirected) return;
  if (asked_once_more_.has(lease.url_id, clock_.now())) {
    if (is_on_the_way(lease.url_id, row->parent, row->redirects)) end(Verdict::failed);
  } else if (is_on_the_way(target, lease.request.parent, lease.request.redirects)) {
    if (asked_once_more_.has(target, clock_.now())) return end(Verdict::failed);
    ask_once_more(target);
  }
}

// True when the last of so many redirects to a URL, found by `parent`, began at `id`.
bool CommitStage::is_on_the_way(model::UrlId id, model::UrlId parent, std::uint16_t redirects) {
  for (; redirects > 0 && parent != 0; --redirects) {
    if (parent == id) return true;
    const auto row = row_of(parent);
    if (!row) return false;
    parent = row->parent;
  }
  return false;
}

// As the books stand, with what is not written yet.
std::optional<storage::QueuedUrl> CommitStage::row_of(model::UrlId id) {
  storage::QueuedUrl found{.id = id};
  if (const storage::NewUrl* row = storage::unwritten(batch_, id)) {
    found.site = row->site;
    found.state = row->state;
    found.depth = row->depth;
    found.parent = row->parent;
    found.redirects = row->redirects;
    found.with_metadata = !row->metadata.empty();
  } else {
    auto stored = store_.urls({&id, 1});
    if (!stored || stored->empty()) return std::nullopt;
    found = std::move(stored->front());
  }
  for (const storage::UrlUpdate& update : batch_.updates) {
    if (update.id == id) found.state = update.state;
  }
  return found;
}

// Needs: it is redirected.
void CommitStage::ask_once_more(model::UrlId id) {
  asked_once_more_.add(id, clock_.now());
  const base::WallTime now = clock_.wall();
  states_.move(Verdict::redirected, Verdict::retry_later);
  batch_.updates.push_back(
      {.id = id, .state = Verdict::retry_later, .reason = kLoop, .due_at = base::to_millis(now)});
  due_.plan(now);
}

}  // namespace crawld::pipeline
