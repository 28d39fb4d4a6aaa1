#include "storage/batch_writer.h"

#include <algorithm>

#include "storage/reports/row_json.h"

namespace crawld::storage {
namespace {

// The purpose as stored: most URLs are pages, and NULL takes no room.
std::string_view purpose_text(model::Purpose purpose) {
  switch (purpose) {
    case model::Purpose::page:
      return {};
    case model::Purpose::robots:
      return "robots";
    case model::Purpose::sitemap:
      return "sitemap";
    case model::Purpose::login_form:
    case model::Purpose::login_answer:
      return "login";  // of no row: a login is no URL of the books
  }
  return {};
}

std::string change_text(model::Change change) {
  return change == model::Change::none ? std::string() : std::string(model::to_string(change));
}

// Writes each of `items` by `one`, up to the first error.
template <class Items, class One>
base::Status all(const Items& items, One one) {
  for (const auto& item : items) {
    if (auto done = one(item); !done) return done;
  }
  return base::Done{};
}

}  // namespace

base::Status BatchWriter::write(const CommitBatch& batch) {
  auto done = all(batch.hosts, [&](const auto& item) { return host(item); });
  if (done) done = all(batch.robots, [&](const auto& item) { return robots(item); });
  if (done) done = all(batch.new_urls, [&](const auto& item) { return new_url(item); });
  if (done) done = all(batch.site_moves, [&](const auto& item) { return move_site(item); });
  if (done) done = all(batch.nearer, [&](const auto& item) { return move_nearer(item); });
  if (done)
    done = all(batch.metadata, [&](const auto& item) { return metadata(item.first, item.second); });
  if (done) done = all(batch.updates, [&](const auto& item) { return update(item); });
  if (done) done = all(batch.pages, [&](const auto& item) { return page(item); });
  if (done) done = all(batch.visits, [&](const auto& item) { return visit(item); });
  if (done) done = all(batch.fetches, [&](const auto& item) { return fetch(item); });
  if (done) {
    done = all(batch.extracted, [&](const ExtractedRecords& item) -> base::Status {
      if (auto dropped = drop_records(item.page_id); !dropped) return dropped;
      return records(item.page_id, item.url_id, item.site, item.rule_set_hash, item.records);
    });
  }
  if (done) done = all(batch.readings, [&](const auto& item) { return reading(item); });
  if (done) done = all(batch.documents, [&](const auto& item) { return document(item); });
  if (done) {
    done = all(batch.extracted_up_to, [&](const auto& item) { return extracted_up_to(item); });
  }
  if (done) done = all(batch.coverage, [&](const auto& item) { return coverage(item); });
  if (done) done = all(batch.link_rules, [&](const auto& item) { return link_rules(item); });
  if (done) done = all(batch.moved_seeds, [&](const auto& item) { return moved_seed(item); });
  if (done) done = all(batch.pauses, [&](const auto& item) { return pause(item); });
  if (done) done = all(batch.hsts_hosts, [&](const auto& item) { return hsts_host(item); });
  if (done && !batch.scope.empty()) done = scope(batch.scope);
  if (done && batch.ends_recrawl) done = end_recrawl();
  if (done) done = all(batch.orphaned, [&](const auto& item) { return orphaning(item); });
  if (done) done = all(batch.adopted, [&](const auto& item) { return adoption(item); });
  if (done) done = all(batch.ended_orphans, [&](model::UrlId id) { return end_orphan(id); });
  if (done) done = all(batch.hook_cursors, [&](const auto& item) { return hook_cursor(item); });
  if (done) done = all(batch.chunks, [&](const auto& item) { return chunk(item); });
  if (done) {
    done = all(batch.finished_chunks, [&](ChunkId id) {
      return database_.run("DELETE FROM queue_chunks WHERE id = ?1",
                           [&](Statement& s) { s.integer(1, as_integer(id)); });
    });
  }
  if (done && batch.horizon != 0) done = horizon(batch.horizon);
  if (done && batch.has_run) done = run(batch.run);
  if (done) done = counts();
  return done;
}

// A host's name stays, and so does the index over it: to replace the row would write both, and
// most commits of a patient crawl hold one page.
base::Status BatchWriter::host(const HostState& host) {
  ids_.next.host = std::max(ids_.next.host, host.id + 1);
  return database_.run(
      "INSERT INTO hosts (id, host, next_allowed, delay_ms, crawl_delay_ms, "
      "latency_us, failures, backed_off_until, reason, robots_id, robots_status, "
      "robots_fetched_at, robots_expires_at, pages, fetches, errors, bytes) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) "
      "ON CONFLICT (id) DO UPDATE SET next_allowed = ?3, delay_ms = ?4, crawl_delay_ms = ?5, "
      "latency_us = ?6, failures = ?7, backed_off_until = ?8, reason = ?9, robots_id = ?10, "
      "robots_status = ?11, robots_fetched_at = ?12, robots_expires_at = ?13, pages = ?14, "
      "fetches = ?15, errors = ?16, bytes = ?17",
      [&](Statement& s) {
        s.integer(1, host.id).text(2, host.origin).integer_or_null(3, host.next_allowed);
        s.integer(4, host.delay.count());
        host.crawl_delay.count() < 0 ? s.null(5) : s.integer(5, host.crawl_delay.count());
        s.integer(6, host.latency.count()).integer(7, host.failures);
        s.integer_or_null(8, host.backed_off_until).text_or_null(9, host.reason);
        s.integer_or_null(10, as_integer(host.robots_version)).integer(11, host.robots_status);
        s.integer_or_null(12, host.robots_fetched_at).integer_or_null(13, host.robots_expires_at);
        s.integer(14, as_integer(host.pages)).integer(15, as_integer(host.fetches));
        s.integer(16, as_integer(host.errors)).integer(17, as_integer(host.bytes));
      });
}

base::Status BatchWriter::robots(const RobotsVersion& version) {
  ids_.next.robots = std::max(ids_.next.robots, version.id + 1);
  return database_.run(
      "INSERT OR REPLACE INTO robots_versions (id, host_id, fetched_at, status, hash, text) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [&](Statement& s) {
        s.integer(1, as_integer(version.id)).integer(2, version.host);
        s.integer(3, version.fetched_at).integer(4, version.status);
        s.text(5, version.hash).text(6, version.text);
      });
}

base::Status BatchWriter::new_url(const NewUrl& url) {
  const std::int64_t site = sites_.row_of(url.site);
  const std::string state(model::to_string(url.state));
  auto done = database_.run(
      "INSERT INTO urls (id, url, host_id, site_id, state, depth, redirects, attempts, hop, "
      "parent_id, run_id, purpose, reason, due_at, metadata) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
      "ON CONFLICT (id) DO NOTHING",
      [&](Statement& s) {
        s.integer(1, as_integer(url.id)).text(2, url.url).integer(3, url.host).integer(4, site);
        s.text(5, state).integer(6, url.depth).integer(7, url.redirects);
        s.text(8, std::string_view(&url.hop, 1)).integer_or_null(9, as_integer(url.parent));
        s.integer(10, run_).text_or_null(11, purpose_text(url.purpose));
        s.text_or_null(12, url.reason).integer_or_null(13, url.due_at);
        s.text_or_null(14, url.metadata);
      });
  if (!done) return done;
  if (database_.changed_rows() != 0) ++changed_counts_[{site, state}];
  ids_.next.url = std::max(ids_.next.url, url.id + 1);
  return base::Done{};
}

base::Status BatchWriter::update(const UrlUpdate& update) {
  std::string before;
  std::int64_t site = 0;
  auto done = database_.each(
      "SELECT state, site_id FROM urls WHERE id = ?1",
      [&](Statement& s) { s.integer(1, as_integer(update.id)); },
      [&](Statement& s) {
        before = s.text(0);
        site = s.integer(1);
      });
  if (!done || before.empty()) return done;
  const std::string state(model::to_string(update.state));
  if (state != before) {
    --changed_counts_[{site, before}];
    ++changed_counts_[{site, state}];
  }
  return database_.run(
      "UPDATE urls SET state = ?2, reason = ?3, attempts = ?4, due_at = ?5 WHERE id = ?1",
      [&](Statement& s) {
        s.integer(1, as_integer(update.id)).text(2, state).text_or_null(3, update.reason);
        s.integer(4, update.attempts).integer_or_null(5, update.due_at);
      });
}

base::Status BatchWriter::move_site(const SiteMove& move) {
  const std::int64_t site = sites_.row_of(move.site);
  auto done = database_.each(
      "SELECT state, site_id FROM urls WHERE id = ?1",
      [&](Statement& s) { s.integer(1, as_integer(move.id)); },
      [&](Statement& s) {
        const std::string state(s.text(0));
        --changed_counts_[{s.integer(1), state}];
        ++changed_counts_[{site, state}];
      });
  if (!done) return done;
  return database_.run("UPDATE urls SET site_id = ?2 WHERE id = ?1",
                       [&](Statement& s) { s.integer(1, as_integer(move.id)).integer(2, site); });
}

base::Status BatchWriter::move_nearer(const Nearer& nearer) {
  return database_.run(
      "UPDATE urls SET depth = ?2, redirects = ?3, parent_id = ?4 WHERE id = ?1",
      [&](Statement& s) {
        s.integer(1, as_integer(nearer.id)).integer(2, nearer.depth).integer(3, nearer.redirects);
        s.integer_or_null(4, as_integer(nearer.parent));
      });
}

base::Status BatchWriter::metadata(model::UrlId url, const std::string& metadata) {
  return database_.run("UPDATE urls SET metadata = ?2 WHERE id = ?1",
                       [&](Statement& s) { s.integer(1, as_integer(url)).text(2, metadata); });
}

base::Status BatchWriter::end_recrawl() {
  return database_.run(
      "DELETE FROM meta WHERE key IN (SELECT 'recrawl:' || name FROM sites WHERE active = 1)",
      [](Statement&) {});
}

base::Status BatchWriter::visit(const Visit& visit) {
  return database_.run(
      "INSERT INTO visits (url_id, visited_at, status, visits, changes, changed_at, interval_s, "
      "content_hash, etag, last_modified, compared) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
      "ON CONFLICT (url_id) DO UPDATE SET visited_at = excluded.visited_at, "
      "status = excluded.status, visits = excluded.visits, changes = excluded.changes, "
      "changed_at = excluded.changed_at, interval_s = excluded.interval_s, "
      "content_hash = excluded.content_hash, etag = excluded.etag, "
      "last_modified = excluded.last_modified, compared = excluded.compared",
      [&](Statement& s) {
        s.integer(1, as_integer(visit.url_id)).integer_or_null(2, visit.visited_at);
        s.integer_or_null(3, visit.status).integer(4, visit.visits).integer(5, visit.changes);
        s.integer_or_null(6, visit.changed_at).integer_or_null(7, visit.interval.count());
        s.text_or_null(8, visit.content_hash).text_or_null(9, visit.validators.etag);
        s.text_or_null(10, visit.validators.last_modified);
        s.integer_or_null(11, as_integer(visit.compared));
      });
}

base::Status BatchWriter::fetch(const FetchRow& row) {
  ids_.next.fetch = std::max(ids_.next.fetch, row.id + 1);
  const std::string change = change_text(row.change);
  const bool told = !row.headers.all().empty() || !row.body.empty();
  const std::string headers = told ? headers_json(row.headers) : "";
  if (auto done = answer_body(row); !done) return done;
  return database_.run(
      "INSERT OR REPLACE INTO fetches (id, url_id, run_id, started_at, outcome, status, attempt, "
      "bytes, dns_us, connect_us, tls_us, first_byte_us, total_us, reused, page_id, change, "
      "http_version, remote_address, detail, headers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
      "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
      [&](Statement& s) {
        s.integer(1, as_integer(row.id)).integer(2, as_integer(row.url_id)).integer(3, run_);
        s.integer(4, row.started_at).text(5, row.outcome).integer_or_null(6, row.status);
        s.integer(7, row.attempt).integer(8, as_integer(row.timings.bytes_received));
        s.integer(9, row.timings.dns.count()).integer(10, row.timings.connect.count());
        s.integer(11, row.timings.tls.count()).integer(12, row.timings.first_byte.count());
        s.integer(13, row.timings.total.count()).integer(14, row.timings.reused_connection);
        s.integer_or_null(15, as_integer(row.page_id)).text_or_null(16, change);
        s.text_or_null(17, row.http_version).text_or_null(18, row.remote_address);
        s.text_or_null(19, row.detail).text_or_null(20, headers);
      });
}

base::Status BatchWriter::answer_body(const FetchRow& row) {
  if (row.body.empty()) return base::Done{};
  const std::string codec = model::BodyPacking::of(row.body).name();
  return database_.run(
      "INSERT OR REPLACE INTO answer_bodies (fetch_id, codec, size, truncated, data) "
      "VALUES (?1, ?2, ?3, ?4, ?5)",
      [&](Statement& s) {
        s.integer(1, as_integer(row.id)).text(2, codec).integer(3, as_integer(row.body_size));
        s.integer(4, row.broke_off ? 2 : row.truncated).blob(5, row.body.bytes);
      });
}

base::Status BatchWriter::hook_cursor(const HookCursor& cursor) {
  return database_.run(
      "INSERT OR REPLACE INTO hook_cursors (hook, last_id) VALUES (?1, ?2)",
      [&](Statement& s) { s.text(1, cursor.hook).integer(2, as_integer(cursor.last_id)); });
}

base::Status BatchWriter::chunk(const QueueChunk& chunk) {
  ids_.next.chunk = std::max(ids_.next.chunk, chunk.id + 1);
  const std::string_view ids(reinterpret_cast<const char*>(chunk.ids.data()),
                             chunk.ids.size() * sizeof(model::UrlId));
  return database_.run(
      "INSERT OR REPLACE INTO queue_chunks (id, host_id, count, ids) VALUES (?1, ?2, ?3, ?4)",
      [&](Statement& s) {
        s.integer(1, as_integer(chunk.id)).integer(2, chunk.host);
        s.integer(3, as_integer(chunk.ids.size())).blob(4, ids);
      });
}

base::Status BatchWriter::extracted_up_to(const ExtractedUpTo& reached) {
  const std::string key = "extracted:" + reached.site;
  const std::string value = reached.reading + " " + std::to_string(reached.page);
  return database_.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                       [&](Statement& s) { s.text(1, key).text(2, value); });
}

base::Status BatchWriter::coverage(const SiteCoverage& item) {
  const std::string key = "coverage:" + item.site;
  return database_.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                       [&](Statement& s) { s.text(1, key).text(2, item.rounds_json); });
}

base::Status BatchWriter::link_rules(const SiteLinkRules& item) {
  const std::string key = "link_rules:" + item.site;
  return database_.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                       [&](Statement& s) { s.text(1, key).text(2, item.since_and_rules); });
}

base::Status BatchWriter::moved_seed(const MovedSeed& seed) {
  const std::string key = "moved:" + seed.url;
  return database_.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                       [&](Statement& s) { s.text(1, key).text(2, seed.site); });
}

base::Status BatchWriter::pause(const SitePause& item) {
  const std::string key = "paused:" + item.site;
  if (item.since == 0) {
    return database_.run("DELETE FROM meta WHERE key = ?1", [&](Statement& s) { s.text(1, key); });
  }
  return database_.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                       [&](Statement& s) { s.text(1, key).integer(2, item.since); });
}

// A host that is to be forgotten goes with those whose time is over, so that the table stays as
// small as what memory holds.
base::Status BatchWriter::hsts_host(const model::HstsHost& host) {
  auto done = database_.run(
      "INSERT OR REPLACE INTO hsts_hosts (host, subdomains, told_at, until) "
      "VALUES (?1, ?2, ?3, ?4)",
      [&](Statement& s) {
        s.text(1, host.name).integer(2, host.with_subdomains ? 1 : 0);
        s.integer(3, base::to_millis(host.told_at)).integer(4, base::to_millis(host.until));
      });
  if (!done) return done;
  return database_.run("DELETE FROM hsts_hosts WHERE until <= ?1",
                       [&](Statement& s) { s.integer(1, base::to_millis(host.told_at)); });
}

base::Status BatchWriter::scope(const std::string& fingerprint) {
  return database_.run(
      "INSERT INTO meta (key, value) VALUES ('scope', ?1) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
      [&](Statement& s) { s.text(1, fingerprint); });
}

base::Status BatchWriter::horizon(model::UrlId horizon) {
  return database_.run("UPDATE meta SET value = ?1 WHERE key = 'horizon'",
                       [&](Statement& s) { s.integer(1, as_integer(horizon)); });
}

base::Status BatchWriter::run(const RunUpdate& update) {
  return database_.run(
      "UPDATE runs SET ended_at = ?2, exit = ?3, fetches = ?4, pages = ?5, errors = ?6, "
      "bytes = ?7, coverage = ?8, changes = ?9 WHERE id = ?1",
      [&](Statement& s) {
        s.integer(1, run_).integer_or_null(2, update.ended_at).text_or_null(3, update.exit);
        s.integer(4, as_integer(update.fetches)).integer(5, as_integer(update.pages));
        s.integer(6, as_integer(update.errors)).integer(7, as_integer(update.bytes));
        s.text_or_null(8, update.coverage_json).text_or_null(9, update.changes_json);
      });
}

base::Status BatchWriter::counts() {
  return all(changed_counts_, [&](const auto& entry) -> base::Status {
    const auto& [key, change] = entry;
    if (change == 0) return base::Done{};
    return database_.run(
        "INSERT INTO url_counts (site_id, state, count) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (site_id, state) DO UPDATE SET count = count + excluded.count",
        [&, &site = key.first, &state = key.second, by = change](Statement& s) {
          s.integer(1, site).text(2, state).integer(3, by);
        });
  });
}

}  // namespace crawld::storage
