// The crawl's memory: everything that must outlive the process goes through here.
//
// Two bodies: SqliteStore over a Database, and MemoryStore for scenarios. put() is
// one transaction; the readers serve the frontier, which keeps only a window of
// each host's queue in memory.
//
// On disk every unsettled URL is either named by a queue chunk or has an id at or
// above the horizon. Start-up: list the chunks, then walk queued_from(horizon).
//
// Threads: one caller at a time (the commit thread), but for dictionary_of(). Others read over
// connections of their own (storage/reports/query.h, storage/reports/exports.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/seen/seen_index.h"

namespace crawld::storage {

// The first ids not in use yet.
struct NextIds {
  model::UrlId url = 1;
  model::HostId host = 1;
  PageId page = 1;
  ChunkId chunk = 1;
  std::uint64_t fetch = 1;
  std::uint64_t robots = 1;
};

struct RunStart {
  Millis started_at = 0;
  std::string command;  // as shown to people; holds no secrets
  std::string version;
  // Names of the running configuration's sites, in its order. SiteId is an index
  // into this list everywhere; a site that left the configuration reads kNoSite.
  std::vector<std::string> sites;
  enum class Others : std::uint8_t { retire, leave };
  Others other_sites = Others::retire;  // mark sites that are not named inactive, or touch none
};
inline constexpr model::SiteId kNoSite = 0xFFFFFFFF;

// A URL that waits to be fetched, with all that a Request needs.
struct QueuedUrl {
  model::UrlId id = 0;
  model::HostId host = 0;
  model::SiteId site = 0;
  std::string url;
  model::Verdict state = model::Verdict::queued;
  model::Purpose purpose = model::Purpose::page;
  std::uint16_t depth = 0;
  std::uint16_t redirects = 0;
  std::uint16_t attempts = 0;
  char hop = 'L';
  model::UrlId parent = 0;
  Millis due_at = 0;
  // Of the last visit; empty and 0 where there was none.
  model::Validators validators;
  std::string content_hash;
  std::uint64_t compared = 0;
  std::chrono::seconds interval{0};
  std::uint32_t visits = 0;
  std::uint32_t changes = 0;
  Millis changed_at = 0;
  Millis visited_at = 0;
  int status = 0;
  bool with_metadata = false;
};

struct ChunkInfo {
  ChunkId id = 0;
  model::HostId host = 0;
  std::uint32_t count = 0;
  model::UrlId first = 0;  // the smallest of its ids
  // Of that URL, as of all of them when the chunk was written; kNoSite: of no site of this run.
  model::SiteId site = kNoSite;
  bool visited = false;
};

struct SiteCounts {
  std::uint64_t known = 0;    // URLs
  std::uint64_t queued = 0;   // queued and retry_later
  std::uint64_t retries = 0;  // retry_later
  std::uint64_t pages = 0;    // done, not_modified
};

// Where a walk over due URLs stands: they are taken in order of (due_at, id).
struct DueCursor {
  Millis at = INT64_MIN;
  model::UrlId id = 0;
};

// When a site's pages are visited again.
struct VisitPlan {
  model::SiteId site = 0;
  std::string rhythm;                // as configured: another text is another rhythm
  Millis beat = 0;                   // its next moment; 0: a page has an interval of its own,
  std::chrono::seconds interval{0};  // or this one
  Millis latest = 0;                 // for what was planned by another rhythm
  bool anew = false;                 // URLs have joined the site: look in any case
};

// What was taken away because it is not to be kept.
struct Pruned {
  std::uint64_t versions = 0;
  std::uint64_t bodies = 0;
  std::uint64_t requests = 0;
};

class PageStore {
 public:
  virtual ~PageStore() = default;

  // Enters the run and its sites. Must come first.
  virtual base::Result<RunId> begin_run(const RunStart& start) = 0;
  // After a reload: the sites by SiteId, and which of them it left out. Those are marked inactive,
  // as all others that are not named.
  virtual base::Status set_sites(const std::vector<std::string>& names,
                                 const std::set<model::SiteId>& left) = 0;

  // One transaction: all of the batch or nothing. Durable as configured when it
  // returns. disk_full, busy and io may be tried again with the same batch;
  // corrupt must stop the crawl.
  virtual base::Status put(const CommitBatch& batch) = 0;

  virtual NextIds next_ids() const = 0;
  virtual SeenIndex& seen() = 0;
  virtual model::UrlId horizon() const = 0;

  // All hosts, or one by origin. `visit` must not call the store.
  virtual base::Status each_host(const std::function<void(const HostState&)>& visit) = 0;
  // Each URL of which a page was ever stored, or that waits for another attempt at one, once; its
  // site may be kNoSite. `visit` must not call the store.
  using VisitPageUrl =
      std::function<void(model::HostId host, model::SiteId site, std::string_view url)>;
  virtual base::Status each_page_url(const VisitPageUrl& visit) = 0;
  virtual base::Result<std::optional<HostState>> find_host(std::string_view origin) = 0;
  virtual base::Result<std::optional<HostState>> host(model::HostId id) = 0;
  // The text of the host's current robots.txt; empty when there is none.
  virtual base::Result<std::string> robots_text(std::uint64_t version) = 0;
  // What a URL list said of the URL or of one that led to it: a JSON object; empty: nothing.
  virtual base::Result<std::string> metadata(model::UrlId id) = 0;

  // In order of id.
  virtual base::Result<std::vector<ChunkInfo>> chunks() = 0;
  // The rows of a chunk that are still queued, in order of id. One that is gone is empty.
  virtual base::Result<std::vector<QueuedUrl>> take_chunk(ChunkId id) = 0;
  // URLs in state queued with id >= `from`, in order of id, at most `limit`.
  virtual base::Result<std::vector<QueuedUrl>> queued_from(model::UrlId from,
                                                           std::size_t limit) = 0;
  // URLs whose due_at is at or before `now`, earliest first, at most `limit`. A URL is
  // given until an update changes its due_at: pass the last one given to go on after it.
  virtual base::Result<std::vector<QueuedUrl>> due(Millis now, std::size_t limit,
                                                   DueCursor after = {}) = 0;
  // The earliest due_at after `after`; nothing when none is planned.
  virtual base::Result<std::optional<Millis>> next_due(Millis after) = 0;
  // Every URL of the run's sites that was ever visited, failed, or was refused for what may have
  // passed, is due at `now`: a recrawl. Where the one before was not ended (ends_recrawl of a
  // batch), it goes on: what it has visited is not due again.
  virtual base::Status make_visited_due(Millis now) = 0;
  // What runs that visit nothing again left without a visit is planned, and what was planned by
  // another rhythm comes no later than by the one that holds. Looks through the books only where
  // there may be such URLs.
  virtual base::Status plan_visits(std::span<const VisitPlan> plans, Millis now) = 0;
  // Where the books hold something that was done after `now`, the wall clock was ahead: no retry
  // of the run's sites comes later than `retry`, and no visit later than `visit`.
  virtual base::Status bring_due(Millis now, Millis retry, Millis visit) = 0;
  // Every planned visit comes so much later, or earlier where negative: the clock was set.
  virtual base::Status move_due(Millis by) = 0;
  // Every few seconds: the database still stands where it was opened, its log does not
  // grow without end, and what may follow put() late is caught up. not_found and corrupt
  // must stop the crawl.
  virtual base::Status check() = 0;
  // Takes away about `rows` rows of what is not to be kept, in a transaction of its own. False:
  // nothing is left to do for now. To be called when there is nothing to put; errors as of put().
  virtual base::Result<bool> prune(Millis now, std::size_t rows) = 0;
  // What went since the store was opened.
  virtual Pruned pruned() const = 0;
  // What bodies of the host's pages are to be packed with, at the moment; null: nothing. Threads:
  // any.
  virtual std::shared_ptr<const model::BodyDictionary> dictionary_of(model::HostId host) = 0;
  // Whatever state they are in, in the order asked for; unknown ids are left out.
  virtual base::Result<std::vector<QueuedUrl>> urls(std::span<const model::UrlId> ids) = 0;

  // As the last batch that held it said.
  virtual base::Result<std::vector<SiteCoverage>> coverage() = 0;
  virtual base::Result<std::vector<SiteLinkRules>> link_rules() = 0;
  virtual base::Result<std::vector<MovedSeed>> moved_seeds() = 0;
  // What batches told, but for hosts that were forgotten meanwhile.
  virtual base::Result<std::vector<model::HstsHost>> hsts_hosts() = 0;
  // Rule -> records that the newest stored version of the URL's page has; none: left out.
  using RecordsByRule = std::vector<std::pair<std::string, std::uint64_t>>;
  virtual base::Result<RecordsByRule> records_of(model::UrlId id) = 0;

  // The counts by state and by site, kept by put(): no walk over `urls`.
  virtual base::Result<std::map<std::string, std::uint64_t>> count_states() = 0;
  virtual base::Result<std::vector<SiteCounts>> count_sites() = 0;
};

}  // namespace crawld::storage
