// wget's -A and -R as patterns of the configuration. Pure.
//
// They look at the last segment of the path: no query is part of a file's name.
#pragma once

#include <string>

namespace crawld::cli {

// One item of a list: a pattern if it has a wildcard (* ? [), else the end of a name.
std::string from_wget_pattern(const std::string& text);

// What wget reads for its links whatever -A says: folders, names without an ending, and .html, .htm
// and their like.
std::string pages_that_lead_on();

}  // namespace crawld::cli
