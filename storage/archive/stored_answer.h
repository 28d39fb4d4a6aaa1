// One answer of the web as an archive tells of it: a version of a page, or what stored none all
// the same (a redirect, what is gone, and with `store_answers` other errors).
//
// In the order of `fetches`, which is that of the crawl. Threads: those of the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

struct StoredAnswer {
  std::int64_t fetch = 0;  // row in `fetches`
  PageId page = 0;         // 0: none was stored
  std::string url;
  std::string via;           // the page that held it, or that redirected here
  std::string original_url;  // where the same content was stored first; empty: here
  PageId original = 0;       // the version that brought it first; 0: no body
  std::string content_type;
  std::string http_version;
  std::string address;
  std::vector<std::pair<std::string, std::string>> headers;
  int status = 0;
  std::int64_t depth = 0;
  std::int64_t redirects = 0;  // hops that led here
  Millis fetched_at = 0;
  Millis original_at = 0;
  std::uint64_t body = 0;  // row in `bodies`; 0: none
  bool own_body = false;   // it stands in `answer_bodies`, under the row in `fetches`
  bool truncated = false;
  bool broke_off = false;  // truncated, and not at our limit
  bool bodiless = false;   // there may have been a body, and it was not kept
};

// The first behind the row `after` of `fetches`; nothing when there are no more. Of redirects that
// a crawld before schema 8 stored, Location is the only header.
base::Result<std::optional<StoredAnswer>> next_answer(Database& reader, std::int64_t after);

}  // namespace crawld::storage
