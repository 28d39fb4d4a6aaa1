// Content-Encoding undone (RFC 9110 section 8.4), with a cap on what comes out.
//
// Codings: gzip, x-gzip, deflate (zlib-wrapped or raw), br, zstd with windows of
// at most 8 MiB (RFC 9659), identity, which "none" and charset labels mean, too;
// lists of at most three. The codings of a list are undone in one pass, chunk by
// chunk, so a bomb inside a bomb costs no more memory than the cap and a few buffers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "crawler/model/page.h"

namespace crawld::parsers {

struct Decoded {
  std::string bytes;
  bool was_gzip_member = false;  // the body is one whole member (RFC 1952) and nothing else
};

// Whether the header value names a coding, or what we know none by. What has none is its own
// content, and needs no copy.
bool is_coded(std::string_view content_encoding);

// `body` with the codings of the header value `content_encoding` undone.
//
// A stream must be whole: its end mark is there and its checksum right, else the
// answer is bad_encoding. With `truncated` (we cut the body ourselves) what could
// be decoded before the break is the answer. Bytes after the end of a stream are
// passed over, as browsers do. Over `max_size` bytes, at any stage: too_large.
// A coding that we do not know, or more than three: unsupported. An empty body is
// empty whatever the header says.
std::variant<Decoded, model::ParseFailure> decode_content(std::string_view body,
                                                          std::string_view content_encoding,
                                                          std::uint64_t max_size, bool truncated);

// As decode_content, but the front of what `body` decodes to is kept: what comes
// before a break or before `max_size` bytes; `failure` says which.
struct DecodedFront {
  std::string bytes;
  std::optional<model::ParseFailure> failure;
};
DecodedFront decode_front(std::string_view body, std::string_view content_encoding,
                          std::uint64_t max_size);

// Whether `bytes` begin as a gzip member does (RFC 1952 section 2.3.1).
bool looks_gzipped(std::string_view bytes);

}  // namespace crawld::parsers
