// The configuration: one checked value, made by config/load or by command-line flags.
//
// Knows nothing of crawling. Each field says unit, default and effect; the list of
// keys with their help is in config/fields.cc, and crawld.example.yaml shows every
// key at its default (a test keeps the three equal).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/seed_list.h"
#include "crawler/base/address_family.h"
#include "crawler/base/tls_offer.h"
#include "parsers/extract/rules.h"
#include "parsers/worker/converter.h"

namespace crawld::config {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Bytes = std::uint64_t;

enum class RobotsPolicy : std::uint8_t {
  obey,      // robots.txt, crawl-delay, meta robots and X-Robots-Tag
  txt_only,  // robots.txt only
  ignore
};
enum class Scope : std::uint8_t { page, prefix, host, domain, any };
enum class OnExcess : std::uint8_t { clamp, skip };  // of a Crawl-delay over max_crawl_delay
enum class Order : std::uint8_t { breadth, depth };
enum class Durability : std::uint8_t { full, normal };
enum class LogFormat : std::uint8_t { text, json, journald };
enum class TreeUse : std::uint8_t { always, when_needed };
enum class Sitemaps : std::uint8_t {
  automatic,  // from robots.txt and <link rel=sitemap>
  usual,      // and /sitemap.xml of a host whose robots.txt names none
  off
};
enum class Compare : std::uint8_t { body, text, records };  // what tells versions apart
enum class OptOut : std::uint8_t { record, obey };          // noai, Content-Signal, tdm-reservation

struct UserAgent {
  std::string name = "crawld";  // product token, RFC 9309 section 2.2.1
  std::string url;              // where a webmaster can read about the crawl
  std::string email;
  std::string full;  // the whole header, as given with -U; empty: built of the others
  // "name/version (+url; email)"
  std::string header() const;
};

struct Timeouts {
  milliseconds dns{5'000};
  milliseconds connect{10'000};
  milliseconds first_byte{20'000};
  milliseconds total{60'000};
  bool operator==(const Timeouts&) const = default;
};

struct Autothrottle {
  bool enabled = true;
  double target_concurrency = 1;  // parallel requests to aim at
  milliseconds max_delay{60'000};
  bool operator==(const Autothrottle&) const = default;
};

struct Revisit {
  seconds default_interval{7 * 86'400};
  seconds min{3'600};
  seconds max{90 * 86'400};
  bool adaptive = true;
  Compare compare = Compare::body;
  bool operator==(const Revisit&) const = default;
};

struct Limits {  // 0: none
  std::uint64_t pages = 0;
  milliseconds time{0};
  Bytes bytes = 0;
  std::uint64_t errors = 0;
  bool operator==(const Limits&) const = default;
};

// Who is told of changes: see crawler/daemon/change_hooks.h.
struct Hooks {
  std::string webhook;            // URL; empty: none
  std::string secret;             // of the signature; empty: unsigned
  std::vector<std::string> exec;  // program and arguments; empty: none
  std::vector<std::string> changes = {"new", "changed", "gone", "moved", "orphaned", "adopted"};
  milliseconds timeout{30'000};              // of one delivery
  std::vector<std::string> allow_addresses;  // CIDRs opened for the webhook
};

// A count, or a share of the site's pages.
struct Budget {
  std::uint64_t per_host = 0;    // pages; 0: none
  std::uint64_t per_prefix = 0;  // pages a path prefix; 0: none
  double per_prefix_share = 0;   // 0..1 of the pages of the site; 0: none
  bool operator==(const Budget&) const = default;
};

struct TrapGuards {
  std::uint32_t max_url_length = 8'192;     // bytes
  std::uint32_t max_segments = 64;          // path segments
  std::uint32_t max_repeated_segments = 4;  // the same segment so many times in one path
  bool operator==(const TrapGuards&) const = default;
};

struct Canonicalize {
  bool sort_query = false;
  bool strip_tracking = true;                       // utm_*, gclid, fbclid, ...
  bool strip_session_ids = true;                    // jsessionid, PHPSESSID, sid, ...
  bool strip_index_pages = false;                   // /index.html -> /
  bool fold_www = false;                            // www.example.org -> example.org
  std::vector<std::string> strip_params;            // further names; a trailing * matches a prefix
  std::map<std::string, std::string> host_aliases;  // name of a mirror -> the name that is kept
  bool operator==(const Canonicalize&) const = default;
};

// The form that is sent before a site is crawled.
struct Login {
  std::string url;                            // the page that holds it; empty: no login
  std::map<std::string, std::string> fields;  // name -> value: secrets
  std::string form;                           // CSS selector; empty: the form with a password field
  std::string success;                        // config/login_sign.h; empty: no password asked again
  std::string expired;                        // config/login_sign.h; empty: the usual signs alone
  // Globs and "re:": URLs that are never followed, since they would end the session.
  std::vector<std::string> logout = {"re:(?i)[/?&=](log|sign)[-_]?(out|off)([^a-z]|$)"};
  bool operator==(const Login&) const = default;
};

// What holds for the URLs of one site; `defaults:` fills what a site leaves out.
struct Site {
  std::string name;
  SeedList seeds;
  // What a URL list of the command line says of seeds: a JSON object each.
  std::map<std::string, std::string> seed_metadata;
  std::vector<std::string> sitemap_urls;
  Sitemaps sitemaps = Sitemaps::automatic;
  Scope scope = Scope::host;
  std::vector<std::string> domains;  // further hosts in scope (wget's -D)
  std::vector<std::string> include;  // globs; "re:" prefix for RE2
  std::vector<std::string> exclude;
  std::optional<std::uint32_t> max_depth;  // link hops; nothing: no limit
  std::uint32_t max_redirects = 20;
  bool follow_nofollow = false;  // follow rel=nofollow links
  bool follow_forms = false;
  bool follow_requisites = false;  // img, script, css ...
  bool follow_css_urls = false;
  std::vector<std::uint16_t> ports;  // allowed besides 80, 443 and the seeds' own

  RobotsPolicy robots = RobotsPolicy::obey;
  OptOut opt_out = OptOut::record;
  std::vector<std::string> uses = {"search", "ai-input", "ai-train"};  // that opt_out is about
  milliseconds delay{1'000};
  double jitter = 0.5;  // a gap is drawn from delay * [1, 1 + jitter]: never shorter than promised
  std::uint32_t concurrency_per_host = 1;
  std::uint32_t concurrency_per_ip = 2;
  Autothrottle autothrottle;
  milliseconds max_crawl_delay{30'000};
  OnExcess on_excess = OnExcess::clamp;
  int priority = 0;  // higher first
  Order order = Order::breadth;

  Timeouts timeout;
  Bytes min_rate = 1'024;  // bytes a second; 0: none
  Bytes max_body_size = 10ULL << 20;
  std::vector<std::string> content_types;  // "text/*", "application/pdf"; empty: all
  std::uint32_t retries = 3;
  milliseconds retry_delay{1'000};        // first back-off; doubles
  milliseconds max_retry_after{300'000};  // a longer Retry-After gives the URL up
  std::map<std::string, std::string> headers;
  std::string bind_address;  // of this machine, or an interface; empty: as the routes say
  base::AddressFamily address_family = base::AddressFamily::any;
  std::vector<std::string> proxies;  // each host keeps to one of them; empty: none
  std::string auth;                  // "basic user:pass" | "digest user:pass" | "bearer token"
  bool cookies = true;
  std::string cookie_file;            // Netscape format
  std::string save_cookies;           // file, Netscape format; empty: they end with the run
  bool keep_session_cookies = false;  // in save_cookies
  Login login;
  bool hsts = true;  // RFC 6797
  bool verify_tls = true;
  std::string ca_certificate;        // file
  std::string certificate;           // file, of the client; sent to the seeds' origins only
  std::string private_key;           // file; empty: it stands in that of the certificate
  std::string private_key_password;  // empty: none
  base::TlsVersion tls_min_version = base::TlsVersion::system;
  base::TlsVersion tls_max_version = base::TlsVersion::system;
  std::string tls_ciphers;  // as openssl-ciphers(1) has it; empty: libcurl's
  bool http2 = true;
  std::vector<std::string> allow_addresses;  // CIDRs opened in the address guard

  Revisit revisit;
  std::string schedule;           // "every 6h", cron line, "continuous"; empty: once
  std::vector<std::string> pace;  // other delays by time of day: config/pace.h
  bool soft_errors = true;        // a "not found" page or login wall does not replace a good page
  Limits limits;
  Budget budget;
  TrapGuards traps;
  Canonicalize canonicalize;

  bool store_body = true;
  bool store_answers = false;  // with bodies: of redirects and errors, too
  bool store_text = true;
  bool main_text = false;
  bool markdown = false;
  bool structured = false;
  parsers::RuleSet extract;
  bool operator==(const Site&) const = default;
};

struct Keep {
  std::uint32_t versions = 0;  // stored versions of a page, the newest; 0: all
  seconds requests{0};         // requests older than this go; 0: none do
};

struct Config {
  UserAgent user_agent;
  std::string database = "/var/lib/crawld/crawl.db";
  std::string control = "/run/crawld/control.sock";
  std::uint32_t concurrency = 64;   // fetch threads
  std::uint32_t parse_workers = 0;  // processes; 0: one a core
  bool sandbox = true;              // sandbox: required | off
  Durability durability = Durability::full;
  TreeUse tree = TreeUse::when_needed;
  milliseconds parse_timeout{5'000};  // wall, a page
  seconds parse_cpu{2};               // CPU, a page
  Bytes parse_memory = 256ULL << 20;
  std::vector<parsers::Conversion> convert;  // the first that takes a type gets it
  milliseconds convert_timeout{30'000};      // wall and CPU, a document
  Bytes convert_memory = 1ULL << 30;
  Bytes max_decoded_size = 32ULL << 20;
  Bytes queue_bytes = 16ULL << 20;  // of bodies between fetch and parse
  std::uint32_t queue_items = 64;
  LogFormat log = LogFormat::text;
  std::string log_level = "info";
  std::string metrics_listen;   // empty: off
  Bytes disk_low = 2ULL << 30;  // pause fetching below so much free space
  Bytes memory_high = 0;        // pause fetching above so much resident memory; 0: off
  milliseconds stop_timeout{5'000};
  milliseconds stats_interval{60'000};
  double max_requests_per_second = 0;            // over all hosts; 0: no cap
  Bytes limit_rate = 0;                          // bytes a second over all; 0: no cap
  std::vector<std::string> dns_servers;          // "127.0.0.53:53"
  std::map<std::string, std::string> dns_hosts;  // name -> address
  std::vector<std::string> resolve;              // HOST:PORT:ADDR
  bool search_index = true;                      // keep the full-text index
  bool body_dictionaries = true;  // pack the pages of a host with what they have in common
  Keep keep;
  Limits limits;
  seconds orphan_check{86'400};  // of a daemon, between two looks for orphans; 0: never
  Hooks hooks;
  std::vector<Site> sites;
};

}  // namespace crawld::config
