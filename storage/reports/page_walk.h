// The stored pages one after the other, newest version each, for commands that go
// through all of them (`crawld extract`, `crawld export --format sitemap`).
//
// A cursor as storage/reports/exports.h: each slice is a read of its own.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "crawler/model/request.h"
#include "crawler/model/response.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

struct WalkedPage {
  PageId id = 0;
  model::UrlId url_id = 0;
  std::string url;
  std::string site;
  Millis fetched_at = 0;
  Millis changed_at = 0;  // the last time the content was new; 0: not told
  int status = 0;
  bool truncated = false;
  std::string kind;  // a model::DocumentKind as text
  std::string content_type;
  std::string canonical;  // empty: none told
  std::string robots;     // directives, separated by commas
  std::string rule_set;   // hash of the rules of its records; empty: none
  bool has_text = false;
  bool has_main_text = false;
  bool has_markdown = false;
  bool has_structured = false;  // any of it
};

// Up to `limit` pages behind `after`, in order of id.
base::Result<std::vector<WalkedPage>> walk_pages(Database& reader, PageId after,
                                                 std::uint32_t limit);

// How many pages a walk behind `after` gives.
base::Result<std::int64_t> count_walk(Database& reader, PageId after);

// How far the pages of a site have been read with these rules and for these texts (one word); 0:
// not at all. What stands behind it and lacks some was not read yet (ExtractedUpTo).
base::Result<PageId> extracted_up_to(Database& reader, const std::string& site,
                                     const std::string& reading);

// Names of all sites that ever had pages, in order of id.
base::Result<std::vector<std::string>> site_names(Database& reader);

// The version of a URL that stood at `at`, told to the second.
struct VersionAt {
  PageId page = 0;         // 0: none
  std::uint64_t body = 0;  // row in `bodies`; 0: not kept
};
base::Result<VersionAt> version_at(Database& reader, std::string_view href, Millis at);

}  // namespace crawld::storage
