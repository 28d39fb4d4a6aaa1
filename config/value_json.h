// A YAML value as JSON text, with YAML's core types (numbers, booleans, null).
#pragma once

#include <string>

#include "config/yaml_tree.h"

namespace crawld::config {

std::string value_json(const Value& value);

}  // namespace crawld::config
