// Set-Cookie and cookies.txt, read as RFC 6265 section 5 tells user agents to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crawld::fetch {

// What one Set-Cookie header says, before it is known whether it may say so.
struct SetCookie {
  std::string name;
  std::string value;
  std::string domain;  // lower case, without the leading dot; empty: this host only
  std::string path;    // empty: the default path of the URL
  std::optional<std::int64_t> max_age;  // seconds; wins over expires
  std::optional<std::int64_t> expires;  // seconds since the epoch
  bool secure = false;
  bool http_only = false;  // says something to browsers only
};

// Section 5.2. Nothing for a header that sets no cookie.
std::optional<SetCookie> parse_set_cookie(std::string_view value);

// Section 5.1.1: seconds since the epoch, or nothing where it is no date.
std::optional<std::int64_t> parse_cookie_date(std::string_view text);

// One line of a Netscape cookie file.
struct FileCookie {
  SetCookie cookie;
  bool with_subdomains = false;
};

// The cookies of a Netscape cookies.txt; lines that are none are passed over.
std::vector<FileCookie> parse_cookie_file(std::string_view text);

// The largest file that is read, in bytes.
constexpr std::size_t kMostCookieFile = 4 << 20;

// A cookies.txt of them, as curl, wget and yt-dlp read it: 0 is the time of a cookie that ends with
// the session. Left out is what would break a line, and what does not fit into kMostCookieFile.
std::string format_cookie_file(std::span<const FileCookie> cookies);

}  // namespace crawld::fetch
