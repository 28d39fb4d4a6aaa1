// A new configuration for a running crawl: all of it, or nothing.
#pragma once

#include <string>

#include "crawler/base/result.h"
#include "crawler/daemon/session.h"

namespace crawld::daemon {

// Reads `path` again and hands its sites to every room. Sites keep their ids by name; new
// ones are added behind; ones that left are paused, their URLs stay queued. What belongs to
// the whole run (database, threads, workers) changes at the next start. Returns the
// differences in words. On an error nothing has changed.
base::Result<std::string> reload(const std::string& path, Session& session);

}  // namespace crawld::daemon
