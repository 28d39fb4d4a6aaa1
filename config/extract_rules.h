// `extract:` of a site: YAML into parsers::RuleSet and back.
#pragma once

#include <string>
#include <vector>

#include "config/yaml_tree.h"
#include "crawler/base/result.h"
#include "parsers/extract/rules.h"

namespace crawld::config {

// Reads the list of rules and compiles them, so that a bad selector, expression or
// type is a problem at its own place.
void read_extract_rules(const Value& value, parsers::RuleSet& rules,
                        std::vector<Problem>& problems);

// The rules of a file of their own: a list as under `extract:`, a map with that key, or a
// whole configuration, of which the rules of all sites are taken.
// Regular files only, up to 8 MiB. The error lists every problem as FILE:LINE:COLUMN.
base::Result<parsers::RuleSet> load_extract_rules(const std::string& path);

// The rules as YAML, from `indent` on; empty when there are none.
std::string extract_rules_yaml(const parsers::RuleSet& rules, int indent);

}  // namespace crawld::config
