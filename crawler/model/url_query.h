// Text of documents that are not UTF-8, as they send it: queries are percent-encoded after
// encoding (URL standard 1.3), what forms send is encoded first (HTML 4.10.21.5).
#pragma once

#include <string>
#include <string_view>

namespace crawld::model {

// Appends `query` (UTF-8) to `out` as a form of a page in `encoding`, a WHATWG
// encoding name in any case, would send it. What the encoding lacks becomes a
// percent-encoded &#N;. Unknown encodings, UTF-16 and "replacement" count as UTF-8.
void append_query(std::string& out, std::string_view query, std::string_view encoding,
                  bool special_scheme);

// `text` (UTF-8) in `encoding`, named and judged as above; what the encoding lacks becomes &#N;
// (Encoding standard 6, "encode" with error mode "html").
std::string encode_form_text(std::string_view text, std::string_view encoding);

}  // namespace crawld::model
