#include "crawler/model/url_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/model/url_host.h"
#include "crawler/model/url_percent.h"
#include "crawler/model/url_query.h"

namespace crawld::model {
namespace {

// Offsets are 32 bits wide and percent-encoding triples; no URL of the web comes near.
constexpr std::size_t kMaxInput = std::size_t{16} << 20;

bool is_scheme_char(char c) {
  return base::is_ascii_alpha(c) || base::is_ascii_digit(c) || c == '+' || c == '-' || c == '.';
}
bool is_tab_or_newline(char c) { return c == '\t' || c == '\n' || c == '\r'; }

std::string_view trim_c0_and_space(std::string_view text) {
  const auto is_dropped = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_dropped(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_dropped(text.back())) text.remove_suffix(1);
  return text;
}

// The part of `text` after the first `mark`, cut off it; nothing when there is none.
std::optional<std::string_view> cut_after(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

// Length of the scheme that `text` starts with, without its ":"; 0 when there is none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !base::is_ascii_alpha(text[0])) return 0;
  std::size_t i = 1;
  while (i < text.size() && is_scheme_char(text[i])) ++i;
  return i < text.size() && text[i] == ':' ? i : 0;
}

}  // namespace

UrlParser::Kind UrlParser::kind_of(std::string_view scheme) {
  switch (scheme.size()) {
    case 2:
      return scheme == "ws" ? Kind::ws : Kind::non_special;
    case 3:
      return scheme == "wss" ? Kind::wss : scheme == "ftp" ? Kind::ftp : Kind::non_special;
    case 4:
      return scheme == "http" ? Kind::http : scheme == "file" ? Kind::file : Kind::non_special;
    case 5:
      return scheme == "https" ? Kind::https : Kind::non_special;
    default:
      return Kind::non_special;
  }
}

// Of the schemes with a default port; 0 for the others.
std::uint16_t UrlParser::default_port(Kind kind) {
  switch (kind) {
    case Kind::http:
    case Kind::ws:
      return 80;
    case Kind::https:
    case Kind::wss:
      return 443;
    case Kind::ftp:
      return 21;
    case Kind::file:
    case Kind::non_special:
      return 0;
  }
  return 0;
}

bool UrlParser::has_authority(const Url& url) {
  return std::string_view(url.href_).substr(url.scheme_end_ + 1).starts_with("//");
}

bool UrlParser::has_opaque_path(const Url& url) {
  return !has_authority(url) && !url.path().starts_with('/');
}

std::optional<Url> UrlParser::run(std::string_view input) {
  input = trim_c0_and_space(input);
  if (input.size() > kMaxInput) return std::nullopt;
  if (auto url = copy_canonical(input)) return url;
  std::string stripped;
  if (std::any_of(input.begin(), input.end(), is_tab_or_newline)) {
    std::remove_copy_if(input.begin(), input.end(), std::back_inserter(stripped),
                        is_tab_or_newline);
    input = stripped;
  }
  if (!parse_parts(input)) return std::nullopt;
  url_.kind_ = kind_ == Kind::http    ? Scheme::http
               : kind_ == Kind::https ? Scheme::https
                                      : Scheme::other;
  return std::move(url_);
}

bool UrlParser::parse_parts(std::string_view input) {
  std::string_view rest = input;
  const auto fragment = cut_after(rest, '#');
  const auto query = cut_after(rest, '?');
  has_fragment_ = fragment.has_value();
  has_query_ = query.has_value();
  // One allocation for nearly every URL: what is percent-encoded may need more.
  url_.href_.reserve(input.size() + (base_ != nullptr ? base_->href_.size() : 0) + 8);

  const std::size_t length = scheme_length(rest);
  const bool valid = length > 0 ? parse_with_scheme(rest.substr(0, length), rest.substr(length + 1))
                                : parse_without_scheme(rest);
  if (!valid) return false;
  if (query) {
    url_.query_at_ = static_cast<std::uint32_t>(url_.href_.size());
    url_.href_ += '?';
    const bool encodable = special() && kind_ != Kind::ws && kind_ != Kind::wss;
    append_query(url_.href_, *query, encodable ? encoding_ : std::string_view(), special());
  }
  if (fragment) {
    url_.fragment_at_ = static_cast<std::uint32_t>(url_.href_.size());
    url_.href_ += '#';
    append_encoded(url_.href_, *fragment, CharSet::fragment);
  }
  return true;
}

bool UrlParser::parse_with_scheme(std::string_view scheme, std::string_view rest) {
  set_scheme(scheme);
  if (kind_ == Kind::file) return parse_file(rest);
  if (special()) {
    const bool same_as_base = base_ != nullptr && base_->scheme() == url_.scheme();
    if (same_as_base && !rest.starts_with("//")) return parse_relative(rest);
    return parse_authority(rest.substr(leading_slashes(rest)));
  }
  if (rest.starts_with("//")) return parse_authority(rest.substr(2));
  begin_path();
  if (rest.starts_with('/')) {
    append_segments(rest.substr(1));
    finish_path();
  } else {
    append_opaque_path(rest);
  }
  return true;
}

bool UrlParser::parse_without_scheme(std::string_view rest) {
  if (base_ == nullptr) return false;
  if (has_opaque_path(*base_) && !(rest.empty() && !has_query_ && has_fragment_)) return false;
  set_scheme(base_->scheme());
  return kind_ == Kind::file ? parse_file(rest) : parse_relative(rest);
}

// The relative and relative slash states. Needs: the scheme is that of the base.
bool UrlParser::parse_relative(std::string_view rest) {
  if (!rest.empty() && is_slash(rest[0])) {
    if (rest.size() > 1 && is_slash(rest[1])) {
      return parse_authority(rest.substr(special() ? leading_slashes(rest) : 2));
    }
    copy_scheme_and_authority();
    append_segments(rest.substr(1));
    finish_path();
    return true;
  }
  copy_scheme_and_authority();
  copy_path();
  if (!rest.empty()) {
    shorten_path();
    append_segments(rest);
  }
  finish_path();
  if (rest.empty() && !has_query_) copy_query();
  return true;
}

// The authority, host and port states, then the path. `rest` starts behind the slashes.
bool UrlParser::parse_authority(std::string_view rest) {
  const std::size_t end = special() ? rest.find_first_of("/\\") : rest.find('/');
  std::string_view authority = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);

  url_.href_ += "//";
  authority_ = true;
  url_.username_end_ = static_cast<std::uint32_t>(url_.href_.size());
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    if (at + 1 == authority.size()) return false;
    append_credentials(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  if (!parse_host_and_port(authority)) return false;
  if (special() || !rest.empty()) {
    append_path(rest);
  } else {
    begin_path();
  }
  return true;
}

void UrlParser::append_credentials(std::string_view text) {
  const auto password = cut_after(text, ':');
  append_encoded(url_.href_, text, CharSet::userinfo);
  url_.username_end_ = static_cast<std::uint32_t>(url_.href_.size());
  if (password && !password->empty()) {
    url_.href_ += ':';
    append_encoded(url_.href_, *password, CharSet::userinfo);
  } else if (text.empty()) {
    return;
  }
  url_.href_ += '@';
}

bool UrlParser::parse_host_and_port(std::string_view text) {
  std::size_t colon = std::string_view::npos;  // the first that is not inside brackets
  bool in_brackets = false;
  for (std::size_t i = 0; i < text.size() && colon == std::string_view::npos; ++i) {
    if (text[i] == '[') in_brackets = true;
    if (text[i] == ']') in_brackets = false;
    if (text[i] == ':' && !in_brackets) colon = i;
  }
  const std::string_view host = text.substr(0, colon);
  url_.host_start_ = static_cast<std::uint32_t>(url_.href_.size());
  if (host.empty() && (special() || colon != std::string_view::npos)) return false;
  if (!append_host(url_.href_, host, special() ? HostKind::special : HostKind::opaque))
    return false;
  url_.host_end_ = static_cast<std::uint32_t>(url_.href_.size());
  return colon == std::string_view::npos || parse_port(text.substr(colon + 1));
}

bool UrlParser::parse_port(std::string_view digits) {
  std::uint32_t port = 0;
  for (const char c : digits) {
    if (!base::is_ascii_digit(c)) return false;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
    if (port > 0xFFFF) return false;
  }
  if (digits.empty() || (port == default_port(kind_) && kind_ != Kind::non_special)) return true;
  url_.href_ += ':';
  std::array<char, 8> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), port);
  url_.href_.append(text.data(), end.ptr);
  return true;
}

void UrlParser::set_scheme(std::string_view scheme) {
  for (const char c : scheme) url_.href_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  kind_ = kind_of(url_.href_);
  url_.scheme_end_ = static_cast<std::uint32_t>(url_.href_.size());
  url_.href_ += ':';
  url_.username_end_ = url_.host_start_ = url_.host_end_ = url_.scheme_end_ + 1;
}

std::size_t UrlParser::leading_slashes(std::string_view text) const {
  std::size_t n = 0;
  while (n < text.size() && is_slash(text[n])) ++n;
  return n;
}

void UrlParser::copy_scheme_and_authority() {
  authority_ = has_authority(*base_);
  const std::size_t end = authority_ ? base_->path_start_ : base_->scheme_end_ + 1;
  url_.href_.assign(base_->href_, 0, end);
  url_.scheme_end_ = base_->scheme_end_;
  url_.username_end_ = base_->username_end_;
  url_.host_start_ = base_->host_start_;
  url_.host_end_ = base_->host_end_;
  begin_path();
}

void UrlParser::copy_path() { url_.href_ += base_->path(); }

void UrlParser::copy_query() {
  if (!base_->has_query()) return;
  url_.query_at_ = static_cast<std::uint32_t>(url_.href_.size());
  url_.href_ += '?';
  url_.href_ += base_->query();
}

void UrlParser::begin_path() { url_.path_start_ = static_cast<std::uint32_t>(url_.href_.size()); }

}  // namespace crawld::model
