// What a mirror is made of: the pages that stand, with their bodies, and where redirects lead.
//
// Cursors as storage/reports/exports.h: each slice is a read of its own.
// Threads: those of the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "storage/commit_batch.h"
#include "storage/database.h"

namespace crawld::storage {

struct MirrorPage {
  model::UrlId url_id = 0;
  PageId id = 0;
  std::string url;
  std::string kind;  // a model::DocumentKind as text
  std::string content_type;
  Millis fetched_at = 0;
  bool truncated = false;
};

// Up to `limit` URLs behind `after` whose newest good version has a stored body and which are not
// gone or moved, in order of their ids, which never change.
base::Result<std::vector<MirrorPage>> walk_mirror(Database& reader, model::UrlId after,
                                                  std::uint32_t limit);

// Every redirect that was answered, in the order of the answers, with its target as it was told.
// Views hold during the call; false ends it.
base::Status each_redirect(
    Database& reader,
    const std::function<base::Status(std::string_view url, std::string_view target)>& visit);

struct StartPage {
  std::string url;
  std::string title;
};
// The first `limit` URLs that a person named.
base::Result<std::vector<StartPage>> start_pages(Database& reader, std::uint32_t limit);

}  // namespace crawld::storage
