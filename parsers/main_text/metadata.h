// What a page says about itself: title, author, dates, site.
//
// Read from meta elements, JSON-LD, microdata, links and, where those are silent, from
// the visible byline. Linear, iterative. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "parsers/html/html_tree.h"

namespace crawld::parsers {

struct PageMetadata {
  std::string title;   // of the article, without the site's name
  std::string author;  // names joined with ", "
  std::string date;    // published, else modified; ISO 8601
  std::string description;
  std::string site_name;
  std::string article_body;  // JSON-LD articleBody as plain text
};

// Of `url` no more bears on it than date_in_path().
PageMetadata read_metadata(const HtmlTree& tree, std::string_view url);

// "2019-11-18" of https://example.org/2019/11/18/news or /2019-11-18-news; empty: none.
std::string date_in_path(std::string_view url);

// A date as people and servers write it ("Mon, 18 Nov 2019 10:00:00 GMT", "18. Mai 2019",
// "2019-11-18T10:00", "11/18/2019") in ISO 8601, as precise as it was; empty where it is
// none. Ambiguous all-digit dates are read as month/day with slashes, day.month with dots.
std::string date_to_iso8601(std::string_view text);

// `title` without the site's name at either end, cut at " | ", " - ", " » " and the like.
std::string without_site_name(std::string_view title, std::string_view site_name,
                              std::string_view heading);

}  // namespace crawld::parsers
