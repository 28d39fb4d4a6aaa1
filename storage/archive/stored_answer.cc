#include "storage/archive/stored_answer.h"

#include <algorithm>
#include <string_view>

#include "crawler/base/ascii.h"

namespace crawld::storage {
namespace {

constexpr std::int64_t kHeadersOfAnswers = 8;  // the first schema that has them
constexpr std::int64_t kBodiesOfAnswers = 12;

// Where they are missing, `fetches.detail` tells where a redirect led, cut off at 2,048 bytes. One
// of HSTS was sent by nobody, and has no version of HTTP.
#define LOCATION_ONLY                                                             \
  "CASE WHEN f.outcome = 'redirected' AND length(CAST(f.detail AS BLOB)) < 2048 " \
  "AND NOT (f.status = 307 AND f.http_version IS NULL) "                          \
  "THEN json_array(json_array('Location', f.detail)) END"

// `headers`: of an answer without a page, NULL where nothing is known of it.
#define NEXT_ANSWER(headers)                                                                       \
  "SELECT f.id, p.id, u.url, o.url, CASE WHEN b.page_id <> p.id THEN fu.url END, "                 \
  "p.content_type, ifnull(p.http_version, f.http_version), ifnull(p.remote_address, "              \
  "f.remote_address), ifnull(p.status, f.status), u.depth, u.redirects, "                          \
  "ifnull(p.fetched_at, f.started_at), b0.fetched_at, p.body_id, p.truncated, p.size, b.page_id, " \
  "CASE WHEN p.id IS NULL THEN " headers                                                           \
  " ELSE ifnull(p.headers, '[]') END AS headers "                                                  \
  "FROM fetches AS f JOIN urls AS u ON u.id = f.url_id LEFT JOIN pages AS p ON p.id = "            \
  "f.page_id LEFT JOIN urls AS o ON o.id = u.parent_id LEFT JOIN bodies AS b ON b.id = "           \
  "p.body_id LEFT JOIN pages AS b0 ON b0.id = b.page_id LEFT JOIN urls AS fu ON fu.id = "          \
  "b0.url_id WHERE f.id > ?1 AND (p.id IS NOT NULL OR (f.page_id IS NULL AND u.purpose IS NULL "   \
  "AND " headers " IS NOT NULL)) ORDER BY f.id LIMIT 1"

constexpr const char* kNext = NEXT_ANSWER("coalesce(f.headers, " LOCATION_ONLY ")");
constexpr const char* kNextOfOldSchema = NEXT_ANSWER(LOCATION_ONLY);

base::Status read_headers(Database& reader, const std::string& json, StoredAnswer& answer) {
  return reader.each(
      "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1) "
      "ORDER BY key",
      [&](Statement& s) { s.text(1, json); },
      [&](Statement& s) {
        answer.headers.emplace_back(std::string(s.text(0)), std::string(s.text(1)));
      });
}

std::string_view header(const StoredAnswer& answer, std::string_view name) {
  for (const auto& [known, value] : answer.headers) {
    if (base::equals_ignoring_case(known, name)) return value;
  }
  return {};
}

// What its row of `pages` tells of others.
base::Status describe_pageless(Database& reader, std::int64_t schema, StoredAnswer& answer) {
  answer.content_type = header(answer, "Content-Type");
  answer.bodiless = header(answer, "Content-Length") != "0";
  if (schema < kBodiesOfAnswers) return base::Done{};
  return reader.each(
      "SELECT truncated FROM answer_bodies WHERE fetch_id = ?1",
      [&](Statement& s) { s.integer(1, answer.fetch); },
      [&](Statement& s) {
        answer.own_body = true;
        answer.bodiless = false;
        answer.truncated = s.integer(0) != 0;
        answer.broke_off = s.integer(0) == 2;
      });
}

}  // namespace

base::Result<std::optional<StoredAnswer>> next_answer(Database& reader, std::int64_t after) {
  const auto schema = reader.number("PRAGMA user_version");
  if (!schema) return base::Error(schema.error());
  std::optional<StoredAnswer> found;
  std::string headers;
  auto done = reader.each(
      *schema < kHeadersOfAnswers ? kNextOfOldSchema : kNext,
      [&](Statement& s) { s.integer(1, after); },
      [&](Statement& s) {
        StoredAnswer& answer = found.emplace();
        answer.fetch = s.integer(0);
        answer.page = static_cast<PageId>(s.integer(1));
        answer.url = s.text(2);
        answer.via = s.text(3);
        answer.original_url = s.text(4);
        answer.content_type = s.text(5);
        answer.http_version = s.text(6);
        answer.address = s.text(7);
        answer.status = static_cast<int>(s.integer(8));
        answer.depth = s.integer(9);
        answer.redirects = s.integer(10);
        answer.fetched_at = s.integer(11);
        answer.original_at = s.integer(12);
        answer.body = static_cast<std::uint64_t>(s.integer(13));
        answer.truncated = s.integer(14) != 0;
        answer.bodiless = answer.body == 0 && s.integer(15) > 0;
        answer.original = static_cast<PageId>(s.integer(16));
        headers = s.text(17);
      });
  if (done && found) done = read_headers(reader, headers, *found);
  if (done && found && found->page == 0) done = describe_pageless(reader, *schema, *found);
  if (!done) return std::move(done).error();
  return found;
}

}  // namespace crawld::storage
