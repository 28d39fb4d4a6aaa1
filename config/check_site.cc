#include "config/check_site.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

#include "config/addresses.h"
#include "config/check_tls.h"
#include "config/cookie_file.h"
#include "config/file_name.h"
#include "config/login_sign.h"
#include "config/pace.h"
#include "config/partners.h"
#include "config/schedule.h"
#include "config/units.h"
#include "crawler/base/escape.h"
#include "crawler/base/near_end.h"
#include "crawler/base/pattern.h"
#include "crawler/model/request_fields.h"
#include "crawler/model/url.h"
#include "parsers/selector/selector.h"

namespace crawld::config {
namespace {

// A pipe would be waited for, a device never ends.
bool is_readable_file(const std::string& path) {
  std::error_code failed;
  return std::filesystem::is_regular_file(path, failed) && ::access(path.c_str(), R_OK) == 0;
}

class SiteCheck {
 public:
  SiteCheck(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
            std::vector<Problem>& warnings)
      : site_(site), places_(places), problems_(problems), warnings_(warnings) {}

  void check_site() {
    if (!places_.incomplete) check_what_is_needed();
    check_urls("seeds", site_.seeds);
    check_keys([this](const char* key) { return places_.keys.contains(key); });
  }

  void check_defaults() {
    check_keys([](const char*) { return true; });
  }

 private:
  void check_what_is_needed() {
    if (site_.name.empty()) problem(places_.site, "a site needs a name");
    if (!model::is_header_value(site_.name)) {
      problem(places_.of("name"), "name: holds a line break or control character");
    }
    if (site_.seeds.empty() && site_.sitemap_urls.empty()) {
      problem(places_.of("seeds"), "site \"" + site_.name + "\" needs seeds: a list of URLs");
    }
    if (site_.budget.per_prefix_share > 0 && site_.budget.per_host == 0 &&
        site_.limits.pages == 0) {
      warn(places_.of("budget"),
           "budget: per_prefix is a share of per_host, or else of limits.pages; neither is set, so "
           "it limits nothing");
    }
    check_partners(site_, places_, problems_, warnings_);
  }

  // `says(key)`: the value is this one's own, and not taken from the defaults.
  template <class Says>
  void check_keys(Says says) {
    if (says("sitemaps")) check_urls("sitemaps", site_.sitemap_urls);
    if (says("domains")) check_domains();
    if (says("include")) check_patterns("include", site_.include);
    if (says("exclude")) check_patterns("exclude", site_.exclude);
    if (says("content_types")) check_content_types();
    if (says("canonicalize")) check_host_aliases();
    if (says("allow_addresses")) check_addresses();
    if (says("headers")) check_headers();
    if (says("cookie_file")) check_cookie_file();
    if (says("save_cookies")) check_saved_cookies();
    if (says("ca_certificate")) check_file("ca_certificate", site_.ca_certificate);
    if (says("tls_ciphers")) check_tls_ciphers(site_, places_, problems_);
    if (says("certificate") || says("private_key") || says("private_key_password")) {
      check_client_certificate(site_, places_, problems_, warnings_);
    }
    if (says("tls_min_version") || says("tls_max_version")) {
      check_tls_versions(site_, places_, problems_, warnings_);
    }
    if (says("proxy")) check_proxies();
    if (says("bind_address")) check_near_end();
    if (says("bind_address") || says("address_family")) check_families();
    if (says("auth") && !model::is_auth(site_.auth)) {
      problem(places_.of("auth"),  // the text itself is a secret
              "auth: is not \"basic user:pass\", \"digest user:pass\" or \"bearer token\"");
    }
    if (says("login")) check_login();
    if (says("pace")) {
      if (const auto pace = Pace::parse(site_.pace); !pace) {
        problem(places_.of("pace"), "pace: " + pace.error().message);
      }
    }
    if (says("schedule")) check_schedule();
    if (says("uses")) check_uses();
    if (says("revisit")) check_revisit();
    if ((says("delay") || says("concurrency_per_host")) && kept_delay(site_) != site_.delay) {
      warn(places_.of("delay"), "delay: 0 with " + std::to_string(site_.concurrency_per_host) +
                                    " requests open to one host; 1ms is kept between them");
    }
    if (says("robots") && site_.robots == RobotsPolicy::ignore) {
      warn(places_.of("robots"), "robots: ignore; do this on hosts of your own only");
    }
  }

  void check_domains() {
    for (std::size_t i = 0; i < site_.domains.size(); ++i) {
      const std::string& domain = site_.domains[i];
      if (domain_of(domain)) continue;
      const auto host = host_of(domain.starts_with("*.") ? domain.substr(2) : domain);
      problem(places_.of("domains", i), "domains: \"" + base::printable(domain) +
                                            "\" is no host name such as example.org" +
                                            (host ? "; write it as " + *host : ""));
    }
  }

  // `default` counts as said where it is not the built-in one: a longer `min` alone is meant.
  void check_revisit() {
    const auto& [first, min, max] =
        std::tie(site_.revisit.default_interval, site_.revisit.min, site_.revisit.max);
    if (min > max) return problem(places_.of("revisit"), "revisit: min is larger than max");
    if (first == Revisit().default_interval || (first >= min && first <= max)) return;
    warn(places_.of("revisit"), "revisit: default " + format_duration(first) + " is out of min " +
                                    format_duration(min) + " and max " + format_duration(max) +
                                    ", which hold");
  }

  void check_schedule() {
    const auto schedule = Schedule::parse(site_.schedule);
    if (!schedule) problem(places_.of("schedule"), "schedule: " + schedule.error().message);
  }

  void check_host_aliases() {
    const auto& aliases = site_.canonicalize.host_aliases;
    const auto wrong = [&](const std::string& name, const std::string& what) {
      problem(places_.of("canonicalize"),
              "canonicalize.host_aliases: \"" + base::printable(name) + "\" " + what);
    };
    const auto folded = [this](std::string_view name) {
      const bool folds = site_.canonicalize.fold_www && name.starts_with("www.");
      return std::string(folds ? name.substr(4) : name);
    };
    std::set<std::string> folded_aliases;
    for (const auto& [alias, host] : aliases) folded_aliases.insert(folded(alias));
    for (const auto& [alias, host] : aliases) {
      for (const std::string& name : {alias, host}) {
        const auto url = model::Url::parse("http://" + name + "/");
        if (!url || url->hostname() != name || name.find('*') != std::string::npos) {
          wrong(name, "is no host name such as www.example.org, in lower case and without a port");
        }
      }
      if (folded_aliases.contains(folded(host)))
        wrong(host, "is the host of an alias, and an alias itself");
    }
  }

  void check_uses() {
    for (std::size_t i = 0; i < site_.uses.size(); ++i) {
      const std::string& use = site_.uses[i];
      if (use == "search" || use == "ai-input" || use == "ai-train") continue;
      problem(places_.of("uses", i),
              "uses: \"" + use + "\" is no use; one of search, ai-input, ai-train");
    }
  }

  void check_addresses() {
    for (std::size_t i = 0; i < site_.allow_addresses.size(); ++i) {
      if (is_cidr(site_.allow_addresses[i])) continue;
      problem(places_.of("allow_addresses", i), "allow_addresses: \"" + site_.allow_addresses[i] +
                                                    "\" is no CIDR such as 10.0.0.0/8");
    }
  }

  void check_content_types() {
    for (std::size_t i = 0; i < site_.content_types.size(); ++i) {
      const std::string& type = site_.content_types[i];
      if (is_media_type(type)) continue;
      problem(places_.of("content_types", i),
              "content_types: \"" + base::printable(type) +
                  "\" is no media type such as text/html or text/*");
    }
  }

  void check_file(const std::string& key, const std::string& path) {
    if (path.empty() || is_readable_file(path)) return;
    problem(places_.of(key), key + ": \"" + base::printable(path) + "\" is no file to be read");
  }

  void check_saved_cookies() {
    if (site_.save_cookies.empty()) return;
    std::string why = no_place_for_cookies(site_.save_cookies);
    if (why.empty()) why = no_name_of_file(site_.save_cookies);
    if (!why.empty()) {
      problem(places_.of("save_cookies"),
              "save_cookies: \"" + base::printable(site_.save_cookies) + "\": " + why);
    } else if (!site_.cookies) {
      problem(places_.of("save_cookies"), "save_cookies: needs cookies: true");
    }
  }

  void check_cookie_file() {
    // One file for both is there from the first save on.
    if (site_.cookie_file == site_.save_cookies && ::access(site_.cookie_file.c_str(), F_OK) != 0)
      return;
    check_file("cookie_file", site_.cookie_file);
    if (!is_readable_file(site_.cookie_file) || is_cookies_txt(site_.cookie_file)) return;
    problem(places_.of("cookie_file"),
            "cookie_file: \"" + base::printable(site_.cookie_file) +
                "\" is no Netscape cookies.txt: no line has seven fields between tabs");
  }

  void check_proxies() {
    for (std::size_t i = 0; i < site_.proxies.size(); ++i) {
      if (is_proxy(site_.proxies[i])) continue;
      // It may hold a secret.
      problem(places_.of("proxy", i), "proxy: no URL such as http://host:port");
    }
  }

  void check_near_end() {
    if (site_.bind_address.empty()) return;
    const auto found = base::NearEnd::find(site_.bind_address);
    if (!found) problem(places_.of("bind_address"), "bind_address: " + found.error().message);
  }

  void check_families() {
    const bool v4 = site_.address_family == base::AddressFamily::ipv4;
    if (!v4 && site_.address_family != base::AddressFamily::ipv6) return;
    const auto near_end = base::NearEnd::find(site_.bind_address);
    if (!near_end || near_end->family() != (v4 ? AF_INET6 : AF_INET)) return;
    problem(places_.of("bind_address"), "bind_address: " + near_end->text() + " reaches no " +
                                            (v4 ? "IPv4" : "IPv6") +
                                            " address, and address_family allows no others");
  }

  void check_login() {
    const Login& login = site_.login;
    const Place place = places_.of("login");
    const auto wrong = [&](const std::string& what) { problem(place, "login." + what); };
    check_patterns("login", login.logout);
    if (!login.form.empty()) {
      const auto form = parsers::Selector::compile(login.form);
      if (!form) wrong("form: " + form.error().message);
    }
    if (const auto sign = LoginSign::parse(login.success); !sign) {
      wrong("success: " + sign.error().message);
    }
    if (const auto sign = LoginSign::parse(login.expired); !sign) {
      wrong("expired: " + sign.error().message);
    }
    if (login.url.empty()) {
      if (!login.fields.empty()) wrong("url: missing; it is the page that holds the form");
      return;
    }
    const auto url = model::Url::parse(login.url);
    if (!url || !url->crawlable() || !url->username().empty() || !url->password().empty()) {
      wrong("url: no http or https URL such as https://host/login");
    } else if (login.fields.empty()) {
      wrong(
          "fields: missing; name what is filled in, such as {user: me, password: "
          "\"${env:PASSWORD}\"}");
    } else if (!site_.cookies) {
      wrong("url: needs cookies: true, for a session is a cookie");
    } else if (url->scheme_kind() != model::Scheme::https) {
      warn(place, "login.url: not https, so the password is sent in clear");
    }
  }

  void check_headers() {
    for (const auto& [name, value] : site_.headers) {
      if (!model::is_header_name(name)) {
        problem(places_.of("headers"), "headers: \"" + base::printable(name) + "\" is no name");
      } else if (!model::is_header_value(value)) {
        problem(places_.of("headers"), "headers: the value of " + base::printable(name) +
                                           " holds a line break or control character");
      } else if (model::is_framing_header(name)) {
        problem(places_.of("headers"), "headers: " + base::printable(name) +
                                           " is told by what is sent, and by nobody else");
      }
    }
  }

  void problem(Place place, std::string message) {
    problems_.push_back({place, std::move(message)});
  }
  void warn(Place place, std::string message) { warnings_.push_back({place, std::move(message)}); }

  template <class List>
  void check_urls(const std::string& key, const List& urls) {
    for (std::size_t i = 0; i < urls.size(); ++i) {
      const auto url = model::Url::parse(urls[i]);
      if (!url || !url->crawlable()) {
        problem(places_.of(key, i),
                key + ": \"" + std::string(urls[i]) +
                    "\" is no http or https URL; write it as https://host/path");
      } else if (!url->username().empty() || !url->password().empty()) {
        problem(places_.of(key, i), key + ": put user and password into auth:, not into the URL");
      }
    }
  }

  void check_patterns(const std::string& key, const std::vector<std::string>& patterns) {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const auto pattern = base::Pattern::compile(patterns[i]);
      if (pattern) continue;
      problem(places_.of(key, i), key + ": \"" + patterns[i] + "\": " + pattern.error().message);
    }
  }

  const Site& site_;
  const SitePlaces& places_;
  std::vector<Problem>& problems_;
  std::vector<Problem>& warnings_;
};

}  // namespace

bool is_media_type(const std::string& type) {
  const std::size_t slash = type.find('/');
  return slash != 0 && slash != std::string::npos && slash + 1 < type.size() &&
         std::min(type.find('*'), type.size() - 1) >= type.size() - 1 &&
         type.find_first_of("; \t") == std::string::npos;
}

void check_site(const Site& site, const SitePlaces& places, std::vector<Problem>& problems,
                std::vector<Problem>& warnings) {
  SiteCheck(site, places, problems, warnings).check_site();
}

void check_defaults(const Site& defaults, const SitePlaces& places, std::vector<Problem>& problems,
                    std::vector<Problem>& warnings) {
  SiteCheck(defaults, places, problems, warnings).check_defaults();
}

std::chrono::milliseconds kept_delay(const Site& site) {
  constexpr std::uint32_t kMany = 64;
  constexpr std::chrono::milliseconds kLeast{1};
  return site.concurrency_per_host > kMany ? std::max(site.delay, kLeast) : site.delay;
}

}  // namespace crawld::config
