// The HTTP response in a block of a WARC file (media type application/http).
//
// RFC 9112 as far as archives hold to it: foreign bytes, so what cannot be read is
// refused, and nothing takes more than linear time. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "crawler/model/response.h"

namespace crawld::storage {

struct ArchivedResponse {
  // The body without transfer coding, still content-encoded. Headers as the server sent
  // them: what an export of ours kept as "X-Archive-Orig-..." has its own name again.
  model::Response response;
  // The body was stored decoded (an export of ours, or what a browser got): Content-Encoding tells
  // of the past.
  bool decoded = false;
};

// Nothing when `block` is no response. Bodies are cut to `most_body` bytes; `truncated` tells so,
// and that the last chunk of one is missing.
std::optional<ArchivedResponse> read_archived_response(std::string_view block,
                                                       std::uint64_t most_body);

}  // namespace crawld::storage
