// What is asked of the web: made by the frontier, read by fetch.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/model/form.h"
#include "crawler/model/url.h"

namespace crawld::model {

using UrlId = std::uint64_t;   // row id in `urls`; 0: none
using HostId = std::uint32_t;  // row id in `hosts`; 0: none
using SiteId = std::uint32_t;  // index of the site in the running configuration

enum class Purpose : std::uint8_t {
  page,
  robots,
  sitemap,
  login_form,   // the page that holds a site's login form
  login_answer  // that form as sent, and where its answer leads
};

// What the last good version told us, for a conditional request (RFC 9110 section 13).
struct Validators {
  std::string etag;           // verbatim, with quotes and W/ prefix
  std::string last_modified;  // verbatim HTTP date
  bool empty() const { return etag.empty() && last_modified.empty(); }
};

// What earlier visits taught, for the next interval.
struct History {
  std::uint32_t visits = 0;
  std::uint32_t changes = 0;         // of them found something new
  std::int64_t changed_at = 0;       // ms since the epoch; 0: never
  std::int64_t visited_at = 0;       // ms since the epoch; 0: never
  std::chrono::seconds interval{0};  // that led to this visit
  std::string content_hash;          // of the last good version, hex; empty when none
  int status = 0;                    // HTTP status of the last visit; 0: never
  std::uint64_t compared = 0;        // print of the last good version (policy/compare.h); 0: none
};

struct Request {
  Url url;
  Purpose purpose = Purpose::page;
  SiteId site = 0;
  std::uint16_t depth = 0;      // link hops from a seed
  std::uint16_t redirects = 0;  // redirect hops so far
  std::uint16_t attempt = 0;    // 0 for the first
  Validators validators;
  History history;
  UrlId parent = 0;            // the URL whose page held the link; 0 for seeds
  bool with_metadata = false;  // a list said something of it or its forebears, which links inherit
  // What is POSTed; null: a GET. Shared, because requests are copied along their way.
  std::shared_ptr<const FormPost> post;
};

// What the last answers of a host say of the next one.
enum class HostRecord : std::uint8_t {
  stranger,  // it was never asked, or failed when it was
  known,     // the last one was good
  quick      // the last few were good and came soon
};

// The right to contact one host once. Made by Frontier::lease only; whoever holds
// it must give it back through Frontier::release.
struct Lease {
  UrlId url_id = 0;  // 0 for robots.txt, which is a fact about a host and no row of `urls`
  HostId host_id = 0;
  HostId robots_for = 0;  // purpose robots: the host whose rules are asked for
  Request request;
  base::Instant leased_at{};
  std::uint64_t connection = 0;  // fetch's own: to the host, being made since before; 0: none
  // The frontier's own:
  std::string address_slot;                       // the IP address whose slot this holds
  HostRecord host_record = HostRecord::stranger;  // whose share of the transfers this is of
};

}  // namespace crawld::model
