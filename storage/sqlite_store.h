// The page store over SQLite: the only writer of a crawl database.
//
// After an I/O error the next put() opens the connection anew before it writes,
// so nothing that a failed fsync left in doubt is taken as stored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/batch_writer.h"
#include "storage/database.h"
#include "storage/page_store.h"
#include "storage/prune/pruner.h"
#include "storage/site_ids.h"

namespace crawld::storage {

struct StoreOptions {
  OpenOptions database;
  SeenIndex::Budget seen;
  SeenIndex::Budget seen_bodies{.memory_bytes = 400'000'000,
                                .run_entries = 1U << 16,
                                .cache_entries = 1U << 10,
                                .filter_bytes = 16U << 20};
  bool dictionaries = true;   // pack the pages of a host with what they have in common
  bool search_index = false;  // keep the full-text index (storage/search/search_index.h)
  Keep keep;
};

class SqliteStore final : public PageStore {
 public:
  // Errors as Database::open_writer. May take a while where old versions are to go for the first
  // time (Pruner::prepare).
  static base::Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                         const StoreOptions& options);

  base::Result<RunId> begin_run(const RunStart& start) override;
  base::Status set_sites(const std::vector<std::string>& names,
                         const std::set<model::SiteId>& left) override;
  // Refuses every batch after a look-up in seen() that failed, unless the failure was taken.
  // The full-text index follows some hundred pages behind, and not at all once the run ended.
  base::Status put(const CommitBatch& batch) override;
  // As of the last commit.
  NextIds next_ids() const override { return ids_.next; }
  SeenIndex& seen() override { return *urls_seen_; }
  model::UrlId horizon() const override { return horizon_; }

  base::Status each_host(const std::function<void(const HostState&)>& visit) override;
  base::Status each_page_url(const VisitPageUrl& visit) override;
  base::Result<std::optional<HostState>> find_host(std::string_view origin) override;
  base::Result<std::optional<HostState>> host(model::HostId id) override;
  base::Result<std::string> robots_text(std::uint64_t version) override;
  base::Result<std::string> metadata(model::UrlId id) override;
  base::Result<std::vector<ChunkInfo>> chunks() override;
  base::Result<std::vector<QueuedUrl>> take_chunk(ChunkId id) override;
  base::Result<std::vector<QueuedUrl>> queued_from(model::UrlId from, std::size_t limit) override;
  base::Result<std::vector<QueuedUrl>> due(Millis now, std::size_t limit, DueCursor after) override;
  base::Result<std::optional<Millis>> next_due(Millis after) override;
  base::Status make_visited_due(Millis now) override;
  base::Status plan_visits(std::span<const VisitPlan> plans, Millis now) override;
  base::Status bring_due(Millis now, Millis retry, Millis visit) override;
  base::Status move_due(Millis by) override;
  base::Status check() override;
  base::Result<bool> prune(Millis now, std::size_t rows) override;
  Pruned pruned() const override { return pruner_.gone(); }
  std::shared_ptr<const model::BodyDictionary> dictionary_of(model::HostId host) override {
    return dictionaries_.shelf().find(host);
  }
  base::Result<std::vector<SiteCoverage>> coverage() override;
  base::Result<std::vector<SiteLinkRules>> link_rules() override;
  base::Result<std::vector<MovedSeed>> moved_seeds() override;
  base::Result<std::vector<model::HstsHost>> hsts_hosts() override;
  base::Result<RecordsByRule> records_of(model::UrlId id) override;
  base::Result<std::vector<QueuedUrl>> urls(std::span<const model::UrlId> ids) override;
  base::Result<std::map<std::string, std::uint64_t>> count_states() override;
  base::Result<std::vector<SiteCounts>> count_sites() override;

  // CommitBatch::scope of the last batch that had one; empty: unknown.
  base::Result<std::string> scope_fingerprint();

  // For verify_file(), log_grew_too_large() and checkpoint().
  Database& database() { return *database_; }
  // True when the last stop was clean.
  bool was_clean() const { return database_->was_clean(); }

 private:
  SqliteStore(std::unique_ptr<Database> database, const StoreOptions& options)
      : database_(std::move(database)),
        search_index_(options.search_index),
        with_dictionaries_(options.dictionaries),
        dictionaries_(*database_),
        pruner_(*database_, options.keep) {}

  base::Status load();
  base::Status load_next_ids();
  base::Status resolve_doubt();
  enum class Texts : std::uint8_t { when_many, all };
  base::Status put(const CommitBatch& batch, Texts texts);
  base::Status write(const CommitBatch& batch, BatchWriter& writer);
  base::Status index_texts(PageId last, Texts texts);
  template <class Work>
  base::Status in_transaction(Work work);
  base::Status enter_plan(const VisitPlan& plan, bool& any);
  base::Status plan_entered(Millis now);
  void accept();
  void rolled_back();
  template <class Bind>
  base::Result<std::vector<QueuedUrl>> read_urls(const char* sql, Bind bind);

  std::unique_ptr<Database> database_;
  const bool search_index_;
  const bool with_dictionaries_;
  HostDictionaries dictionaries_;
  Pruner pruner_;
  std::unique_ptr<SeenIndex> urls_seen_;
  std::unique_ptr<SeenIndex> bodies_seen_;
  BatchWriter::Ids ids_;
  std::int64_t commits_ = 0;  // made so far, also in `meta`
  model::UrlId horizon_ = 1;
  PageId indexed_ = 0;  // the last page in the full-text index
  RunId run_ = 0;
  SiteIds sites_;
  bool failed_ = false;  // the last put did
  // What the last put wrote, until it is known that its commit holds.
  struct Written {
    BatchWriter::Ids ids;
    std::unordered_map<std::uint64_t, std::uint64_t> bodies;
    model::UrlId horizon = 0;
    PageId indexed = 0;
    std::vector<model::UrlId> again;  // of pages that have a version before
  };
  Written written_;
  bool in_doubt_ = false;  // the commit itself failed: it may hold all the same
};

}  // namespace crawld::storage
