// The rows of one stored page: the version, its body, its links, its records.
#include <algorithm>

#include "storage/batch_writer.h"
#include "storage/reports/row_json.h"
#include "storage/seen/seen_run.h"

namespace crawld::storage {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += ',';
    out += part;
  }
  return out;
}

// A shorter text costs less than to look for another that is the same.
constexpr std::size_t kSharedTextBytes = 256;

const model::ParsedPage& nothing_parsed() {
  static const model::ParsedPage kNothing;
  return kNothing;
}

const model::ParsedPage& parsed_of(const StoredPage& page) {
  const auto* parsed = std::get_if<model::ParsedPage>(&page.parsed.page);
  return parsed == nullptr ? nothing_parsed() : *parsed;
}

std::string parse_error_of(const StoredPage& page) {
  const auto* failure = std::get_if<model::ParseFailure>(&page.parsed.page);
  if (failure == nullptr) return parsed_of(page).convert_error;
  std::string text(model::to_string(failure->kind));
  if (!failure->detail.empty()) text += ": " + failure->detail;
  return text;
}

}  // namespace

// The content itself, whether or not the page could be read.
struct BatchWriter::Content {
  const std::string& hash;
  std::uint64_t size;
  const model::PackedBody& packed;

  static Content of(const StoredPage& page) {
    if (const auto* failure = std::get_if<model::ParseFailure>(&page.parsed.page)) {
      return {failure->body.content_hash, failure->body.body_size, failure->body.packed_body};
    }
    const model::ParsedPage& parsed = parsed_of(page);
    return {parsed.content_hash, parsed.body_size, parsed.packed_body};
  }
};

base::Status BatchWriter::page(const StoredPage& page) {
  ids_.next.page = std::max(ids_.next.page, page.id + 1);
  const model::ParsedPage& parsed = parsed_of(page);
  auto previous = previous_version(page);
  if (!previous) return std::move(previous).error();
  const std::uint64_t next_body = ids_.body;
  auto body_id = body(page, Content::of(page));
  if (!body_id) return std::move(body_id).error();
  auto same = same_text(page, *previous, ids_.body == next_body ? *body_id : 0);
  if (!same) return std::move(same).error();
  auto done = page_row(page, *previous, *body_id, *same);
  const std::string href = page.parsed.fetched.lease.request.url.href();
  if (done && !parsed.links.empty()) done = links(page.id, href, parsed);
  if (done) done = newest_version(page);
  if (done && redo_) done = drop_records(page.id);
  if (!done) return done;
  return records(page.id, page.url_id, page.site, page.rule_set_hash, parsed.records);
}

base::Result<std::uint64_t> BatchWriter::previous_version(const StoredPage& page) {
  std::uint64_t previous = 0;
  if (page.change == model::Change::first_seen) return previous;
  const auto take = [&](Statement& s) { previous = static_cast<std::uint64_t>(s.integer(0)); };
  auto done = database_.each(
      "SELECT page_id FROM visits WHERE url_id = ?1",
      [&](Statement& s) { s.integer(1, as_integer(page.url_id)); }, take);
  // Put twice, a page stands there already: its forerunner is the one it has.
  if (done && previous == page.id) {
    previous = 0;
    done = database_.each(
        "SELECT previous_id FROM pages WHERE id = ?1",
        [&](Statement& s) { s.integer(1, as_integer(page.id)); }, take);
  }
  if (!done) return std::move(done).error();
  return previous;
}

// The page that holds the text of `page` already, or 0: the version before, or the page that
// brought the body (`known_body`, 0 where it is new). Only earlier pages are named, so that one
// that is put again, whose text others may name by now, does not name itself.
base::Result<PageId> BatchWriter::same_text(const StoredPage& page, PageId previous,
                                            std::uint64_t known_body) {
  PageId holder = 0;
  const std::string& text = parsed_of(page).text;
  if (!page.store_text || text.size() < kSharedTextBytes) return holder;
  if (previous == 0 && known_body == 0) return holder;
  auto done = database_.each(
      "SELECT t.id FROM pages AS p "
      "JOIN pages AS t ON t.id = CASE WHEN p.text IS NULL THEN p.text_page_id ELSE p.id END "
      "WHERE p.id IN (?1, (SELECT page_id FROM bodies WHERE id = ?2)) AND t.text = ?3 "
      "AND t.id < ?4 LIMIT 1",
      [&](Statement& s) {
        s.integer(1, as_integer(previous)).integer(2, as_integer(known_body)).text(3, text);
        s.integer(4, as_integer(page.id));
      },
      [&](Statement& s) { holder = static_cast<PageId>(s.integer(0)); });
  if (!done) return std::move(done).error();
  return holder;
}

base::Status BatchWriter::newest_version(const StoredPage& page) {
  // A version that supersedes nothing is still better than none.
  const char* sql = page.supersedes
                        ? "INSERT INTO visits (url_id, page_id) VALUES (?1, ?2) "
                          "ON CONFLICT (url_id) DO UPDATE SET page_id = excluded.page_id"
                        : "INSERT INTO visits (url_id, page_id) VALUES (?1, ?2) ON CONFLICT "
                          "(url_id) DO UPDATE SET page_id = ifnull(page_id, excluded.page_id)";
  return database_.run(sql, [&](Statement& s) {
    s.integer(1, as_integer(page.url_id)).integer(2, as_integer(page.id));
  });
}

base::Status BatchWriter::links(PageId page, std::string_view href,
                                const model::ParsedPage& parsed) {
  const std::string json = links_json(parsed.links, origin_of(href));
  return database_.run("INSERT OR REPLACE INTO links (page_id, count, links) VALUES (?1, ?2, ?3)",
                       [&](Statement& s) {
                         s.integer(1, as_integer(page));
                         s.integer(2, as_integer(parsed.links.size())).text(3, json);
                       });
}

base::Status BatchWriter::page_row(const StoredPage& page, std::uint64_t previous,
                                   std::uint64_t body_id, PageId same_text) {
  static const model::Response kNoResponse;
  const model::Fetched& fetched = page.parsed.fetched;
  const model::Response& response =
      fetched.response() == nullptr ? kNoResponse : *fetched.response();
  const model::ParsedPage& parsed = parsed_of(page);
  const Content content = Content::of(page);
  const std::string change(model::to_string(page.change));
  const std::string robots = joined(parsed.robots);
  const std::string content_type = response.headers.joined("content-type");
  const std::string error = parse_error_of(page);
  const std::string headers = headers_json(response.headers);
  const std::string meta = meta_json(parsed.meta);
  const std::string headings = headings_json(parsed.headings);
  const std::string feeds = feeds_json(parsed.feeds);
  return database_.run(
      "INSERT OR REPLACE INTO pages (id, url_id, previous_id, run_id, site_id, fetched_at, "
      "status, change, bytes, size, truncated, kind, content_type, charset, charset_source, lang, "
      "title, description, author, date, canonical, robots, content_hash, body_id, simhash, "
      "refresh, parse_error, over_limits, http_version, remote_address, text, "
      "main_text, markdown, headers, meta, headings, feeds, jsonld, microdata, opengraph, "
      "structured, text_page_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
      "?14, ?15, ?16, "
      "?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, "
      "?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42)",
      [&](Statement& s) {
        s.integer(1, as_integer(page.id)).integer(2, as_integer(page.url_id));
        s.integer_or_null(3, as_integer(previous)).integer(4, run_);
        s.integer(5, sites_.row_of(page.site)).integer(6, base::to_millis(fetched.fetched_at));
        s.integer(7, response.status).text(8, change);
        s.integer(9, as_integer(page.body_bytes)).integer(10, as_integer(content.size));
        s.integer(11, response.truncated).text(12, model::to_string(parsed.kind));
        s.text_or_null(13, content_type).text_or_null(14, parsed.charset);
        s.text_or_null(15, parsed.charset_source).text_or_null(16, parsed.lang);
        s.text_or_null(17, parsed.title).text_or_null(18, parsed.description);
        s.text_or_null(19, parsed.author).text_or_null(20, parsed.date);
        s.text_or_null(21, parsed.canonical).text_or_null(22, robots);
        s.text_or_null(23, content.hash).integer_or_null(24, as_integer(body_id));
        s.integer_or_null(25, as_integer(parsed.simhash));
        s.text_or_null(26, parsed.refresh);
        s.text_or_null(27, error).integer(28, parsed.over_limits);
        s.text_or_null(29, response.http_version).text_or_null(30, response.remote_address);
        const bool keep = page.store_text;
        s.text_or_null(31, keep && same_text == 0 ? parsed.text : std::string_view());
        s.text_or_null(32, keep ? std::string_view(parsed.main_text) : std::string_view());
        s.text_or_null(33, keep ? std::string_view(parsed.markdown) : std::string_view());
        s.text_or_null(34, filled(headers)).text_or_null(35, filled(meta));
        s.text_or_null(36, filled(headings)).text_or_null(37, filled(feeds));
        s.text_or_null(38, filled(parsed.jsonld)).text_or_null(39, filled(parsed.microdata));
        s.text_or_null(40, filled(parsed.opengraph));
        s.text_or_null(41, filled(parsed.structured_other));
        s.integer_or_null(42, as_integer(same_text));
      });
}

base::Result<std::uint64_t> BatchWriter::body(const StoredPage& page, const Content& content) {
  if (!page.store_body || content.packed.empty() || content.hash.empty()) return 0;
  const std::uint64_t key = bodies_.hash_of(content.hash);
  auto known = known_body(content.hash, key);
  if (!known) return std::move(known).error();
  if (known->stands) return known->id;
  const std::uint64_t id = known->id != 0 ? known->id : ids_.body++;
  const std::string codec = model::BodyPacking::of(content.packed).name();
  auto done = database_.run(
      "INSERT OR REPLACE INTO bodies (id, hash, page_id, codec, size, data) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [&](Statement& s) {
        s.integer(1, as_integer(id)).text(2, content.hash).integer(3, as_integer(page.id));
        s.text(4, codec);
        s.integer(5, as_integer(content.size)).blob(6, content.packed.bytes);
      });
  if (!done) return std::move(done).error();
  if (known->id == 0) new_bodies_.emplace(key, id);
  if (parsed_of(page).kind == model::DocumentKind::html) {
    new_html_.push_back({.host = page.parsed.fetched.lease.host_id,
                         .body = id,
                         .dictionary = content.packed.dictionary != nullptr});
  }
  return id;
}

// The index knows 64 bits of the hash; the row has them all. What has no row was pruned, and
// comes back under the number that the index goes on to tell.
base::Result<BatchWriter::KnownBody> BatchWriter::known_body(const std::string& hash,
                                                             std::uint64_t key) {
  std::uint64_t id = 0;
  if (const auto found = new_bodies_.find(key); found != new_bodies_.end()) {
    id = found->second;
  } else {
    id = bodies_.find(key);
    if (auto done = bodies_.take_failure(); !done) return std::move(done).error();
  }
  if (id == 0) return KnownBody{};
  KnownBody known{.id = id};
  auto done = database_.each(
      "SELECT hash FROM bodies WHERE id = ?1", [&](Statement& s) { s.integer(1, as_integer(id)); },
      [&](Statement& s) {
        known.stands = s.text(0) == hash;
        if (!known.stands) known.id = 0;
      });
  if (!done) return std::move(done).error();
  return known;
}

base::Status BatchWriter::drop_records(PageId page) {
  return database_.run("DELETE FROM records WHERE page_id = ?1",
                       [&](Statement& s) { s.integer(1, as_integer(page)); });
}

base::Status BatchWriter::records(PageId page, model::UrlId url, model::SiteId site,
                                  const std::string& rule_set,
                                  const std::vector<model::Record>& records) {
  for (const model::Record& record : records) {
    auto done = database_.run(
        "INSERT OR REPLACE INTO records (id, page_id, url_id, site_id, run_id, rule, rule_set, "
        "fields, errors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [&](Statement& s) {
          s.integer(1, as_integer(ids_.record++)).integer(2, as_integer(page));
          s.integer(3, as_integer(url)).integer(4, sites_.row_of(site)).integer(5, run_);
          s.text(6, record.rule).text(7, rule_set).text(8, record.fields_json);
          // A view of what outlives the step: the statement keeps no copy.
          const std::string_view errors = record.errors_json;
          s.text(9, errors.empty() ? "{}" : errors);
        });
    if (!done) return done;
  }
  return base::Done{};
}

}  // namespace crawld::storage
