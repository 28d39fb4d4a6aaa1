// Paths: dot segments, the percent-encoding of segments, and the drive letters of file
// URLs, which change how both are done (URL standard 4.4, path and file states).
#include "crawler/base/ascii.h"
#include "crawler/model/url_host.h"
#include "crawler/model/url_parser.h"
#include "crawler/model/url_percent.h"

namespace crawld::model {
namespace {

bool is_drive_letter(std::string_view text) {
  return text.size() == 2 && base::is_ascii_alpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

bool starts_with_drive_letter(std::string_view text) {
  return is_drive_letter(text.substr(0, 2)) &&
         (text.size() == 2 || text[2] == '/' || text[2] == '\\');
}

enum class Dots { none, single, two };

// "." and "..", each dot also as %2e.
Dots dots_of(std::string_view segment) {
  int dots = 0;
  while (!segment.empty()) {
    if (segment[0] == '.') {
      segment.remove_prefix(1);
    } else if (percent_octet(segment, 0) == '.') {
      segment.remove_prefix(3);
    } else {
      return Dots::none;
    }
    if (++dots > 2) return Dots::none;
  }
  return dots == 2 ? Dots::two : dots == 1 ? Dots::single : Dots::none;
}

}  // namespace

// The file and file slash states.
bool UrlParser::parse_file(std::string_view rest) {
  const bool file_base = base_ != nullptr && kind_of(base_->scheme()) == Kind::file;
  if (rest.size() > 1 && is_slash(rest[0]) && is_slash(rest[1])) {
    return parse_file_host(rest.substr(2));
  }
  if (!file_base) {
    url_.href_ += "//";
    authority_ = true;
    url_.username_end_ = url_.host_start_ = url_.host_end_ =
        static_cast<std::uint32_t>(url_.href_.size());
    append_path(rest);
    return true;
  }
  copy_scheme_and_authority();
  if (!rest.empty() && is_slash(rest[0])) {
    rest.remove_prefix(1);
    const std::string_view drive = base_->path().substr(0, 3);
    const bool base_has_drive = drive.size() == 3 && is_drive_letter(drive.substr(1)) &&
                                (base_->path().size() == 3 || base_->path()[3] == '/');
    if (base_has_drive && !starts_with_drive_letter(rest)) url_.href_ += drive;
    append_segments(rest);
    return true;
  }
  if (!starts_with_drive_letter(rest)) copy_path();
  if (rest.empty()) {
    if (!has_query_) copy_query();
    return true;
  }
  if (!starts_with_drive_letter(rest)) shorten_path();
  append_segments(rest);
  return true;
}

bool UrlParser::parse_file_host(std::string_view rest) {
  url_.href_ += "//";
  authority_ = true;
  url_.username_end_ = url_.host_start_ = static_cast<std::uint32_t>(url_.href_.size());
  const std::string_view host = rest.substr(0, rest.find_first_of("/\\"));
  if (!host.empty() && !is_drive_letter(host)) {
    if (!append_host(url_.href_, host, HostKind::special)) return false;
    const std::string_view written = std::string_view(url_.href_).substr(url_.host_start_);
    if (written == "localhost") url_.href_.resize(url_.host_start_);
    rest.remove_prefix(host.size());
  }
  url_.host_end_ = static_cast<std::uint32_t>(url_.href_.size());
  append_path(rest);
  return true;
}

// The path start state: the first slash separates, it opens no segment.
void UrlParser::append_path(std::string_view path) {
  begin_path();
  if (!path.empty() && is_slash(path[0])) path.remove_prefix(1);
  append_segments(path);
  finish_path();
}

// The path state. `path` is what follows a slash: "" is one empty segment.
void UrlParser::append_segments(std::string_view path) {
  for (;;) {
    const std::size_t end = special() ? path.find_first_of("/\\") : path.find('/');
    const bool last = end == std::string_view::npos;
    const std::string_view segment = path.substr(0, end);
    switch (dots_of(segment)) {
      case Dots::none:
        append_segment(segment);
        break;
      case Dots::single:
        if (last) url_.href_ += '/';
        break;
      case Dots::two:
        shorten_path();
        if (last) url_.href_ += '/';
        break;
    }
    if (last) return;
    path.remove_prefix(end + 1);
  }
}

void UrlParser::append_segment(std::string_view segment) {
  const bool first = path_so_far().empty();
  url_.href_ += '/';
  if (kind_ == Kind::file && first && is_drive_letter(segment)) {
    url_.href_ += segment[0];
    url_.href_ += ':';
    return;
  }
  append_encoded(url_.href_, segment, CharSet::path);
}

// A trailing space would be lost when the URL is parsed again, hence its encoding
// in front of a query or fragment.
void UrlParser::append_opaque_path(std::string_view path) {
  const bool encode_last = path.ends_with(' ') && (has_query_ || has_fragment_);
  if (encode_last) path.remove_suffix(1);
  append_encoded(url_.href_, path, CharSet::c0_control);
  if (encode_last) url_.href_ += "%20";
}

void UrlParser::shorten_path() {
  const std::string_view path = path_so_far();
  if (kind_ == Kind::file && path.size() == 3 && is_drive_letter(path.substr(1))) return;
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) url_.href_.resize(url_.path_start_ + slash);
}

std::string_view UrlParser::path_so_far() const {
  return std::string_view(url_.href_).substr(url_.path_start_);
}

// Without an authority a path must not look like one (URL standard 4.5, step 3).
void UrlParser::finish_path() {
  if (authority_ || !path_so_far().starts_with("//")) return;
  url_.href_.insert(url_.path_start_, "/.");
  url_.path_start_ += 2;
}

}  // namespace crawld::model
