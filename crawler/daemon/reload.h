// A new configuration for a running crawl: all of it, or nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "crawler/base/result.h"
#include "crawler/daemon/session.h"

namespace crawld::daemon {

struct ReloadReport {
  std::string differences;         // in words, a line each; empty: none
  std::uint64_t out_of_scope = 0;  // queued URLs that the new rules refuse
  std::uint64_t given_up = 0;      // known pages that will not be visited again
  std::uint64_t queued = 0;        // refused URLs that the new rules admit
  std::uint64_t passed = 0;        // URLs that belong to another site now
  // The differences, and "12,340 queued URLs now out of scope".
  std::string text() const;
};

// Reads `path` again, hands its sites to every room and judges all URLs of the books anew.
// Sites keep their ids by name; new ones are added behind; ones that left are held, and URLs of
// theirs that are in no other site's scope stay queued. What belongs to the whole run (database,
// threads, hooks) changes at the next start, and the report says so. With a `site` only that site
// is taken over. On an error nothing has changed. Reads all URLs of the books: seconds for
// millions, while the crawl goes on. `go_on` is called a few times a second meanwhile; once it says
// no, the rest stays as judged before.
base::Result<ReloadReport> reload(const std::string& path, Session& session,
                                  const std::string& site, const std::function<bool()>& go_on);

}  // namespace crawld::daemon
