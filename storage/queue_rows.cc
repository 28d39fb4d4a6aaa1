// What the frontier reads back: hosts, chunks, waiting and due URLs, counts.
#include <cstring>

#include "crawler/base/log.h"
#include "storage/sqlite_store.h"

namespace crawld::storage {
namespace {

std::uint64_t as_id(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// The columns of a QueuedUrl, in the order in which read_urls takes them.
#define QUEUED_URL_COLUMNS                                                               \
  "SELECT u.id, u.host_id, u.site_id, u.url, u.state, u.purpose, u.depth, u.redirects, " \
  "u.attempts, u.hop, u.parent_id, u.due_at, v.etag, v.last_modified, v.content_hash, "  \
  "v.interval_s, v.visits, v.changes, v.changed_at, v.visited_at, v.status, "            \
  "u.metadata IS NOT NULL, v.compared "                                                  \
  "FROM urls AS u LEFT JOIN visits AS v ON v.url_id = u.id "

#define HOST_COLUMNS                                                                           \
  "SELECT id, host, next_allowed, delay_ms, crawl_delay_ms, latency_us, failures, "            \
  "backed_off_until, reason, robots_id, robots_status, robots_fetched_at, robots_expires_at, " \
  "pages, fetches, errors, bytes FROM hosts "

// Rows read one by one, as one reader of the log: else each takes and gives back its lock.
class OneLook {
 public:
  explicit OneLook(Database& database)
      : database_(database), ours_(!database.in_transaction() && database.execute("BEGIN").ok()) {}
  OneLook(const OneLook&) = delete;
  OneLook& operator=(const OneLook&) = delete;
  ~OneLook() {
    if (ours_) database_.rollback();
  }

 private:
  Database& database_;
  const bool ours_;
};

HostState host_of(const Statement& s) {
  HostState host;
  host.id = static_cast<model::HostId>(s.integer(0));
  host.origin = s.text(1);
  host.next_allowed = s.integer(2);
  host.delay = std::chrono::milliseconds(s.integer(3));
  host.crawl_delay = std::chrono::milliseconds(s.is_null(4) ? -1 : s.integer(4));
  host.latency = std::chrono::microseconds(s.integer(5));
  host.failures = static_cast<std::uint32_t>(s.integer(6));
  host.backed_off_until = s.integer(7);
  host.reason = s.text(8);
  host.robots_version = as_id(s.integer(9));
  host.robots_status = static_cast<int>(s.integer(10));
  host.robots_fetched_at = s.integer(11);
  host.robots_expires_at = s.integer(12);
  host.pages = as_id(s.integer(13));
  host.fetches = as_id(s.integer(14));
  host.errors = as_id(s.integer(15));
  host.bytes = as_id(s.integer(16));
  return host;
}

model::Purpose purpose_of(std::string_view text) {
  if (text == "robots") return model::Purpose::robots;
  return text == "sitemap" ? model::Purpose::sitemap : model::Purpose::page;
}

QueuedUrl url_of(const Statement& s, const SiteIds& sites) {
  QueuedUrl url;
  url.id = as_id(s.integer(0));
  url.host = static_cast<model::HostId>(s.integer(1));
  url.site = sites.site_of(s.integer(2));
  url.url = s.text(3);
  url.state = model::verdict_from(s.text(4)).value_or(model::Verdict::queued);
  url.purpose = purpose_of(s.text(5));
  url.depth = static_cast<std::uint16_t>(s.integer(6));
  url.redirects = static_cast<std::uint16_t>(s.integer(7));
  url.attempts = static_cast<std::uint16_t>(s.integer(8));
  url.hop = s.text(9).empty() ? 'L' : s.text(9).front();
  url.parent = as_id(s.integer(10));
  url.due_at = s.integer(11);
  url.validators.etag = s.text(12);
  url.validators.last_modified = s.text(13);
  url.content_hash = s.text(14);
  url.interval = std::chrono::seconds(s.integer(15));
  url.visits = static_cast<std::uint32_t>(s.integer(16));
  url.changes = static_cast<std::uint32_t>(s.integer(17));
  url.changed_at = s.integer(18);
  url.visited_at = s.integer(19);
  url.status = static_cast<int>(s.integer(20));
  url.with_metadata = s.integer(21) != 0;
  url.compared = as_id(s.integer(22));
  return url;
}

base::Result<std::optional<HostState>> one_host(Database& database, const char* sql,
                                                const std::function<void(Statement&)>& bind) {
  std::optional<HostState> found;
  auto done = database.each(sql, bind, [&](Statement& s) { found = host_of(s); });
  if (!done) return std::move(done).error();
  return found;
}

}  // namespace

template <class Bind>
base::Result<std::vector<QueuedUrl>> SqliteStore::read_urls(const char* sql, Bind bind) {
  std::vector<QueuedUrl> urls;
  auto done = database_->each(sql, bind, [&](Statement& s) { urls.push_back(url_of(s, sites_)); });
  if (!done) return std::move(done).error();
  return urls;
}

base::Status SqliteStore::each_host(const std::function<void(const HostState&)>& visit) {
  return database_->each(
      HOST_COLUMNS "ORDER BY id", [](Statement&) {}, [&](Statement& s) { visit(host_of(s)); });
}

base::Status SqliteStore::each_page_url(const VisitPageUrl& visit) {
  return database_->each(
      "SELECT u.host_id, u.site_id, u.url "
      "FROM visits v JOIN urls u ON u.id = v.url_id "
      "WHERE v.page_id IS NOT NULL AND u.purpose IS NULL "
      "UNION ALL SELECT u.host_id, u.site_id, u.url FROM urls u "
      "WHERE u.due_at IS NOT NULL AND u.state = 'retry_later' AND u.purpose IS NULL "
      "AND NOT EXISTS (SELECT 1 FROM visits v WHERE v.url_id = u.id AND v.page_id IS NOT NULL)",
      [](Statement&) {},
      [&](Statement& s) {
        visit(static_cast<model::HostId>(s.integer(0)), sites_.site_of(s.integer(1)), s.text(2));
      });
}

base::Result<std::optional<HostState>> SqliteStore::find_host(std::string_view origin) {
  return one_host(*database_, HOST_COLUMNS "WHERE host = ?1",
                  [&](Statement& s) { s.text(1, origin); });
}

base::Result<std::optional<HostState>> SqliteStore::host(model::HostId id) {
  return one_host(*database_, HOST_COLUMNS "WHERE id = ?1",
                  [&](Statement& s) { s.integer(1, id); });
}

base::Result<std::string> SqliteStore::robots_text(std::uint64_t version) {
  std::string text;
  auto done = database_->each(
      "SELECT text FROM robots_versions WHERE id = ?1",
      [&](Statement& s) { s.integer(1, as_integer(version)); },
      [&](Statement& s) { text = s.text(0); });
  if (!done) return std::move(done).error();
  return text;
}

base::Result<std::string> SqliteStore::metadata(model::UrlId id) {
  std::string text;
  auto done = database_->each(
      "SELECT metadata FROM urls WHERE id = ?1",
      [&](Statement& s) { s.integer(1, as_integer(id)); }, [&](Statement& s) { text = s.text(0); });
  if (!done) return std::move(done).error();
  return text;
}

base::Result<std::vector<ChunkInfo>> SqliteStore::chunks() {
  std::vector<ChunkInfo> chunks;
  auto done = database_->each(
      "SELECT id, host_id, count, substr(ids, 1, 8) FROM queue_chunks ORDER BY id",
      [](Statement&) {},
      [&](Statement& s) {
        model::UrlId first = 0;
        const std::string_view bytes = s.blob(3);
        if (bytes.size() == sizeof(first)) std::memcpy(&first, bytes.data(), sizeof(first));
        chunks.push_back({as_id(s.integer(0)), static_cast<model::HostId>(s.integer(1)),
                          static_cast<std::uint32_t>(s.integer(2)), first});
      });
  if (!done) return std::move(done).error();
  const OneLook look(*database_);
  for (ChunkInfo& chunk : chunks) {
    done = database_->each(
        "SELECT u.site_id, ifnull(v.visits, 0) > 0 "
        "FROM urls AS u LEFT JOIN visits AS v ON v.url_id = u.id WHERE u.id = ?1",
        [&](Statement& s) { s.integer(1, as_integer(chunk.first)); },
        [&](Statement& s) {
          chunk.site = sites_.site_of(s.integer(0));
          chunk.visited = s.integer(1) != 0;
        });
    if (!done) return std::move(done).error();
  }
  return chunks;
}

base::Result<std::vector<QueuedUrl>> SqliteStore::take_chunk(ChunkId id) {
  std::vector<model::UrlId> ids;
  auto done = database_->each(
      "SELECT ids FROM queue_chunks WHERE id = ?1",
      [&](Statement& s) { s.integer(1, as_integer(id)); },
      [&](Statement& s) {
        const std::string_view bytes = s.blob(0);
        ids.resize(bytes.size() / sizeof(model::UrlId));
        std::memcpy(ids.data(), bytes.data(), ids.size() * sizeof(model::UrlId));
      });
  if (!done) return std::move(done).error();
  auto rows = urls(ids);
  if (!rows) return rows;
  std::erase_if(*rows, [](const QueuedUrl& url) { return url.state != model::Verdict::queued; });
  return rows;
}

base::Result<std::vector<QueuedUrl>> SqliteStore::queued_from(model::UrlId from,
                                                              std::size_t limit) {
  return read_urls(
      QUEUED_URL_COLUMNS
      "WHERE u.id >= ?1 AND u.state = 'queued' "
      "ORDER BY u.id LIMIT ?2",
      [&](Statement& s) { s.integer(1, as_integer(from)).integer(2, as_integer(limit)); });
}

base::Result<std::vector<QueuedUrl>> SqliteStore::due(Millis now, std::size_t limit,
                                                      DueCursor after) {
  return read_urls(QUEUED_URL_COLUMNS
                   "WHERE u.due_at IS NOT NULL AND u.due_at <= ?1 AND (u.due_at, u.id) > (?3, ?4) "
                   "ORDER BY u.due_at, u.id LIMIT ?2",
                   [&](Statement& s) {
                     s.integer(1, now).integer(2, as_integer(limit));
                     s.integer(3, after.at).integer(4, as_integer(after.id));
                   });
}

base::Result<std::optional<Millis>> SqliteStore::next_due(Millis after) {
  std::optional<Millis> due;
  auto done = database_->each(
      "SELECT due_at FROM urls WHERE due_at IS NOT NULL AND due_at > ?1 ORDER BY due_at LIMIT 1",
      [&](Statement& s) { s.integer(1, after); }, [&](Statement& s) { due = s.integer(0); });
  if (!done) return std::move(done).error();
  return due;
}

namespace {

// Rows of two texts, as members of T in their order.
template <class T>
base::Result<std::vector<T>> text_pairs(Database& database, const char* sql) {
  std::vector<T> all;
  auto done = database.each(
      sql, [](Statement&) {},
      [&](Statement& s) {
        all.push_back({std::string(s.text(0)), std::string(s.text(1))});
      });
  if (!done) return std::move(done).error();
  return all;
}

}  // namespace

base::Result<std::vector<SiteCoverage>> SqliteStore::coverage() {
  return text_pairs<SiteCoverage>(
      *database_,
      "SELECT substr(key, 10), value FROM meta WHERE key >= 'coverage:' AND key < 'coverage;'");
}

base::Result<std::vector<SiteLinkRules>> SqliteStore::link_rules() {
  return text_pairs<SiteLinkRules>(
      *database_,
      "SELECT substr(key, 12), value FROM meta WHERE key >= 'link_rules:' AND key < 'link_rules;'");
}

base::Result<std::vector<MovedSeed>> SqliteStore::moved_seeds() {
  return text_pairs<MovedSeed>(
      *database_,
      "SELECT value, substr(key, 7) FROM meta WHERE key >= 'moved:' AND key < 'moved;'");
}

base::Result<std::vector<model::HstsHost>> SqliteStore::hsts_hosts() {
  std::vector<model::HstsHost> all;
  auto done = database_->each(
      "SELECT host, subdomains, told_at, until FROM hsts_hosts", [](Statement&) {},
      [&](Statement& s) {
        all.push_back({.name = std::string(s.text(0)),
                       .with_subdomains = s.integer(1) != 0,
                       .told_at = base::from_millis(s.integer(2)),
                       .until = base::from_millis(s.integer(3))});
      });
  if (!done) return std::move(done).error();
  return all;
}

base::Result<SqliteStore::RecordsByRule> SqliteStore::records_of(model::UrlId id) {
  RecordsByRule counts;
  auto done = database_->each(
      "SELECT r.rule, count(*) FROM visits AS v JOIN records AS r ON r.page_id = v.page_id "
      "WHERE v.url_id = ?1 GROUP BY r.rule",
      [&](Statement& s) { s.integer(1, as_integer(id)); },
      [&](Statement& s) { counts.emplace_back(s.text(0), as_id(s.integer(1))); });
  if (!done) return std::move(done).error();
  return counts;
}

base::Status SqliteStore::check() {
  if (database_->log_grew_too_large()) {
    base::log::warn("store.log", {{"bytes", database_->log_bytes()},
                                  {"why", "a reader holds an old snapshot; end it"}});
  }
  if (auto done = database_->verify_file(); !done) return done;
  const bool behind = search_index_ && indexed_ + 1 < ids_.next.page;
  return behind && !failed_ ? put({}, Texts::all) : base::Done{};
}

base::Result<std::vector<QueuedUrl>> SqliteStore::urls(std::span<const model::UrlId> ids) {
  const OneLook look(*database_);
  std::vector<QueuedUrl> rows;
  rows.reserve(ids.size());
  for (const model::UrlId id : ids) {
    auto done = database_->each(
        QUEUED_URL_COLUMNS "WHERE u.id = ?1", [&](Statement& s) { s.integer(1, as_integer(id)); },
        [&](Statement& s) { rows.push_back(url_of(s, sites_)); });
    if (!done) return std::move(done).error();
  }
  return rows;
}

base::Result<std::map<std::string, std::uint64_t>> SqliteStore::count_states() {
  std::map<std::string, std::uint64_t> counts;
  auto done = database_->each(
      "SELECT state, sum(count) FROM url_counts GROUP BY state", [](Statement&) {},
      [&](Statement& s) { counts.emplace(s.text(0), as_id(s.integer(1))); });
  if (!done) return std::move(done).error();
  return counts;
}

base::Result<std::vector<SiteCounts>> SqliteStore::count_sites() {
  std::vector<SiteCounts> counts(sites_.size());
  auto done = database_->each(
      "SELECT site_id, state, count FROM url_counts", [](Statement&) {},
      [&](Statement& s) {
        const model::SiteId site = sites_.site_of(s.integer(0));
        if (site == kNoSite) return;
        const std::string_view state = s.text(1);
        const std::uint64_t count = as_id(s.integer(2));
        counts[site].known += count;
        if (state == "queued" || state == "retry_later") counts[site].queued += count;
        if (state == "retry_later") counts[site].retries += count;
        if (state == "done" || state == "not_modified") counts[site].pages += count;
      });
  if (!done) return std::move(done).error();
  return counts;
}

#undef HOST_COLUMNS
#undef QUEUED_URL_COLUMNS

}  // namespace crawld::storage
