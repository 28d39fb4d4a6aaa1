// A URL list, line by line: one URL a line, "#" comments, optional TAB key=value metadata.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawler/model/url.h"

namespace crawld::cli {

struct ListedUrl {
  std::optional<model::Url> url;  // nothing: no http or https URL
  std::string typed;
  std::string metadata;  // a JSON object of strings; empty: none
};

// Nothing for an empty line or a comment. "example.org" means http, as in curl and wget.
std::optional<ListedUrl> read_list_line(std::string_view line);

}  // namespace crawld::cli
