#include "crawler/cli/flags/flag_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/addresses.h"
#include "config/given_field.h"
#include "config/units.h"
#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"
#include "crawler/cli/flags/wget_patterns.h"
#include "crawler/model/request_fields.h"
#include "crawler/robots/product_token.h"

namespace crawld::cli {
namespace {

using base::Error;
using base::Status;
using config::Config;
using config::Site;
using std::chrono::milliseconds;

Error bad(const std::string& flag, const std::string& value, const std::string& wanted) {
  return {Error::Code::invalid,
          flag + ": \"" + base::printable(value.substr(0, 60)) + "\" is no " + wanted};
}

bool is_bare_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos;
}

// As wget takes them: bare numbers count seconds, or bytes.
std::string seconds_if_bare(const std::string& text) {
  return is_bare_number(text) ? text + "s" : text;
}
std::string bytes_if_bare(const std::string& text) {
  return is_bare_number(text) ? text + "B" : text;
}

// Applies flags one after the other and keeps the first error.
class Flags {
 public:
  // As the key `path` of a file takes it; an empty value was not given.
  template <class Owner>
  void set(const std::string& value, const char* flag, const char* path, Owner& owner) {
    if (value.empty() || error_) return;
    if (Status done = config::set_field(owner, path, value, flag); !done) error_ = done.error();
  }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  Status status() const { return error_ ? Status(*error_) : Status(base::Done{}); }

 private:
  std::optional<Error> error_;
};

std::vector<std::string> split_commas(const std::vector<std::string>& lists) {
  std::vector<std::string> parts;
  for (const std::string& list : lists) {
    std::size_t start = 0;
    while (start <= list.size()) {
      const std::size_t end = std::min(list.find(',', start), list.size());
      if (end > start) parts.push_back(list.substr(start, end - start));
      start = end + 1;
    }
  }
  return parts;
}

void apply_patterns(const CrawlOptions& o, Site& site) {
  const std::vector<std::string> accepted = split_commas(o.accept);
  for (const std::string& text : accepted) site.include.push_back(from_wget_pattern(text));
  // A file that is wanted is found by the links of pages that are not.
  if (!accepted.empty()) site.include.push_back(pages_that_lead_on());
  for (const std::string& text : split_commas(o.reject)) {
    site.exclude.push_back(from_wget_pattern(text));
  }
  for (std::string& type : split_commas(o.content_types)) {
    site.content_types.push_back(std::move(type));
  }
  site.include.insert(site.include.end(), o.include.begin(), o.include.end());
  site.exclude.insert(site.exclude.end(), o.exclude.begin(), o.exclude.end());
}

void apply_follow(const CrawlOptions& o, Site& site, Flags& flags) {
  for (const std::string& what : o.follow) {
    if (what == "sitemaps")
      site.sitemaps = config::Sitemaps::automatic;
    else if (what == "usual-sitemaps")
      site.sitemaps = config::Sitemaps::usual;
    else if (what == "nofollow")
      site.follow_nofollow = true;
    else if (what == "forms")
      site.follow_forms = true;
    else
      flags.fail(bad("--follow", what,
                     "thing to follow; one of sitemaps, usual-sitemaps, nofollow, forms"));
  }
  for (const std::string& what : o.no_follow) {
    if (what == "sitemaps")
      site.sitemaps = config::Sitemaps::off;
    else
      flags.fail(bad("--no-follow", what, "thing to leave; it is sitemaps"));
  }
}

void apply_reach(const CrawlOptions& o, Site& site, Flags& flags) {
  // "inf" and 0 lift the limit, as in wget.
  const bool no_limit = o.depth == "inf" || o.depth == "0";
  flags.set(no_limit ? "none" : o.depth, "--depth", "max_depth", site);
  if (o.no_parent) site.scope = config::Scope::prefix;
  const auto domains = split_commas(o.domains);
  site.domains.insert(site.domains.end(), domains.begin(), domains.end());
  if (o.span_hosts && domains.empty()) site.scope = config::Scope::any;
  flags.set(o.scope, "--scope", "scope", site);
  apply_patterns(o, site);
  flags.set(o.max_redirect, "--max-redirect", "max_redirects", site);
  if (o.page_requisites) site.follow_requisites = site.follow_css_urls = true;
  apply_follow(o, site, flags);
}

void apply_pace(const CrawlOptions& o, Site& site, Flags& flags) {
  const bool paced = !o.wait.empty() || !o.delay.empty();
  flags.set(seconds_if_bare(o.wait), "--wait", "delay", site);
  flags.set(seconds_if_bare(o.delay), "--delay", "delay", site);
  if (paced) {
    site.jitter = 0;
    if (site.delay.count() == 0) site.autothrottle.enabled = false;
  }
  if (o.random_wait) {  // wget: between 0.5 and 1.5 times the wait
    site.delay /= 2;
    site.jitter = 2;
  }
  flags.set(o.concurrency_per_host, "--concurrency-per-host", "concurrency_per_host", site);
  if (!o.concurrency_per_host.empty() && site.concurrency_per_ip > 0) {
    site.concurrency_per_ip = std::max(site.concurrency_per_ip, site.concurrency_per_host);
  }
  for (const std::string& command : o.execute) {
    if (command == "robots=off")
      site.robots = config::RobotsPolicy::ignore;
    else if (command == "robots=on")
      site.robots = config::RobotsPolicy::obey;
    else
      flags.fail(bad("-e", command, "known command; robots=off and robots=on are"));
  }
}

// "inf" and 0: no limit, as in wget, which is to say the most that the configuration takes.
void set_tries(const std::string& text, Site& site, Flags& flags) {
  constexpr std::uint64_t kMostRetries = 100;
  if (text.empty()) return;
  const auto tries = text == "inf" ? 0 : config::parse_count(text);
  if (!tries || *tries > kMostRetries + 1) {
    return flags.fail(bad("--tries", text, "count from 1 to 101; 0 or inf: no limit"));
  }
  site.retries = static_cast<std::uint32_t>(*tries == 0 ? kMostRetries : *tries - 1);
}

// 0: no limit, as in wget. A longer time than a key takes is the longest it takes.
void set_timeout(const std::string& text, Site& site, Flags& flags) {
  if (text.empty()) return;
  auto timeout = config::parse_duration_or_seconds(text);
  constexpr milliseconds kLongest = std::chrono::hours(24);
  if (timeout == milliseconds(0)) timeout = kLongest;
  if (!timeout || *timeout > kLongest || *timeout < milliseconds(100)) {
    return flags.fail(bad("--timeout", text, "duration from 100ms to 24h; 0: no limit"));
  }
  site.timeout.dns = std::min<milliseconds>(*timeout, std::chrono::minutes(10));
  site.timeout.connect = std::min<milliseconds>(*timeout, std::chrono::minutes(10));
  site.timeout.first_byte = std::min<milliseconds>(*timeout, std::chrono::hours(1));
  site.timeout.total = std::max(site.timeout.total, *timeout);
}

void set_family(const CrawlOptions& o, Site& site, Flags& flags) {
  if (o.inet4_only && o.inet6_only) {
    return flags.fail({Error::Code::invalid, "-4, -6: no address is of both families"});
  }
  const std::string wanted = base::ascii_lower(o.prefer_family);
  if (wanted == "ipv4") {
    site.address_family = base::AddressFamily::prefer_ipv4;
  } else if (wanted == "ipv6") {
    site.address_family = base::AddressFamily::prefer_ipv6;
  } else if (wanted == "none") {
    site.address_family = base::AddressFamily::any;
  } else if (!wanted.empty()) {
    return flags.fail(bad("--prefer-family", o.prefer_family, "family; IPv4, IPv6 and none are"));
  }
  if (o.inet4_only) site.address_family = base::AddressFamily::ipv4;
  if (o.inet6_only) site.address_family = base::AddressFamily::ipv6;
}

void add_headers(const CrawlOptions& o, Site& site, Flags& flags) {
  for (const std::string& header : o.headers) {
    const std::size_t colon = header.find(':');
    if (colon == std::string::npos || colon == 0) {
      // What stands there may be a secret.
      flags.fail({Error::Code::invalid, "--header: no header; write it as Name: value"});
      continue;
    }
    const std::size_t value = header.find_first_not_of(" \t", colon + 1);
    site.headers[header.substr(0, colon)] = value == std::string::npos ? "" : header.substr(value);
  }
}

void apply_transfer(const CrawlOptions& o, Site& site, Flags& flags) {
  set_tries(o.tries, site, flags);
  set_timeout(o.timeout, site, flags);
  if (o.no_hsts) site.hsts = false;
  if (o.no_check_certificate) site.verify_tls = false;
  if (!o.ca_certificate.empty()) site.ca_certificate = o.ca_certificate;
  if (!o.certificate.empty()) site.certificate = o.certificate;
  if (!o.private_key.empty()) site.private_key = o.private_key;
  flags.set(o.tls_min_version, "--tls-min-version", "tls_min_version", site);
  flags.set(o.tls_max_version, "--tls-max-version", "tls_max_version", site);
  if (!o.ciphers.empty()) site.tls_ciphers = o.ciphers;
  set_family(o, site, flags);
  if (!o.bind_address.empty()) site.bind_address = o.bind_address;
  if (!o.proxies.empty()) site.proxies = o.proxies;
  if (!o.cookies.empty()) site.cookie_file = o.cookies;
  if (!o.save_cookies.empty()) site.save_cookies = o.save_cookies;
  if (o.keep_session_cookies) site.keep_session_cookies = true;
  add_headers(o, site, flags);
  site.allow_addresses.insert(site.allow_addresses.end(), o.allow_addresses.begin(),
                              o.allow_addresses.end());
  if (o.no_store_body) site.store_body = false;
  site.store_answers = site.store_answers || o.store_answers;
  site.main_text = site.main_text || o.main_text;
  site.markdown = site.markdown || o.markdown;
  site.structured = site.structured || o.structured;
}

std::string zero_if_inf(const std::string& text) { return text == "inf" ? "0" : text; }

void set_user_agent(const std::string& text, Config& config, Flags& flags) {
  if (text.empty()) return;
  if (!model::is_header_value(text)) {
    flags.fail({Error::Code::invalid, "--user-agent: holds a line break or control character"});
  }
  config.user_agent.full = text;
  // What robots.txt is asked about. A value that starts with no token leaves the configured one.
  const std::string token = robots::product_token(text);
  if (!token.empty()) config.user_agent.name = token;
}

// As crawler/fetch reads it; a host in brackets may hold colons itself.
bool is_resolve_entry(const std::string& entry) {
  const auto host_end = entry.find(':', entry.starts_with('[') ? entry.find(']') : 0);
  if (host_end == std::string::npos || host_end == 0) return false;
  const auto port_end = entry.find(':', host_end + 1);
  if (port_end == std::string::npos) return false;
  const auto port = config::parse_count(entry.substr(host_end + 1, port_end - host_end - 1));
  return port && *port <= 65'535 && config::is_list_of_addresses(entry.substr(port_end + 1));
}

void apply_run(const CrawlOptions& o, Config& config, Flags& flags) {
  flags.set(o.concurrency, "--concurrency", "concurrency", config);
  flags.set(o.parse_workers, "--parse-workers", "parse_workers", config);
  flags.set(o.max_pages, "--max-pages", "limits.pages", config);
  flags.set(o.max_errors, "--max-errors", "limits.errors", config);
  flags.set(bytes_if_bare(zero_if_inf(o.quota)), "--quota", "limits.bytes", config);
  flags.set(bytes_if_bare(o.max_bytes), "--max-bytes", "limits.bytes", config);
  flags.set(bytes_if_bare(o.limit_rate), "--limit-rate", "limit_rate", config);
  flags.set(seconds_if_bare(o.stop_timeout), "--stop-timeout", "stop_timeout", config);
  flags.set(seconds_if_bare(o.max_time), "--max-time", "limits.time", config);
  set_user_agent(o.user_agent, config, flags);
  flags.set(o.sandbox, "--sandbox", "sandbox", config);
  for (const std::string& entry : o.resolve) {
    if (!is_resolve_entry(entry)) flags.fail(bad("--resolve", entry, "HOST:PORT:ADDRESS"));
    config.resolve.push_back(entry);
  }
  if (o.no_search_index) config.search_index = false;
  if (!o.database.empty()) config.database = o.database;
}

// Keys of a configuration that only flags can have spoilt, since files were checked.
std::string with_flag_for_key(const std::string& message) {
  static const std::pair<std::string_view, std::string_view> kFlags[] = {
      {"include", "--include"},
      {"exclude", "--exclude"},
      {"headers", "--header"},
      {"bind_address", "--bind-address"},
      {"proxy", "--proxy"},
      {"content_types", "--filter-mime-type"},
      {"cookie_file", "--load-cookies"},
      {"save_cookies", "--save-cookies"},
      {"ca_certificate", "--ca-certificate"},
      {"certificate", "--certificate"},
      {"private_key", "--private-key"},
      {"tls_max_version", "--tls-max-version"},
      {"tls_ciphers", "--ciphers"},
      {"allow_addresses", "--allow-address"},
      {"user_agent.name", "--user-agent"}};
  for (const auto& [key, flag] : kFlags) {
    if (message.starts_with(std::string(key) + ":")) {
      return std::string(flag) + message.substr(key.size());
    }
  }
  return message;
}

}  // namespace

Status apply_flags(const CrawlOptions& options, Config& config) {
  Flags flags;
  for (Site& site : config.sites) {
    apply_reach(options, site, flags);
    apply_pace(options, site, flags);
    apply_transfer(options, site, flags);
  }
  apply_run(options, config, flags);
  if (Status status = flags.status(); !status) return status;
  Status checked = config::check_given(config);
  if (checked) return checked;
  return Error{checked.error().code, with_flag_for_key(checked.error().message)};
}

}  // namespace crawld::cli
