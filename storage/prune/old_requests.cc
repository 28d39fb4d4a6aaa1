#include "storage/prune/old_requests.h"

#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <limits>

namespace crawld::storage {
namespace {

constexpr std::int64_t kAboveAll = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kReadForEach = 8;  // to read a row takes an eighth of deleting it

// Sets the bit, and says whether it was set.
bool mark(std::vector<bool>& bits, std::size_t at) {
  if (at >= bits.size()) bits.resize(std::max(at + 1, bits.size() + bits.size() / 2));
  const bool was = bits[at];
  bits[at] = true;
  return was;
}

}  // namespace

struct OldRequests::Row {
  std::int64_t id;
  std::size_t url;
  bool old;
  bool answered;     // by a redirect, or "gone"
  bool page_stands;  // asked of old rows only
  bool change;
  std::string_view detail;
};

void OldRequests::begin(Millis before) {
  assert(!is_walking());
  before_ = before;
  below_ = kAboveAll;
  walked_ = 0;
}

base::Status OldRequests::find_told() {
  told_up_to_ = kAboveAll;
  for (const std::string& hook : hooks_) {
    auto done = database_.each(
        "SELECT last_id FROM hook_cursors WHERE hook = ?1", [&](Statement& s) { s.text(1, hook); },
        [&](Statement& s) { told_up_to_ = std::min(told_up_to_, s.integer(0)); });
    if (!done) return done;
  }
  return base::Done{};
}

base::Result<bool> OldRequests::look(std::size_t rows) {
  if (!below_) return false;
  if (auto done = find_told(); !done) return std::move(done).error();
  const std::size_t most = rows * kReadForEach;
  std::size_t read = 0;
  auto done = database_.each(
      "SELECT id, url_id, started_at < ?2, outcome IN ('redirected', 'gone') AND page_id IS NULL, "
      "started_at < ?2 AND page_id IS NOT NULL AND EXISTS "
      "(SELECT 1 FROM pages WHERE pages.id = fetches.page_id), change IS NOT NULL, "
      "CASE WHEN url_id = 0 THEN detail END "
      "FROM fetches WHERE id < ?1 ORDER BY id DESC LIMIT ?3",
      [&](Statement& s) {
        s.integer(1, *below_).integer(2, before_).integer(3, static_cast<std::int64_t>(most));
      },
      [&](Statement& s) {
        ++read;
        const Row row{.id = s.integer(0),
                      .url = static_cast<std::size_t>(s.integer(1)),
                      .old = s.integer(2) != 0,
                      .answered = s.integer(3) != 0,
                      .page_stands = s.integer(4) != 0,
                      .change = s.integer(5) != 0,
                      .detail = s.text(6)};
        const bool last_of_all = *below_ == kAboveAll;
        below_ = row.id;
        if (may_go(row) && !last_of_all) found_.push_back(row.id);
      });
  if (!done) return std::move(done).error();
  walked_ += read;
  if (read == most) return true;
  below_.reset();
  asked_ = {};
  answered_ = {};
  no_pages_ = {};
  return !found_.empty();
}

bool OldRequests::may_go(const Row& row) {
  const bool last = row.url == 0 ? is_first_of(row.detail) : !mark(asked_, row.url);
  const bool last_answer = row.answered && row.url != 0 && !mark(answered_, row.url);
  if (last || last_answer || !row.old || row.page_stands) return false;
  return !row.change || row.id <= told_up_to_;
}

// "https://a.test/robots.txt: why", "login of shop: why": nothing newer was met of the same.
bool OldRequests::is_first_of(std::string_view detail) {
  const std::string_view what = detail.substr(0, detail.find(": "));
  return no_pages_.insert(XXH3_64bits(what.data(), what.size())).second;
}

base::Status OldRequests::take() {
  for (const std::int64_t id : found_) {
    for (const char* sql :
         {"DELETE FROM answer_bodies WHERE fetch_id = ?1", "DELETE FROM fetches WHERE id = ?1"}) {
      auto done = database_.run(sql, [&](Statement& s) { s.integer(1, id); });
      if (!done) return done;
    }
  }
  return base::Done{};
}

std::uint64_t OldRequests::committed() {
  const std::uint64_t gone = found_.size();
  found_.clear();
  return gone;
}

}  // namespace crawld::storage
