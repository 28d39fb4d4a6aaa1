// What one transaction writes: a plain value, made by the commit stage.
//
// Every id is assigned in memory before (PageStore::next_ids), so a batch that
// failed can be put again as it is, and putting it twice changes nothing.
// Times are milliseconds since the epoch, UTC; 0 means "none" unless said.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crawler/model/page.h"
#include "crawler/model/request.h"
#include "crawler/model/response.h"
#include "crawler/model/settlement.h"

namespace crawld::storage {

using PageId = std::uint64_t;   // row id in `pages`; 0: none
using RunId = std::uint32_t;    // row id in `runs`; 0: none
using ChunkId = std::uint64_t;  // row id in `queue_chunks`; 0: none
using Millis = std::int64_t;    // since the epoch, UTC

// A URL seen for the first time. Ids rise by one in the order of discovery.
struct NewUrl {
  model::UrlId id = 0;
  std::uint64_t hash = 0;  // SeenIndex::hash_of(url), already inserted
  model::HostId host = 0;
  model::SiteId site = 0;
  std::string url;  // href
  model::Verdict state = model::Verdict::queued;
  std::string reason;
  std::uint16_t depth = 0;
  std::uint16_t redirects = 0;
  char hop = 'L';  // Heritrix's letters; 'S' for a seed
  model::Purpose purpose = model::Purpose::page;
  model::UrlId parent = 0;  // the URL whose page held it; 0: a seed or injected
  Millis due_at = 0;        // when state is retry_later or a visit is planned
  std::string metadata;     // of a URL list: a JSON object; empty: none
};

// A URL that changed its state.
struct UrlUpdate {
  model::UrlId id = 0;
  model::Verdict state = model::Verdict::failed;
  std::string reason;
  std::uint16_t attempts = 0;  // failed in a row
  Millis due_at = 0;           // next retry or revisit; 0: never
};

// The URL belongs to another site from now on.
struct SiteMove {
  model::UrlId id = 0;
  model::SiteId site = 0;
};

// A URL that was found again on a shorter way.
struct Nearer {
  model::UrlId id = 0;
  std::uint16_t depth = 0;
  std::uint16_t redirects = 0;
  model::UrlId parent = 0;
};

// What a visit taught about a URL for the next one: one row per URL, replaced.
struct Visit {
  model::UrlId url_id = 0;
  Millis visited_at = 0;
  int status = 0;
  model::Validators validators;
  std::string content_hash;          // of the last good version
  std::uint64_t compared = 0;        // of the same, as model::History's
  std::chrono::seconds interval{0};  // until the next visit as adapted; 0: not planned
  std::uint32_t visits = 0;          // so far, this one included
  std::uint32_t changes = 0;         // of them found something new
  Millis changed_at = 0;             // the last time it did
};

// A new version of a page. `parsed` holds the response and what was read out of it.
struct StoredPage {
  PageId id = 0;
  model::UrlId url_id = 0;
  model::SiteId site = 0;
  model::Parsed parsed;
  model::Change change = model::Change::first_seen;
  std::string rule_set_hash;     // of the rules that made parsed's records
  std::uint64_t body_bytes = 0;  // of the body as sent (the body itself may be gone)
  bool store_body = true;
  bool store_text = true;
  // False for an answer that is kept but is no better than the version before: cut
  // off, a soft 404, a login wall. v_pages goes on to show the version before.
  bool supersedes = true;
};

// One attempt, whatever came of it. `fetches` is a log: rows are only appended.
struct FetchRow {
  std::uint64_t id = 0;
  model::UrlId url_id = 0;
  Millis started_at = 0;
  std::string outcome;  // a Verdict, FetchFailureKind or ParseFailureKind as text
  std::string detail;   // one line for people; empty: none
  int status = 0;       // 0: no response
  std::uint16_t attempt = 0;
  model::Timings timings;
  std::string remote_address;
  std::string http_version;
  model::Change change = model::Change::none;  // what v_changes shows
  PageId page_id = 0;                          // the version it stored; 0: none
  // What an archive tells of an answer without a page: a redirect, or gone; an error, too, where
  // bodies of answers are kept. Else none.
  model::Headers headers;
  model::PackedBody body = {};  // of the same; without a dictionary
  std::uint64_t body_size = 0;  // unpacked, bytes
  bool truncated = false;       // the body
  bool broke_off = false;       // truncated, and not at our limit
};

// A host (scheme, name and port) with its clocks. The whole row is replaced.
struct HostState {
  model::HostId id = 0;
  std::string origin;                         // "https://host[:port]"
  Millis next_allowed = 0;                    // wall clock: no contact before
  std::chrono::milliseconds delay{0};         // between starts, as adapted
  std::chrono::milliseconds crawl_delay{-1};  // from robots.txt; negative: none
  std::chrono::microseconds latency{0};       // smoothed
  std::uint32_t failures = 0;                 // in a row
  Millis backed_off_until = 0;
  std::string reason;                // why it is slowed, dead or closed; empty: healthy
  std::uint64_t robots_version = 0;  // row in `robots_versions`; 0: never asked
  int robots_status = 0;             // HTTP status; 0: unreachable or never asked
  Millis robots_fetched_at = 0;
  Millis robots_expires_at = 0;
  std::uint64_t pages = 0;  // stored
  std::uint64_t fetches = 0;
  std::uint64_t errors = 0;
  std::uint64_t bytes = 0;  // received
};

// A robots.txt as it was. A new row only when the text or the status changed.
struct RobotsVersion {
  std::uint64_t id = 0;
  model::HostId host = 0;
  Millis fetched_at = 0;
  int status = 0;
  std::string text;
  std::string hash;
};

// Waiting URLs of one host, moved out of memory.
struct QueueChunk {
  ChunkId id = 0;
  model::HostId host = 0;
  // Not stored: the URLs tell it (ChunkInfo).
  model::SiteId site = 0;
  bool visited = false;
  std::vector<model::UrlId> ids;  // rising
};

// Records made again from stored pages by `crawld extract`; replaces the page's.
struct ExtractedRecords {
  PageId page_id = 0;
  model::UrlId url_id = 0;
  model::SiteId site = 0;
  std::string rule_set_hash;
  std::vector<model::Record> records;
};

// What else a stored page says, read again by `crawld extract` since its site asks for it now.
// Empty: as it stands.
struct PageReading {
  PageId page_id = 0;
  std::string main_text;
  std::string markdown;
  std::string author;
  std::string date;
  std::string jsonld;  // as the fields of model::ParsedPage
  std::string microdata;
  std::string opengraph;
  std::string structured;
  std::uint64_t simhash = 0;  // goes with main_text
};

// A stored document that is read by a program of the system now
// (parsers/worker/converting_parser.h): what the page says of it, or convert_error. What is of the
// document itself stays as it stands.
struct DocumentReading {
  PageId page_id = 0;
  std::string url;
  model::ParsedPage parsed;
  bool store_text = true;
};

// How field coverage of a site stands, round by round; the store does not read it.
struct SiteCoverage {
  std::string site;
  std::string rounds_json;
};

// By what rules links of a site are followed, and since when; the store does not read it.
struct SiteLinkRules {
  std::string site;
  std::string since_and_rules;
};

// The scope of a site was taken along to where a seed of it has moved.
struct MovedSeed {
  std::string site;
  std::string url;
};

// A person holds a site, or lets it go on (storage/pauses.h).
struct SitePause {
  std::string site;  // empty: the whole crawl
  Millis since = 0;  // 0: no longer
};

// All pages of a site up to this one have been read as asked for (storage/reports/page_walk.h).
struct ExtractedUpTo {
  std::string site;
  std::string reading;
  PageId page = 0;
};

// A page that no page which still stands links to, or such an orphan that is linked to again. Its
// id is drawn from the same numbers as those of fetches, so that all changes have one order.
struct LinkChange {
  std::uint64_t id = 0;
  model::UrlId url_id = 0;
  Millis found_at = 0;
};

// How far a change hook has got (storage/reports/changes.h).
struct HookCursor {
  std::string hook;
  std::uint64_t last_id = 0;  // of the changes that were taken
};

// How the run stands. The row of the run is replaced.
struct RunUpdate {
  Millis ended_at = 0;  // 0: still running
  std::string exit;     // "finished", "interrupted", "disk_full", ...; empty: still running
  std::uint64_t fetches = 0;
  std::uint64_t pages = 0;
  std::uint64_t errors = 0;
  std::uint64_t bytes = 0;
  std::string coverage_json;  // extraction coverage by rule and field; empty: none
  std::string changes_json;   // change -> count; empty: none
};

// The books were judged by one scope in part only: the next start judges them all.
inline constexpr const char* kMixedScope = "mixed";

struct CommitBatch {
  std::vector<HostState> hosts;  // new and changed
  std::vector<RobotsVersion> robots;
  std::vector<NewUrl> new_urls;  // rising ids, no gaps
  std::vector<UrlUpdate> updates;
  std::vector<Visit> visits;
  std::vector<StoredPage> pages;
  std::vector<FetchRow> fetches;
  std::vector<ExtractedRecords> extracted;
  std::vector<PageReading> readings;
  std::vector<DocumentReading> documents;
  std::vector<ExtractedUpTo> extracted_up_to;
  std::vector<SiteCoverage> coverage;  // of the sites where it changed
  std::vector<SiteLinkRules> link_rules;
  std::vector<MovedSeed> moved_seeds;
  std::vector<SitePause> pauses;            // in the order in which they were said
  std::vector<model::HstsHost> hsts_hosts;  // what was told anew
  // What judges the URLs of the books from here on (daemon/scope_change.h); empty: as before.
  std::string scope;
  std::vector<LinkChange> orphaned;
  std::vector<LinkChange> adopted;
  std::vector<model::UrlId> ended_orphans;  // they stand no more
  std::vector<SiteMove> site_moves;
  std::vector<Nearer> nearer;
  std::map<model::UrlId, std::string> metadata;  // of known URLs: in place of what was said before
  bool ends_recrawl = false;  // of the run's sites: the next one visits all pages again
  std::vector<HookCursor> hook_cursors;
  std::vector<QueueChunk> chunks;        // new
  std::vector<ChunkId> finished_chunks;  // every id of them is settled or in memory's care
  model::UrlId horizon = 0;              // queued ids >= horizon are in no chunk; 0: unchanged
  bool has_run = false;
  RunUpdate run;
};

// The row of a URL that is new in the batch, or nullptr.
inline NewUrl* unwritten(CommitBatch& batch, model::UrlId id) {
  auto& rows = batch.new_urls;
  const auto row = std::lower_bound(rows.begin(), rows.end(), id,
                                    [](const auto& url, model::UrlId at) { return url.id < at; });
  return row != rows.end() && row->id == id ? &*row : nullptr;
}

}  // namespace crawld::storage
