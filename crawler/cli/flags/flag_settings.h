// What the flags of `crawld crawl` say, as configuration.
#pragma once

#include "config/config.h"
#include "crawler/base/result.h"
#include "crawler/cli/flags/crawl_options.h"

namespace crawld::cli {

// Over what `config` says, in all of its sites. Errors, which name the flag: invalid.
base::Status apply_flags(const CrawlOptions& options, config::Config& config);

}  // namespace crawld::cli
