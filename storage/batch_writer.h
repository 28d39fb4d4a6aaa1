// The rows of one batch, inside a transaction that the store opened.
//
// What it changes in memory (next ids, new bodies, counts) is kept here and taken
// over by the store only after the commit.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/bodies/host_dictionaries.h"
#include "storage/commit_batch.h"
#include "storage/database.h"
#include "storage/page_store.h"
#include "storage/site_ids.h"

namespace crawld::storage {

class BatchWriter {
 public:
  struct Ids {
    NextIds next;
    std::uint64_t body = 1;
    std::uint64_t record = 1;
  };

  struct Context {
    Database& database;
    SeenIndex& bodies;
    const SiteIds& sites;
    RunId run;
    bool redo;  // the last put failed: rows of this one may stand already
  };

  BatchWriter(const Context& context, Ids ids)
      : database_(context.database),
        bodies_(context.bodies),
        sites_(context.sites),
        run_(context.run),
        redo_(context.redo),
        ids_(ids) {}

  base::Status write(const CommitBatch& batch);

  const Ids& ids() const { return ids_; }
  // Content hash -> id of the bodies that this batch added.
  const std::unordered_map<std::uint64_t, std::uint64_t>& new_bodies() const { return new_bodies_; }
  // Those of HTML; to be taken once.
  std::vector<NewBody> take_new_html() { return std::move(new_html_); }

 private:
  struct Content;

  // batch_writer.cc
  base::Status host(const HostState& host);
  base::Status robots(const RobotsVersion& version);
  base::Status new_url(const NewUrl& url);
  base::Status update(const UrlUpdate& update);
  base::Status move_nearer(const Nearer& nearer);
  base::Status metadata(model::UrlId url, const std::string& metadata);
  base::Status end_recrawl();
  base::Status move_site(const SiteMove& move);
  base::Status visit(const Visit& visit);
  base::Status fetch(const FetchRow& row);
  base::Status answer_body(const FetchRow& row);
  base::Status orphaning(const LinkChange& orphan);
  base::Status adoption(const LinkChange& adopted);
  base::Status end_orphan(model::UrlId url);
  base::Status coverage(const SiteCoverage& item);
  base::Status link_rules(const SiteLinkRules& item);
  base::Status moved_seed(const MovedSeed& seed);
  base::Status pause(const SitePause& item);
  base::Status hsts_host(const model::HstsHost& host);
  base::Status scope(const std::string& fingerprint);
  base::Status extracted_up_to(const ExtractedUpTo& reached);
  base::Status hook_cursor(const HookCursor& cursor);
  base::Status chunk(const QueueChunk& chunk);
  base::Status horizon(model::UrlId horizon);
  base::Status run(const RunUpdate& update);
  base::Status counts();

  // page_readings.cc
  base::Status reading(const PageReading& reading);
  base::Status document(const DocumentReading& reading);
  template <class Update>
  base::Status read_again(PageId page, Update update);

  // page_rows.cc
  base::Status page(const StoredPage& page);
  base::Status page_row(const StoredPage& page, std::uint64_t previous, std::uint64_t body,
                        PageId same_text);
  base::Result<PageId> same_text(const StoredPage& page, PageId previous, std::uint64_t body);
  base::Result<std::uint64_t> previous_version(const StoredPage& page);
  base::Status newest_version(const StoredPage& page);
  base::Status links(PageId page, std::string_view href, const model::ParsedPage& parsed);
  base::Result<std::uint64_t> body(const StoredPage& page, const Content& content);
  struct KnownBody {
    std::uint64_t id = 0;  // that the content has, or had; 0: it is new
    bool stands = false;
  };
  base::Result<KnownBody> known_body(const std::string& hash, std::uint64_t key);
  base::Status records(PageId page, model::UrlId url, model::SiteId site,
                       const std::string& rule_set, const std::vector<model::Record>& records);
  base::Status drop_records(PageId page);

  Database& database_;
  SeenIndex& bodies_;
  const SiteIds& sites_;
  const RunId run_;
  const bool redo_;
  Ids ids_;
  std::unordered_map<std::uint64_t, std::uint64_t> new_bodies_;
  std::vector<NewBody> new_html_;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> changed_counts_;
};

}  // namespace crawld::storage
