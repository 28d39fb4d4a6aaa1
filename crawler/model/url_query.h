// Percent-encode after encoding (URL standard 1.3): queries of documents that are not UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace crawld::model {

// Appends `query` (UTF-8) to `out` as a form of a page in `encoding`, a WHATWG
// encoding name in any case, would send it. What the encoding lacks becomes a
// percent-encoded &#N;. Unknown encodings, UTF-16 and "replacement" count as UTF-8.
void append_query(std::string& out, std::string_view query, std::string_view encoding,
                  bool special_scheme);

}  // namespace crawld::model
