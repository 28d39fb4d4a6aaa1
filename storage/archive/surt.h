// Keys by which an index of an archive is sorted and searched.
#pragma once

#include <string>
#include <string_view>

namespace crawld::storage {

// The searchable form of a URL: "org,example)/path?query" (CDXJ 0.1.0, "Searchable URL":
// https://specs.webrecorder.net/cdxj/0.1.0/). As the tools that search such an index make it,
// warcio.js and wabac.js, which goes beyond the text: lower case, no "www." or "www2." in
// front, the parts of the query in order, no "?" without a query.
// Needs: a canonical URL without credentials; what is not of http comes back as it is.
std::string surt_of(std::string_view href);

}  // namespace crawld::storage
