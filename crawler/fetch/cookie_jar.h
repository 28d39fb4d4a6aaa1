// The cookies of one site: RFC 6265 section 5.3 and 5.4, with caps.
//
// A server can make us remember at most 50 cookies a host of 4 KiB each, and send
// at most 16 KiB of them; public suffixes (libpsl) take no cookies. What came over https is not
// replaced from http, where anyone on the way may write, and the prefixes __Secure- and __Host-
// hold what they say (draft-ietf-httpbis-rfc6265bis, storage model): else a session of ours could
// be made another's.
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/mutex.h"
#include "crawler/base/result.h"
#include "crawler/fetch/cookie_parser.h"
#include "crawler/model/response.h"
#include "crawler/model/url.h"

namespace crawld::fetch {

class CookieJar {
 public:
  // What the Set-Cookie headers of a response from `from` may set.
  void store(const model::Url& from, const model::Headers& headers, base::WallTime now)
      CRAWL_EXCLUDES(mutex_);
  void store(const model::Url& from, std::string_view set_cookie, base::WallTime now)
      CRAWL_EXCLUDES(mutex_);

  // The value of the Cookie header for `to`; empty when there is nothing to send.
  std::string header(const model::Url& to, base::WallTime now) const CRAWL_EXCLUDES(mutex_);

  // Adds a Netscape cookies.txt (at most kMostCookieFile).
  base::Status load(const std::string& path, base::WallTime now) CRAWL_EXCLUDES(mutex_);

  // Those that have not run out, oldest first, for a cookies.txt. Cookies without a lifetime end
  // with the session (section 5.3): they are among them where `session_cookies` says so.
  std::vector<FileCookie> all(base::WallTime now, bool session_cookies) const
      CRAWL_EXCLUDES(mutex_);
  // Grows with each cookie that is set, replaced or taken away.
  std::uint64_t changes() const CRAWL_EXCLUDES(mutex_);

  std::size_t size() const CRAWL_EXCLUDES(mutex_);

 private:
  struct Cookie {
    std::string name;
    std::string value;
    std::string path;
    bool host_only = true;
    bool secure = false;
    bool http_only = false;
    std::int64_t expires = 0;   // seconds since the epoch
    std::uint64_t created = 0;  // order of creation
  };

  void put(const std::string& domain, Cookie cookie, base::WallTime now) CRAWL_REQUIRES(mutex_);
  bool hides_secure(const std::string& domain, const Cookie& cookie) const CRAWL_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::map<std::string, std::vector<Cookie>, std::less<>> by_domain_ CRAWL_GUARDED_BY(mutex_);
  std::uint64_t next_created_ CRAWL_GUARDED_BY(mutex_) = 0;
  std::uint64_t changes_ CRAWL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crawld::fetch
