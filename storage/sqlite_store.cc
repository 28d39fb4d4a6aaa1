#include "storage/sqlite_store.h"

#include <algorithm>

#include "storage/search/search_index.h"

namespace crawld::storage {
namespace {

using Code = base::Error::Code;

std::uint64_t next_after(std::int64_t last) { return static_cast<std::uint64_t>(last) + 1; }

}  // namespace

base::Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                             const StoreOptions& options) {
  auto database = Database::open_writer(path, options.database);
  if (!database) return std::move(database).error();
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(*database), options));
  auto urls = SeenIndex::open(*store->database_, SeenKeys::urls, options.seen);
  if (!urls) return std::move(urls).error();
  store->urls_seen_ = std::move(*urls);
  auto bodies = SeenIndex::open(*store->database_, SeenKeys::bodies, options.seen_bodies);
  if (!bodies) return std::move(bodies).error();
  store->bodies_seen_ = std::move(*bodies);
  if (auto done = store->load(); !done) return std::move(done).error();
  if (options.dictionaries) {
    if (auto done = store->dictionaries_.load(); !done) return std::move(done).error();
  }
  if (options.search_index) {
    if (auto done = tune_search_index(*store->database_); !done) return std::move(done).error();
  }
  if (auto done = store->pruner_.prepare(); !done) return std::move(done).error();
  return store;
}

base::Status SqliteStore::load() {
  auto horizon = database_->number("SELECT value FROM meta WHERE key = 'horizon'", 1);
  if (!horizon) return std::move(horizon).error();
  horizon_ = static_cast<model::UrlId>(*horizon);
  auto commits = database_->number("SELECT value FROM meta WHERE key = 'commits'");
  if (!commits) return std::move(commits).error();
  commits_ = *commits;
  auto indexed = indexed_up_to(*database_);
  if (!indexed) return std::move(indexed).error();
  indexed_ = *indexed;
  return load_next_ids();
}

base::Status SqliteStore::load_next_ids() {
  auto last = Statement::prepare(
      database_->raw(),
      "SELECT (SELECT max(id) FROM urls), (SELECT max(id) FROM hosts), "
      "(SELECT max(id) FROM pages), (SELECT max(id) FROM queue_chunks), "
      "(SELECT max(ifnull((SELECT max(id) FROM fetches), 0), "
      "ifnull((SELECT max(id) FROM orphanings), 0), ifnull((SELECT max(id) FROM adoptions), 0))), "
      "(SELECT max(id) FROM robots_versions), "
      "(SELECT max(id) FROM bodies), (SELECT max(id) FROM records)");
  if (!last) return std::move(last).error();
  auto row = last->step();
  if (!row) return std::move(row).error();
  ids_.next.url = next_after(last->integer(0));
  ids_.next.host = static_cast<model::HostId>(next_after(last->integer(1)));
  ids_.next.page = next_after(last->integer(2));
  ids_.next.chunk = next_after(last->integer(3));
  ids_.next.fetch = next_after(last->integer(4));
  ids_.next.robots = next_after(last->integer(5));
  ids_.body = next_after(last->integer(6));
  ids_.record = next_after(last->integer(7));
  return base::Done{};
}

base::Result<RunId> SqliteStore::begin_run(const RunStart& start) {
  if (auto done = sites_.enter(*database_, start.sites, start.other_sites); !done) {
    return std::move(done).error();
  }
  auto done = database_->run(
      "INSERT INTO runs (started_at, command, version) VALUES (?1, ?2, ?3)", [&](Statement& s) {
        s.integer(1, start.started_at).text(2, start.command).text(3, start.version);
      });
  if (!done) return std::move(done).error();
  auto id = database_->number("SELECT max(id) FROM runs");
  if (!id) return std::move(id).error();
  run_ = static_cast<RunId>(*id);
  return run_;
}

base::Status SqliteStore::set_sites(const std::vector<std::string>& names,
                                    const std::set<model::SiteId>& left) {
  return sites_.enter(*database_, names, RunStart::Others::retire, left);
}

base::Status SqliteStore::put(const CommitBatch& batch) {
  return put(batch, batch.run.ended_at != 0 ? Texts::all : Texts::when_many);
}

base::Status SqliteStore::put(const CommitBatch& batch, Texts texts) {
  // What the batch calls new may stand in the books under an id of its own: nothing more is
  // written, and the next start goes on from what is.
  if (const auto& failure = urls_seen_->failure()) {
    const Code code = failure->code == Code::corrupt ? Code::corrupt : Code::invalid;
    return base::Error{code, "cannot look up a known URL: " + failure->message};
  }
  // Also where the doubt turns out well: the caller was told that it failed, and puts it again.
  const bool redo = failed_;
  if (in_doubt_) {
    if (auto done = resolve_doubt(); !done) return done;
  }
  if (auto done = database_->begin(); !done) return done;
  BatchWriter writer(
      {.database = *database_, .bodies = *bodies_seen_, .sites = sites_, .run = run_, .redo = redo},
      ids_);
  auto done = write(batch, writer);
  if (done) {
    written_ = {writer.ids(), writer.new_bodies(), batch.horizon, indexed_, {}};
    for (const StoredPage& page : batch.pages) {
      if (page.change != model::Change::first_seen) written_.again.push_back(page.url_id);
    }
    if (search_index_) done = index_texts(writer.ids().next.page - 1, texts);
  }
  if (done) {
    done = database_->commit();
    in_doubt_ = !done.ok() && done.error().code != Code::busy;
  }
  failed_ = !done.ok();
  if (failed_) {
    database_->rollback();
    if (in_doubt_ && resolve_doubt().ok() && !failed_) return base::Done{};
    if (!in_doubt_) rolled_back();
    return done;
  }
  accept();
  // The batch stands; a checkpoint that fails now is tried again after the next one.
  (void)database_->checkpoint_if_due();
  return base::Done{};
}

// What a batch that is to be put again counts on must stand, and what is in doubt is read anew
// first: the next put() does both.
base::Result<bool> SqliteStore::prune(Millis now, std::size_t rows) {
  if (failed_ || in_doubt_) return false;
  auto more = pruner_.look(now, rows);
  if (!more || !pruner_.found()) return more;
  if (auto done = database_->begin(); !done) return std::move(done).error();
  auto done = pruner_.take(rows);
  if (done) {
    done = database_->commit();
    in_doubt_ = !done.ok() && done.error().code != Code::busy;
  }
  if (!done) {
    database_->rollback();
    return std::move(done).error();
  }
  pruner_.committed();
  (void)database_->checkpoint_if_due();
  return true;
}

base::Status SqliteStore::write(const CommitBatch& batch, BatchWriter& writer) {
  if (auto done = writer.write(batch); !done) return done;
  if (auto done = urls_seen_->write_due(writer.ids().next.url - 1); !done) return done;
  if (auto done = bodies_seen_->write_due(ids_.body - 1); !done) return done;
  if (with_dictionaries_) {
    dictionaries_.stored(writer.take_new_html());
    using Kind = HostDictionaries::Batch;
    const bool last = batch.has_run && batch.run.ended_at != 0;
    const Kind kind = last ? Kind::last_of_run : Kind::one_of_many;
    if (auto done = dictionaries_.write_due(kind); !done) return done;
  }
  return database_->run("UPDATE meta SET value = ?1 WHERE key = 'commits'",
                        [&](Statement& s) { s.integer(1, commits_ + 1); });
}

// What was left out while the index was not kept comes in bit by bit: no commit takes long.
base::Status SqliteStore::index_texts(PageId last, Texts texts) {
  constexpr int kMostTurns = 16;
  PageId& indexed = written_.indexed;
  const bool all = texts == Texts::all;
  for (int turn = 0; turn < (all ? kMostTurns : 1); ++turn) {
    const PageId behind = last - std::min(last, indexed);
    if (behind == 0 || (!all && behind < kIndexedTogether)) break;
    auto reached = index_pages(*database_, indexed);
    if (!reached) return std::move(reached).error();
    if (*reached == indexed) break;
    indexed = *reached;
  }
  return base::Done{};
}

// Takes over what the last put wrote: its commit holds.
void SqliteStore::accept() {
  urls_seen_->committed();
  bodies_seen_->committed();
  dictionaries_.committed();
  ids_ = written_.ids;
  if (written_.horizon != 0) horizon_ = written_.horizon;
  indexed_ = written_.indexed;
  for (const auto& [hash, id] : written_.bodies) bodies_seen_->insert(hash, id);
  for (const model::UrlId url : written_.again) pruner_.stored_again(url);
  written_ = {};
  ++commits_;
}

// The commit failed, perhaps in its fsync: the log may hold it or not, and the kernel
// may call pages clean that never reached the disk. So: read anew, move everything
// readable into the database file, and only then ask whether the commit is there.
base::Status SqliteStore::resolve_doubt() {
  if (auto done = database_->reopen(); !done) return done;
  if (auto done = database_->checkpoint_all(); !done) return done;
  auto commits = database_->number("SELECT value FROM meta WHERE key = 'commits'");
  if (!commits) return std::move(commits).error();
  in_doubt_ = false;
  if (*commits == commits_ + 1) {
    accept();
    failed_ = false;
  } else {
    rolled_back();
  }
  return base::Done{};
}

void SqliteStore::rolled_back() {
  urls_seen_->rolled_back();
  bodies_seen_->rolled_back();
  dictionaries_.rolled_back();
}

base::Result<std::string> SqliteStore::scope_fingerprint() {
  std::string known;
  auto done = database_->each(
      "SELECT value FROM meta WHERE key = 'scope'", [](Statement&) {},
      [&](Statement& s) { known = s.text(0); });
  if (!done) return std::move(done).error();
  return known;
}

}  // namespace crawld::storage
