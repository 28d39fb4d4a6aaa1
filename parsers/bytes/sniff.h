// What kind of document a body is.
#pragma once

#include <string_view>

#include "crawler/model/page.h"

namespace crawld::parsers {

// By the Content-Type where it tells; a missing or unknown type (unparsable,
// unknown/unknown, application/unknown, */*) is sniffed from the first bytes in the
// manner of https://mimesniff.spec.whatwg.org/. Departures from the label:
//   - what begins as an executable, image, archive, font or PDF is binary,
//   - text/plain with control bytes is binary (mimesniff 7.2),
//   - text/html or XML whose root is a feed or sitemap is xml (mimesniff 7.3),
//   - XML whose root is <html> is xhtml.
// `bytes` are decoded (Content-Encoding undone). Of `url` the ending helps where
// neither label nor bytes tell. Looks at the first few kilobytes only.
model::DocumentKind sniff_kind(std::string_view content_type, std::string_view bytes,
                               std::string_view url);

}  // namespace crawld::parsers
