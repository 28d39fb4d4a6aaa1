// A YAML file in, one checked configuration out.
//
// All that is wrong is said at once, a line each: FILE:LINE:COLUMN: what, and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "crawler/base/result.h"

namespace crawld::config {

struct Loaded {
  Config config;
  Site defaults;                      // `defaults:`, for sites that the command line makes
  bool names_database = false;        // the file has a `database:`
  std::vector<std::string> warnings;  // FILE:LINE:COLUMN: ..., or FILE: ...
};

// may_lack: those that cannot be had here are left empty and are no error. For whoever only looks
// for the crawl that runs by the file, which has them from its own environment.
enum class Secrets { needed, may_lack };

// Regular files only, up to 8 MiB. Environment variables CRAWLD_KEY (with "_" for
// ".", CRAWLD_DEFAULTS_… for site keys) override what the file says.
base::Result<Loaded> load(const std::string& path, Secrets secrets = Secrets::needed);

// As above, where there is no file: built-in values, and the environment over them. No sites.
base::Result<Loaded> load_environment();

// As above, from text; `name` stands for the file in messages.
base::Result<Loaded> load_text(std::string_view text, const std::string& name);

// The whole configuration as YAML, secrets masked.
std::string effective_yaml(const Config& config);

}  // namespace crawld::config
