// A page store without a disk, for whole-crawl scenarios: the same answers as
// SqliteStore, forgotten at the end. Bodies and pages are kept as they were put.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/page_store.h"

namespace crawld::storage {

class MemoryStore : public PageStore {
 public:
  base::Result<RunId> begin_run(const RunStart& start) override;
  base::Status set_sites(const std::vector<std::string>& names,
                         const std::set<model::SiteId>& left) override;
  base::Status put(const CommitBatch& batch) override;
  NextIds next_ids() const override { return next_; }
  SeenIndex& seen() override { return *seen_; }
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
  base::Status check() override { return base::Done{}; }
  base::Result<bool> prune(Millis, std::size_t) override { return false; }  // keeps all
  Pruned pruned() const override { return {}; }
  std::shared_ptr<const model::BodyDictionary> dictionary_of(model::HostId) override {
    return nullptr;  // bodies stay as they were put
  }
  base::Result<std::vector<SiteCoverage>> coverage() override;
  base::Result<std::vector<SiteLinkRules>> link_rules() override;
  base::Result<std::vector<MovedSeed>> moved_seeds() override { return moved_seeds_; }
  base::Result<std::vector<model::HstsHost>> hsts_hosts() override;
  base::Result<RecordsByRule> records_of(model::UrlId id) override;
  base::Result<std::vector<QueuedUrl>> urls(std::span<const model::UrlId> ids) override;
  base::Result<std::map<std::string, std::uint64_t>> count_states() override;
  base::Result<std::vector<SiteCounts>> count_sites() override;

  // For assertions.
  const std::map<model::UrlId, NewUrl>& known() const { return known_; }
  const std::map<PageId, StoredPage>& pages() const { return pages_; }
  const std::map<std::uint64_t, FetchRow>& fetches() const { return fetches_; }
  const std::vector<RunUpdate>& runs() const { return runs_; }
  const std::set<model::UrlId>& orphans() const { return orphans_; }
  // As stored now; queued when the id is unknown.
  model::Verdict state_of(model::UrlId id) const;
  std::string reason_of(model::UrlId id) const;
  // 0 when unknown.
  model::UrlId id_of(std::string_view href) const;

 private:
  QueuedUrl queued(const NewUrl& url) const;
  void keep(const model::HstsHost& host);
  void change_known(const CommitBatch& batch);
  Millis planned_visit(model::UrlId id, const VisitPlan& plan, Millis now) const;

  NextIds next_;
  std::unique_ptr<SeenIndex> seen_ = std::make_unique<SeenIndex>();
  model::UrlId horizon_ = 1;
  std::vector<RunUpdate> runs_;
  std::size_t sites_ = 0;
  std::map<model::HostId, HostState> hosts_;
  std::map<std::uint64_t, RobotsVersion> robots_;
  std::map<model::UrlId, NewUrl> known_;
  std::map<model::UrlId, UrlUpdate> updates_;
  std::map<model::UrlId, Visit> visits_;
  std::map<PageId, StoredPage> pages_;
  std::map<std::uint64_t, FetchRow> fetches_;
  std::map<ChunkId, QueueChunk> chunks_;
  std::set<model::UrlId> orphans_;
  std::map<std::string, std::string> coverage_;
  std::map<std::string, std::string> link_rules_;
  std::vector<MovedSeed> moved_seeds_;
  std::map<std::string, model::HstsHost> hsts_hosts_;
  std::set<model::SiteId> recrawled_;  // the recrawl of these was not ended yet
  std::map<model::SiteId, std::pair<std::size_t, std::string>> planned_;  // run and rhythm
};

}  // namespace crawld::storage
