// A URL list, line by line: one URL a line, "#" comments, optional TAB key=value metadata.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/base/result.h"
#include "crawler/model/url.h"

namespace crawld::cli {

struct ListedUrl {
  std::optional<model::Url> url;  // nothing: no http or https URL
  bool other_scheme = false;      // then: "mailto:", "ftp://" and the like
  std::string typed;
  std::string metadata;  // a JSON object of strings; empty: none
  std::string unpaired;  // a field behind a tab that is no key=value; empty: none
};

// What a person types: "example.org" means http, as in curl and wget. Nothing for what is no http
// or https URL.
std::optional<model::Url> url_as_typed(std::string_view typed);

// As above, but for what may be any word or text: without a scheme it must start with what looks
// like a host. Nothing for "return".
std::optional<model::Url> url_as_listed(std::string_view typed);

// Nothing for an empty line or a comment. A byte order mark at its start is no part of it. Without
// a scheme only what looks like a host is a URL, since any text may be taken for a list: of a word
// alone ("return") nobody knows.
std::optional<ListedUrl> read_list_line(std::string_view line);

// No URL that a server takes is as long: what has such a line is no list.
inline constexpr std::size_t kLongestListLine = 64U << 10;

// What is wrong with a line that has neither a URL nor another scheme, or metadata that is none.
std::optional<base::Error> fault_of(const ListedUrl& listed);

// Reads a list ("-": standard input) to its end and hands each URL to `take`, whose error ends
// it. Errors, with file and line: not_found, invalid, and those of `take`. Metadata that is none is
// told here, what is no URL is for `take` to tell.
base::Status read_url_list(const std::string& file,
                           const std::function<base::Status(ListedUrl)>& take);

// What is said of text that is no URL: shortened, and safe to show.
base::Error no_crawlable_url(std::string_view typed);

}  // namespace crawld::cli
