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
    {"http_401", "a password: https://USER:PASSWORD@host/, or auth:"},
    {"login_wall",
     "login: in a file (-c), or cookies of a visitor who is logged in: --load-cookies FILE "
     "(cookie_file:)"},
    {"login_expired", "asked again once its site is logged in"},
    {"redirect_loop",
     "often a wall for visitors without cookies: --load-cookies FILE (cookie_file:)"},
    {"max_redirects", "--max-redirect (max_redirects:) follows more"},
    {"robots.txt line", "the host's wish; for a site of your own -e robots=off (robots: ignore)"},
    {"robots.txt unreachable", "no answer means no (RFC 9309); it will be asked again"},
    {"scope", "--scope and -D (scope:, domains:) widen what belongs to the site"},
    {"max_depth", "-l (max_depth:) goes deeper"},
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
