// Where the pages of a mirror stand on disk, and how one refers to another.
//
// A page of http://host:81/dir/file?query is host+81/dir/file@query. Names are such that every
// system takes them, and say nothing but what the URL says: percent-encoding is undone where that
// gives UTF-8; controls and \ / : * ? " < > |, a dot or a space at the end, and "." and ".." as a
// whole stay encoded; names of Windows' devices get a "_" in front. What ends in "/" is "index",
// and what a browser would not know by its name gets an ending by its type: .html, .css, ...
//
// Pure functions. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawler/model/url.h"

namespace crawld::policy {

struct MirrorPath {
  std::vector<std::string> folders;  // the host first
  std::string file;

  std::string joined() const;  // with "/" between
};

// `kind` is a model::DocumentKind as text. Each name has 200 bytes at most, the whole 900. Needs:
// a URL of http or https.
MirrorPath mirror_path(const model::Url& url, std::string_view kind, std::string_view content_type);

// `name` with a mark of `url` in front of its ending, for one whose own name is taken. At most 200
// bytes.
std::string marked_name(std::string_view name, std::string_view url);

// Equal for paths that are one on a disk that knows no upper and lower case (macOS, Windows), or
// several ways to write an accent.
std::string folded_path(std::string_view path);

// From the file `from` to the file `to` of one mirror, both "/"-separated paths from its top: a
// relative URL, percent-encoded, of letters, digits and "-._~@=+/%" only. Empty: the same file.
std::string relative_reference(std::string_view from, std::string_view to);

}  // namespace crawld::policy
