// CommitStage: redirects that lead back to where they came from.
//
// Pages behind a cookie wall answer with a redirect that sets a cookie and leads back. libcurl
// follows nothing and a known URL is not asked for twice, so the way back is recognized here: its
// URL is asked for once more, with the cookies that came on the way, and then it is a loop.
#include <algorithm>
#include <chrono>
#include <utility>

#include "crawler/pipeline/commit_stage.h"

namespace crawld::pipeline {
namespace {

using model::Verdict;

constexpr const char* kLoop = "redirect_loop";
constexpr std::chrono::hours kOnceIn{1};

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
    if (was_asked_again(lease.url_id)) return end(Verdict::failed);
    remember_loop(lease.url_id);
    settled.due_at = clock_.wall();
    return end(Verdict::retry_later);
  }
  const model::Url& url = settled.discovered.front().url;
  const model::UrlId target = store_.seen().find(storage::url_hash(url.href()));
  if (target == 0) return;
  const auto row = row_of(target);
  if (!row || row->state != Verdict::redirected) return;
  if (was_asked_again(lease.url_id)) {
    if (is_on_the_way(lease.url_id, row->parent, row->redirects)) end(Verdict::failed);
  } else if (is_on_the_way(target, lease.request.parent, lease.request.redirects)) {
    if (was_asked_again(target)) return end(Verdict::failed);
    ask_once_more(target);
  }
}

// Of a daemon the cookies may have run out meanwhile.
bool CommitStage::was_asked_again(model::UrlId id) const {
  const auto asked = loops_.find(id);
  return asked != loops_.end() && clock_.now() < asked->second + kOnceIn;
}

// Those that may be asked again are forgotten now and then, each time over twice as many as were
// left.
void CommitStage::remember_loop(model::UrlId id) {
  if (loops_.size() >= loops_kept_) {
    std::erase_if(loops_, [this](const auto& loop) { return !was_asked_again(loop.first); });
    loops_kept_ = std::max(kLoopsKept, 2 * loops_.size());
  }
  loops_[id] = clock_.now();
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
  if (const storage::NewUrl* row = unwritten(id)) {
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
  remember_loop(id);
  const base::WallTime now = clock_.wall();
  count(Verdict::redirected, Verdict::retry_later);
  batch_.updates.push_back(
      {.id = id, .state = Verdict::retry_later, .reason = kLoop, .due_at = base::to_millis(now)});
  plan(now);
}

}  // namespace crawld::pipeline
