#include "storage/prune/old_versions.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "crawler/base/log.h"

namespace crawld::storage {
namespace {

constexpr std::size_t kMostWaiting = 1'000'000;
// Every commit that changes the search index leaves a piece of its own, which is merged with
// others: to take out the words of two versions costs nearly what it costs for sixty.
constexpr std::size_t kWordsTogether = 64;
// Of one URL. To find them costs some milliseconds.
constexpr std::size_t kVersionsTogether = 1'000;
// Of the pages that name a text or a body, looked at for one that stays.
constexpr std::size_t kNamersLookedAt = 64;

std::size_t count_going(const OldVersions::Found& found) {
  return static_cast<std::size_t>(std::count_if(found.versions.begin(), found.versions.end(),
                                                [](const auto& version) { return version.goes; }));
}

}  // namespace

base::Status make_version_indexes(Database& database) {
  const auto standing = database.number(
      "SELECT count(*) FROM sqlite_schema WHERE name IN ('pages_by_body', 'pages_by_text')");
  if (!standing) return standing.error();
  if (*standing == 2) return base::Done{};
  base::log::info("store.index", {{"why", "keep.versions: which pages name a body or a text"}});
  auto done = database.begin();
  if (!done) return done;
  done = database.execute(
      "CREATE INDEX IF NOT EXISTS pages_by_body ON pages (body_id) WHERE body_id IS NOT NULL;"
      "CREATE INDEX IF NOT EXISTS pages_by_text ON pages (text_page_id) "
      "WHERE text_page_id IS NOT NULL");
  if (done) done = database.commit();
  if (!done) database.rollback();
  return done;
}

OldVersions::OldVersions(Database& database, std::uint32_t keep)
    : database_(database), keep_(keep) {
  if (keep_ != 0) walked_to_ = 0;
}

// --- which they are ----------------------------------------------------------------------------

void OldVersions::look_at(model::UrlId url) {
  waiting_.push_back(url);
  if (waiting_.size() < kMostWaiting) return;
  waiting_.clear();
  walked_to_ = 0;
}

// Of a URL no more versions are counted than decide; it has a first one beside them.
base::Status OldVersions::walk_on(std::size_t urls) {
  for (std::size_t looked = 0; looked < urls && walked_to_; ++looked) {
    model::UrlId url = 0;
    bool many = false;
    auto done = database_.each(
        "SELECT url_id, (SELECT count(*) FROM (SELECT 1 FROM pages AS v "
        "WHERE v.url_id = p.url_id AND v.previous_id IS NOT NULL LIMIT ?2)) "
        "FROM pages AS p WHERE p.previous_id IS NOT NULL AND p.url_id > ?1 "
        "ORDER BY p.url_id LIMIT 1",
        [&](Statement& s) { s.integer(1, as_integer(*walked_to_)).integer(2, keep_); },
        [&](Statement& s) {
          url = static_cast<model::UrlId>(s.integer(0));
          many = s.integer(1) >= keep_;
        });
    if (!done) return done;
    if (url == 0) {
      walked_to_.reset();
    } else {
      walked_to_ = url;
    }
    if (many) waiting_.push_back(url);
  }
  return base::Done{};
}

base::Result<bool> OldVersions::look(std::size_t rows) {
  if (waiting_.empty() && walked_to_) {
    if (auto done = walk_on(rows); !done) return std::move(done).error();
  }
  waiting_.insert(waiting_.begin(), unfinished_.begin(), unfinished_.end());
  unfinished_.clear();
  const std::size_t most = std::max(rows, kWordsTogether);
  std::size_t going = 0;
  std::unordered_set<model::UrlId> seen;  // a URL waits once for each visit that found it changed
  for (std::size_t looked = 0; looked < most && going < most && !waiting_.empty(); ++looked) {
    if (seen.contains(waiting_.front())) {
      waiting_.pop_front();
      continue;
    }
    auto found = versions_of(waiting_.front());
    if (!found) return std::move(found).error();
    seen.insert(waiting_.front());
    waiting_.pop_front();
    going += count_going(*found);
    if (count_going(*found) != 0) found_.push_back(*std::move(found));
  }
  return !found_.empty() || !waiting_.empty() || walked_to_.has_value();
}

// The oldest of its newest `keep` versions; 0: it has no more than these.
base::Result<PageId> OldVersions::kept_from(model::UrlId url) {
  PageId page = 0;
  auto done = database_.each(
      "SELECT id FROM pages WHERE url_id = ?1 AND previous_id IS NOT NULL "
      "ORDER BY id DESC LIMIT 1 OFFSET ?2",
      [&](Statement& s) { s.integer(1, as_integer(url)).integer(2, keep_ - std::int64_t{1}); },
      [&](Statement& s) { page = static_cast<PageId>(s.integer(0)); });
  if (!done) return std::move(done).error();
  return page;
}

// As storage/reports/diff finds them. Where more may follow, the last of these is left to the next
// look with the one that it names: a version names the newest good one of its time, so what follows
// names one of the two or what follows itself.
base::Result<OldVersions::Found> OldVersions::versions_of(model::UrlId url) {
  auto kept = kept_from(url);
  if (!kept) return std::move(kept).error();
  Found found{.url = url, .kept_from = *kept};
  if (*kept == 0) return found;
  auto done = database_.each(
      "WITH oldest AS MATERIALIZED (SELECT id, previous_id FROM pages "
      "WHERE url_id = ?1 AND previous_id IS NOT NULL ORDER BY id LIMIT ?2) "
      "SELECT p.id, p.previous_id, p.id IN (SELECT page_id FROM visits WHERE url_id = ?1) "
      "OR p.body_id = (SELECT max(id) FROM bodies) AND NOT EXISTS "
      "(SELECT 1 FROM pages AS n WHERE n.body_id = p.body_id AND n.id > p.id) "
      "OR EXISTS (SELECT 1 FROM records AS r WHERE r.page_id = p.id "
      "AND r.id = (SELECT max(id) FROM records)) "
      "FROM pages AS p WHERE p.id IN (SELECT page_id FROM visits WHERE url_id = ?1 "
      "AND page_id <= (SELECT max(id) FROM oldest) "
      "UNION SELECT id FROM oldest UNION SELECT previous_id FROM oldest) ORDER BY p.id",
      [&](Statement& s) { s.integer(1, as_integer(url)).integer(2, kVersionsTogether); },
      [&](Statement& s) {
        const bool needed = s.integer(2) != 0;
        const auto id = static_cast<PageId>(s.integer(0));
        found.versions.push_back({.id = id,
                                  .previous = static_cast<PageId>(s.integer(1)),
                                  .goes = id < *kept && !needed});
      });
  if (!done) return std::move(done).error();
  if (found.versions.empty() || found.versions.back().id >= *kept) return found;
  const PageId named = found.versions.back().previous;
  found.versions.pop_back();
  for (Version& version : found.versions) version.goes = version.goes && version.id != named;
  unfinished_.push_back(url);
  return found;
}

// --- how they go -------------------------------------------------------------------------------

base::Status OldVersions::take(std::size_t rows) {
  if (!left_.empty()) heirs_.clear();  // the transaction before was not committed
  taken_ = {};
  left_.clear();
  auto words = take_words(rows);
  if (!words) return std::move(words).error();
  if (*words) return base::Done{};  // it took its time
  for (const Found& found : found_) {
    if (rows == 0) break;
    left_.push_back(found);
    if (auto done = take(left_.back(), rows); !done) return done;
  }
  return base::Done{};
}

// The search index keeps no text of its own: an entry is taken out with its words. Rising ids: at
// one that is lower than the last the index writes what it has so far. False: of the next `rows`
// that go all words are out. Only then, or behind every few rows of a URL with hundreds of old
// versions the words of a few more would go alone.
base::Result<bool> OldVersions::take_words(std::size_t rows) {
  const std::size_t most = std::max(rows, kWordsTogether);
  std::vector<PageId> going;
  for (const Found& found : found_) {
    for (const Version& version : found.versions) {
      if (version.goes && going.size() < most) going.push_back(version.id);
    }
    if (going.size() == most) break;
  }
  auto due = has_words(std::span(going).first(std::min(rows, going.size())));
  if (!due || !*due) return due;
  std::sort(going.begin(), going.end());
  for (const PageId page : going) {
    auto done = database_.run(
        "INSERT INTO search (search, rowid, title, body) "
        "SELECT 'delete', c.id, c.title, c.body FROM search_docsize AS d "
        "JOIN search_content AS c ON c.id = d.id WHERE d.id = ?1",
        [&](Statement& s) { s.integer(1, as_integer(page)); });
    if (!done) return std::move(done).error();
  }
  return true;
}

// Whether the search index finds any of them.
base::Result<bool> OldVersions::has_words(std::span<const PageId> pages) {
  bool has = false;
  for (const PageId page : pages) {
    auto done = database_.each(
        "SELECT 1 FROM search_docsize WHERE id = ?1",
        [&](Statement& s) { s.integer(1, as_integer(page)); }, [&](Statement&) { has = true; });
    if (!done) return std::move(done).error();
  }
  return has;
}

// The oldest first, so that what stays is one row of versions at any moment; but of those that go
// at once the newer, which may name texts of the older, go before them.
base::Status OldVersions::take(Found& found, std::size_t& rows) {
  std::vector<PageId> going;
  for (const Version& version : found.versions) {
    if (version.goes && going.size() < rows) going.push_back(version.id);
  }
  std::vector<PageId> gone;
  for (auto page = going.rbegin(); page != going.rend() && rows > 0; ++page) {
    auto handed_on = hand_on_text(found, *page, rows);
    if (!handed_on) return std::move(handed_on).error();
    if (!*handed_on) break;
    if (auto done = remove(found, *page); !done) return done;
    gone.push_back(*page);
    --rows;
  }
  taken_.versions += gone.size();
  std::reverse(gone.begin(), gone.end());
  return link_up(found, gone);
}

// Each finds whether a page stays, too, when the versions of URL ?2 before ?3 go.
struct OldVersions::Namers {
  const char* oldest;
  const char* newest;
};

// Of the pages that `namers` finds for `page`: the oldest that stays; else one that goes, 0 where
// there is none. Where they are many that is the newest, so that they are told only once.
base::Result<PageId> OldVersions::heir(const Namers& namers, const Found& found, PageId page) {
  PageId heir = 0;
  bool stays = false;
  std::size_t looked_at = 0;
  const auto ask = [&](const char* sql, std::size_t most) {
    heir = 0;
    return database_.each(
        sql,
        [&](Statement& s) {
          s.integer(1, as_integer(page)).integer(2, as_integer(found.url));
          s.integer(3, as_integer(found.kept_from)).integer(4, as_integer(most));
        },
        [&](Statement& s) {
          ++looked_at;
          if (stays) return;
          stays = s.integer(1) != 0;
          if (stays || heir == 0) heir = static_cast<PageId>(s.integer(0));
        });
  };
  auto done = ask(namers.oldest, kNamersLookedAt);
  if (done && !stays && looked_at == kNamersLookedAt) done = ask(namers.newest, 1);
  if (!done) return std::move(done).error();
  return heir;
}

// False: more pages name the text than `rows` allows; those that were told name another by now.
base::Result<bool> OldVersions::hand_on_text(const Found& found, PageId page, std::size_t& rows) {
  static constexpr Namers kOfText = {
      "SELECT p.id, p.url_id <> ?2 OR p.id >= ?3 FROM pages AS p WHERE p.text_page_id = ?1 "
      "ORDER BY p.id LIMIT ?4",
      "SELECT p.id, p.url_id <> ?2 OR p.id >= ?3 FROM pages AS p WHERE p.text_page_id = ?1 "
      "ORDER BY p.id DESC LIMIT ?4"};
  auto next = heir(kOfText, found, page);
  if (!next) return std::move(next).error();
  if (*next == 0) {
    heirs_.erase(page);
    return true;
  }
  PageId& heir = heirs_[page];
  auto known = has_copy(heir, page);
  if (!known) return std::move(known).error();
  if (!*known) {
    heir = *next;
    auto done = database_.run(
        "UPDATE pages SET text = (SELECT text FROM pages WHERE id = ?1), text_page_id = NULL "
        "WHERE id = ?2",
        [&](Statement& s) { s.integer(1, as_integer(page)).integer(2, as_integer(heir)); });
    if (!done) return std::move(done).error();
  }
  auto done = database_.run(
      "UPDATE pages SET text_page_id = ?2 WHERE id IN "
      "(SELECT id FROM pages WHERE text_page_id = ?1 ORDER BY id LIMIT ?3)",
      [&](Statement& s) {
        s.integer(1, as_integer(page)).integer(2, as_integer(heir)).integer(3, as_integer(rows));
      });
  if (!done) return std::move(done).error();
  const auto told = static_cast<std::size_t>(database_.changed_rows());
  const bool all = told < rows;
  rows -= std::min(rows, told);
  if (all) heirs_.erase(page);
  return all;
}

// It may have gone itself between two slices.
base::Result<bool> OldVersions::has_copy(PageId heir, PageId page) {
  bool has = false;
  if (heir == 0) return has;
  auto done = database_.each(
      "SELECT 1 FROM pages AS h JOIN pages AS p ON p.text = h.text WHERE h.id = ?1 AND p.id = ?2",
      [&](Statement& s) { s.integer(1, as_integer(heir)).integer(2, as_integer(page)); },
      [&](Statement&) { has = true; });
  if (!done) return std::move(done).error();
  return has;
}

// Its words are out.
base::Status OldVersions::remove(const Found& found, PageId page) {
  const auto one = [&](Statement& s) { s.integer(1, as_integer(page)); };
  auto done = remove_body(found, page);
  if (done) done = database_.run("DELETE FROM links WHERE page_id = ?1", one);
  if (done) done = database_.run("DELETE FROM records WHERE page_id = ?1", one);
  return done ? database_.run("DELETE FROM pages WHERE id = ?1", one) : done;
}

base::Status OldVersions::remove_body(const Found& found, PageId page) {
  static constexpr Namers kOfBody = {
      "SELECT p.id, p.url_id <> ?2 OR p.id >= ?3 FROM pages AS g "
      "JOIN pages AS p ON p.body_id = g.body_id WHERE g.id = ?1 AND p.id <> ?1 "
      "ORDER BY p.id LIMIT ?4",
      "SELECT p.id, p.url_id <> ?2 OR p.id >= ?3 FROM pages AS g "
      "JOIN pages AS p ON p.body_id = g.body_id WHERE g.id = ?1 AND p.id <> ?1 "
      "ORDER BY p.id DESC LIMIT ?4"};
  auto next = heir(kOfBody, found, page);
  if (!next) return std::move(next).error();
  if (*next != 0) {
    return database_.run(
        "UPDATE bodies SET page_id = ?2 WHERE page_id = ?1 "
        "AND id = (SELECT body_id FROM pages WHERE id = ?1)",
        [&](Statement& s) { s.integer(1, as_integer(page)).integer(2, as_integer(*next)); });
  }
  auto done =
      database_.run("DELETE FROM bodies WHERE id = (SELECT body_id FROM pages WHERE id = ?1)",
                    [&](Statement& s) { s.integer(1, as_integer(page)); });
  if (done) taken_.bodies += static_cast<std::uint64_t>(database_.changed_rows());
  return done;
}

// A version names the nearest before it that stands. It need not be one that it took the place of:
// a page that was cut off takes nobody's, and would be found by nobody.
base::Status OldVersions::link_up(Found& found, const std::vector<PageId>& gone) {
  const auto is_gone = [&](PageId page) {
    return std::binary_search(gone.begin(), gone.end(), page);
  };
  std::erase_if(found.versions, [&](const Version& version) { return is_gone(version.id); });
  PageId before = 0;
  for (Version& version : found.versions) {
    if (version.previous != 0 && is_gone(version.previous)) {
      version.previous = before;
      auto done =
          database_.run("UPDATE pages SET previous_id = ?2 WHERE id = ?1", [&](Statement& s) {
            s.integer(1, as_integer(version.id));
            s.integer_or_null(2, as_integer(before));
          });
      if (!done) return done;
    }
    before = version.id;
  }
  return base::Done{};
}

OldVersions::Counts OldVersions::committed() {
  found_.erase(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(left_.size()));
  std::erase_if(left_, [](const Found& found) { return count_going(found) == 0; });
  found_.insert(found_.begin(), left_.begin(), left_.end());
  left_.clear();
  return std::exchange(taken_, {});
}

}  // namespace crawld::storage
