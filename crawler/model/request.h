// What is asked of the web: made by the frontier, read by fetch.
#pragma once

#include <cstdint>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/model/url.h"

namespace crawld::model {

using UrlId = std::uint64_t;   // row id in `urls`; 0: none
using HostId = std::uint32_t;  // row id in `hosts`; 0: none
using SiteId = std::uint32_t;  // index of the site in the running configuration

enum class Purpose : std::uint8_t { page, robots, sitemap };

// What the last good version told us, for a conditional request (RFC 9110 section 13).
struct Validators {
  std::string etag;           // verbatim, with quotes and W/ prefix
  std::string last_modified;  // verbatim HTTP date
  bool empty() const { return etag.empty() && last_modified.empty(); }
};

struct Request {
  Url url;
  Purpose purpose = Purpose::page;
  SiteId site = 0;
  std::uint16_t depth = 0;      // link hops from a seed
  std::uint16_t redirects = 0;  // redirect hops so far
  std::uint16_t attempt = 0;    // 0 for the first
  Validators validators;
  std::string content_hash;     // of the last good version, hex; empty when none
  std::string referrer;         // href of the page that held the link; empty for seeds
};

// The right to contact one host once. Made by Frontier::lease only; whoever holds
// it must give it back through Frontier::release.
struct Lease {
  UrlId url_id = 0;
  HostId host_id = 0;
  Request request;
  base::Instant leased_at{};
};

}  // namespace crawld::model
