// Passwords and tokens that more can read than should: in a configuration as they are, or in files.
#pragma once

#include <string>
#include <vector>

#include "config/yaml_tree.h"

namespace crawld::config {

struct OpenSecret {
  const Value* value;  // within what was asked about
  std::string key;     // as a message names it
};

// Those of the value of the key `path`, such as "auth" or "login.fields".
std::vector<OpenSecret> open_secrets(const Value& value, const std::string& path);

struct SharedSecret {
  const Value* value;  // within what was asked about
  std::string file;    // that ${file:PATH} in it names
};

// Those of the value of the key `path` whose file every user can read.
std::vector<SharedSecret> shared_secrets(const Value& value, const std::string& path);

}  // namespace crawld::config
