#include "crawler/cli/advice.h"

namespace crawld::cli {
namespace {

struct Advice {
  std::string_view reason;  // or how it begins
  std::string_view text;
};

constexpr Advice kAdvice[] = {
    {"blocked_address", "not a public address; --allow-address CIDR (allow_addresses:) opens it"},
    {"blocked_port", "a port that no web server should be asked at"},
    {"port", "ports: opens others than 80, 443 and the seeds' own"},
    {"dns", "a wrong name, or name servers that do not know it: --resolve, dns.servers:"},
    {"connect", "nothing listens there, or something in between refuses"},
    {"tls",
     "--ca-certificate FILE (ca_certificate:) verifies with a CA of your own, "
     "--no-check-certificate (verify_tls: false) with none; --certificate FILE (certificate:) is "
     "for servers that ask who you are, --tls-min-version and --ciphers for those of old"},
    {"proxy",
     "the proxy refused or failed, not the host: --proxy (proxy:); of several another stands in"},
    {"hsts", "the host once said https only, so nothing was sent; --no-hsts (hsts: false) asks it"},
    {"http_401", "a password: https://USER:PASSWORD@host/, or auth:"},
    {"login_wall",
     "login: in a file (-c), or cookies of a visitor who is logged in: --load-cookies FILE "
     "(cookie_file:)"},
    {"login_expired", "asked again once its site is logged in"},
    {"redirect_loop",
     "often a wall for visitors without cookies: --load-cookies FILE (cookie_file:)"},
    {"max_redirects", "--max-redirect (max_redirects:) follows more"},
    {"robots.txt line", "the host's wish; for a site of your own -e robots=off (robots: ignore)"},
    {"robots.txt too costly",
     "thousands of wildcards against a long URL: not judged to the end, which means no"},
    {"robots.txt unreachable", "no answer means no (RFC 9309); it will be asked again"},
    {"crawl-delay over max_crawl_delay",
     "max_crawl_delay: is how long the crawl is ready to wait; on_excess: clamp goes on with that"},
    {"host_throttles",
     "the host answered with nothing but 429 or 503; it is asked again when its time is over: by a "
     "daemon, or with --recrawl. A longer --delay (delay:) may keep it from that"},
    {"host_fails",
     "the host answered with nothing but server errors (5xx) for a quarter of an hour; a daemon "
     "asks an hour later, else --recrawl does"},
    {"host_unreachable",
     "the host gave no answer again and again; a daemon asks an hour later, else --recrawl does"},
    {"retry_after_too_long", "the host asks for more patience than max_retry_after:"},
    {"scope", "--scope and -D (scope:, domains:) widen what belongs to the site"},
    {"canonicalize",
     "canonicalize: spells it otherwise now (fold_www, host_aliases, strip_params), and it is "
     "visited so"},
    {"max_depth", "-l (max_depth:) goes deeper"},
    {"max_url_length", "traps.max_url_length: takes longer ones"},
    {"max_segments", "traps.max_segments: takes deeper paths"},
    {"max_repeated_segments", "a loop of links, mostly; traps.max_repeated_segments: takes more"},
    {"calendar", "a date many years away, as calendars link to for ever; as a seed it is taken"},
    {"budget.per_host", "budget.per_host: was used up; what waits goes on when it is raised"},
    {"budget.per_prefix", "budget.per_prefix: was used up; what waits goes on when it is raised"},
    {"sitemap_broken", "what stands before the fault was taken; the fetch below says what it is"},
    {"no_sitemap", "robots.txt or a page names it as one; nothing was taken from it"},
    {"refused URLs left out",
     "its sitemaps name more than 250,000 URLs that are refused; scope, include and exclude say "
     "what is wanted, and a visit under others (--recrawl) finds it"},
    {"limits.pages", "limits.pages: of the site was used up; what waits goes on when it is raised"},
};

}  // namespace

std::string_view advice_on(std::string_view reason) {
  for (const Advice& advice : kAdvice) {
    const bool line_of_robots = advice.reason.starts_with("robots.txt");
    if (line_of_robots ? reason.starts_with(advice.reason) : reason == advice.reason) {
      return advice.text;
    }
  }
  return {};
}

}  // namespace crawld::cli
