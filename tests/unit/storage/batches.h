// Batches as a crawl would make them, for the storage tests.
#pragma once

#include <string>

#include "crawler/model/url.h"
#include "storage/page_store.h"

namespace crawld::storage {

inline model::Url url_of(const std::string& text) { return *model::Url::parse(text); }

inline HostState host_named(model::HostId id, const std::string& origin) {
  HostState host;
  host.id = id;
  host.origin = origin;
  return host;
}

// Inserted into the store's seen index as well, as the commit stage does.
inline NewUrl new_url(PageStore& store, model::UrlId id, const std::string& url,
                      model::HostId host = 1) {
  NewUrl made;
  made.id = id;
  made.url = url;
  made.hash = store.seen().hash_of(url);
  made.host = host;
  if (store.seen().find(made.hash) == 0) store.seen().insert(made.hash, id);
  return made;
}

inline StoredPage page_of(PageId id, model::UrlId url_id, const std::string& url,
                          const std::string& content) {
  model::Response response;
  response.status = 200;
  response.headers.add("Content-Type", "text/html");
  response.remote_address = "192.0.2.1";
  model::ParsedPage parsed;
  parsed.kind = model::DocumentKind::html;
  parsed.title = "title of " + url;
  parsed.lang = "en";
  parsed.text = content;
  parsed.content_hash = "hash-" + content;
  parsed.body_size = content.size();
  parsed.packed_body.bytes = "packed " + content;
  parsed.add_link({.url = url + "x", .text = "a \"link\"", .rel = "next"});
  parsed.add_link({.url = "https://else.test/", .text = "away", .nofollow = true});
  model::Fetched fetched{.lease = {.url_id = url_id, .request = {.url = url_of(url)}},
                         .outcome = std::move(response),
                         .timings = {},
                         .fetched_at = base::from_millis(1'700'000'000'123)};
  return {.id = id,
          .url_id = url_id,
          .parsed = {std::move(fetched), std::move(parsed)},
          .body_bytes = content.size()};
}

// The request that stored `page`.
inline FetchRow fetch_of(std::uint64_t id, const StoredPage& page) {
  return {.id = id,
          .url_id = page.url_id,
          .started_at = base::to_millis(page.parsed.fetched.fetched_at),
          .outcome = "done",
          .status = 200,
          .page_id = page.id};
}

// A request that stored none.
inline FetchRow answer_of(std::uint64_t id, model::UrlId url, const std::string& outcome,
                          int status) {
  FetchRow row{.id = id,
               .url_id = url,
               .started_at = 1'700'000'000'123,
               .outcome = outcome,
               .status = status};
  row.remote_address = "192.0.2.1";
  row.http_version = "1.1";
  return row;
}

}  // namespace crawld::storage
