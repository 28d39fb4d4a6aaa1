#include "crawler/cli/crawl_options.h"

#include <algorithm>
#include <charconv>

#include "CLI/CLI.hpp"
#include "config/load.h"
#include "config/units.h"
#include "crawler/cli/url_list.h"
#include "crawler/model/url.h"

namespace crawld::cli {
namespace {

using base::Error;
using base::Status;
using config::Config;
using config::Site;

Error bad(const std::string& flag, const std::string& value, const std::string& wanted) {
  return {Error::Code::invalid, flag + ": \"" + value + "\" is no " + wanted};
}

// Applies flags one after the other and keeps the first error.
class Flags {
 public:
  template <class T, class Parse>
  void set(const std::string& value, const char* flag, const char* wanted, Parse parse, T& into) {
    if (value.empty() || error_) return;
    const auto parsed = parse(value);
    if (!parsed) {
      error_ = bad(flag, value, wanted);
      return;
    }
    into = static_cast<T>(*parsed);
  }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  Status status() const { return error_ ? Status(*error_) : Status(base::Done{}); }

 private:
  std::optional<Error> error_;
};

constexpr const char* kDuration = "duration such as 500ms, 2s or 1h";
constexpr const char* kCount = "count such as 500, 10k or 1M";
constexpr const char* kBytes = "size such as 512KiB, 10MiB or 1g";

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

// wget's -A and -R: a pattern if it has a wildcard, else the end of a name.
std::string from_wget_pattern(const std::string& text) {
  const bool pattern = text.find_first_of("*?[") != std::string::npos;
  return pattern ? (text.front() == '*' ? text : "*/" + text) : "*" + text;
}

std::optional<config::Scope> parse_scope(const std::string& text) {
  if (text == "page") return config::Scope::page;
  if (text == "prefix") return config::Scope::prefix;
  if (text == "host") return config::Scope::host;
  if (text == "domain") return config::Scope::domain;
  if (text == "any") return config::Scope::any;
  return std::nullopt;
}

// "inf" and 0 lift the limit, as in wget.
void set_depth(const std::string& text, Site& site, Flags& flags) {
  if (text.empty()) return;
  if (text == "inf" || text == "0") {
    site.max_depth.reset();
    return;
  }
  std::uint32_t depth = 0;
  flags.set(text, "--depth", "number of link hops", config::parse_count, depth);
  site.max_depth = depth;
}

void apply_reach(const CrawlOptions& o, Site& site, Flags& flags) {
  set_depth(o.depth, site, flags);
  if (o.no_parent) site.scope = config::Scope::prefix;
  const auto domains = split_commas(o.domains);
  site.domains.insert(site.domains.end(), domains.begin(), domains.end());
  if (o.span_hosts && domains.empty()) site.scope = config::Scope::any;
  flags.set(o.scope, "--scope", "scope; one of page, prefix, host, domain, any", parse_scope,
            site.scope);
  for (const std::string& text : split_commas(o.accept)) {
    site.include.push_back(from_wget_pattern(text));
  }
  // Directories are walked even where only some files are wanted.
  if (!o.accept.empty()) site.include.push_back("*/");
  for (const std::string& text : split_commas(o.reject)) {
    site.exclude.push_back(from_wget_pattern(text));
  }
  site.include.insert(site.include.end(), o.include.begin(), o.include.end());
  site.exclude.insert(site.exclude.end(), o.exclude.begin(), o.exclude.end());
  flags.set(o.max_redirect, "--max-redirect", kCount, config::parse_count, site.max_redirects);
  if (o.page_requisites) site.follow_requisites = site.follow_css_urls = true;
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

void apply_pace(const CrawlOptions& o, Site& site, Flags& flags) {
  const bool paced = !o.wait.empty() || !o.delay.empty();
  flags.set(o.wait, "--wait", kDuration, config::parse_duration_or_seconds, site.delay);
  flags.set(o.delay, "--delay", kDuration, config::parse_duration_or_seconds, site.delay);
  if (paced) {
    site.jitter = 0;
    if (site.delay.count() == 0) site.autothrottle.enabled = false;
  }
  if (o.random_wait) {  // wget: between 0.5 and 1.5 times the wait
    site.delay /= 2;
    site.jitter = 2;
  }
  flags.set(o.concurrency_per_host, "--concurrency-per-host", kCount, config::parse_count,
            site.concurrency_per_host);
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

void apply_transfer(const CrawlOptions& o, Site& site, Flags& flags) {
  if (!o.tries.empty()) {
    std::uint32_t tries = 1;
    flags.set(o.tries, "--tries", kCount, config::parse_count, tries);
    site.retries = tries > 0 ? tries - 1 : 0;
  }
  if (!o.timeout.empty()) {
    std::chrono::milliseconds timeout{0};
    flags.set(o.timeout, "--timeout", kDuration, config::parse_duration_or_seconds, timeout);
    site.timeout.dns = site.timeout.connect = site.timeout.first_byte = timeout;
    site.timeout.total = std::max(site.timeout.total, timeout);
  }
  if (o.no_check_certificate) site.verify_tls = false;
  if (!o.ca_certificate.empty()) site.ca_certificate = o.ca_certificate;
  if (!o.proxy.empty()) site.proxy = o.proxy;
  if (!o.cookies.empty()) site.cookie_file = o.cookies;
  for (const std::string& header : o.headers) {
    const std::size_t colon = header.find(':');
    if (colon == std::string::npos || colon == 0) {
      flags.fail(bad("--header", header, "header; write it as Name: value"));
      continue;
    }
    const std::size_t value = header.find_first_not_of(" \t", colon + 1);
    site.headers[header.substr(0, colon)] = value == std::string::npos ? "" : header.substr(value);
  }
  site.allow_addresses.insert(site.allow_addresses.end(), o.allow_addresses.begin(),
                              o.allow_addresses.end());
  if (o.no_store_body) site.store_body = false;
  site.main_text = site.main_text || o.main_text;
  site.markdown = site.markdown || o.markdown;
  site.structured = site.structured || o.structured;
}

void apply_run(const CrawlOptions& o, Config& config, Flags& flags) {
  flags.set(o.concurrency, "--concurrency", kCount, config::parse_count, config.concurrency);
  flags.set(o.parse_workers, "--parse-workers", kCount, config::parse_count, config.parse_workers);
  flags.set(o.max_pages, "--max-pages", kCount, config::parse_count, config.limits.pages);
  flags.set(o.max_errors, "--max-errors", kCount, config::parse_count, config.limits.errors);
  flags.set(o.quota, "--quota", kBytes, config::parse_bytes, config.limits.bytes);
  flags.set(o.max_bytes, "--max-bytes", kBytes, config::parse_bytes, config.limits.bytes);
  flags.set(o.limit_rate, "--limit-rate", kBytes, config::parse_bytes, config.limit_rate);
  flags.set(o.stop_timeout, "--stop-timeout", kDuration, config::parse_duration_or_seconds,
            config.stop_timeout);
  if (!o.max_time.empty()) {
    std::chrono::milliseconds time{0};
    flags.set(o.max_time, "--max-time", kDuration, config::parse_duration_or_seconds, time);
    config.limits.time =
        std::chrono::duration_cast<std::chrono::seconds>(time + std::chrono::milliseconds(999));
  }
  if (!o.user_agent.empty()) {
    config.user_agent.full = o.user_agent;
    // RFC 9309 section 2.2.1: the product token is what robots.txt is asked about.
    config.user_agent.name = o.user_agent.substr(0, o.user_agent.find_first_of("/ "));
  }
  if (o.sandbox == "off")
    config.sandbox = false;
  else if (!o.sandbox.empty() && o.sandbox != "required") {
    flags.fail(bad("--sandbox", o.sandbox, "choice; it is required or off"));
  }
  config.resolve.insert(config.resolve.end(), o.resolve.begin(), o.resolve.end());
  if (o.no_search_index) config.search_index = false;
  if (!o.database.empty()) config.database = o.database;
}

Status read_list(const std::string& file, Site& site) {
  return read_url_list(file, [&site](ListedUrl listed) -> Status {
    if (!listed.url) return no_crawlable_url(listed.typed);
    site.seeds.push_back(listed.url->href());
    if (!listed.metadata.empty()) site.seed_metadata[site.seeds.back()] = listed.metadata;
    return base::Done{};
  });
}

// What a person types: "example.org" means http, as in curl and wget.
base::Result<std::string> seed_url(const std::string& text) {
  const bool bare = text.find("://") == std::string::npos;
  const auto url = model::Url::parse(bare ? "http://" + text : text);
  if (!url || !url->crawlable()) return no_crawlable_url(text);
  return url->href();
}

Status keep_named_sites(Config& config, const std::vector<std::string>& names) {
  if (names.empty()) return base::Done{};
  for (const std::string& name : names) {
    const bool known = std::any_of(config.sites.begin(), config.sites.end(),
                                   [&](const Site& site) { return site.name == name; });
    if (!known) return Error{Error::Code::invalid, "no site \"" + name + "\" in the configuration"};
  }
  std::erase_if(config.sites, [&](const Site& site) {
    return std::find(names.begin(), names.end(), site.name) == names.end();
  });
  return base::Done{};
}

Status add_command_line_site(Config& config, const CrawlOptions& options, Site site) {
  site.name = "crawl";
  for (const std::string& url : options.urls) site.seeds.push_back(url);
  for (const std::string& file : options.input_files) {
    if (Status read = read_list(file, site); !read) return read;
  }
  for (std::string& seed : site.seeds) {
    auto url = seed_url(seed);
    if (!url) return std::move(url).error();
    seed = *std::move(url);
  }
  if (site.seeds.empty()) {
    return Error{Error::Code::invalid, "nothing to crawl: give a URL, -i FILE or -c FILE"};
  }
  config.sites = {std::move(site)};
  return base::Done{};
}

}  // namespace

std::vector<std::string> spell_out_wget_flags(std::vector<std::string> arguments) {
  for (std::string& argument : arguments) {
    if (argument == "-np")
      argument = "--no-parent";
    else if (argument == "-nv")
      argument = "--quiet";
  }
  return arguments;
}

base::Result<Config> make_config(const CrawlOptions& options) {
  Config config;
  Site site;
  config.database = "./crawl.db";
  config.control.clear();
  config.log_level = options.verbose ? "debug" : "warn";
  const bool sites_from_file =
      !options.config_file.empty() && options.input_files.empty() &&
      std::none_of(options.urls.begin(), options.urls.end(),
                   [](const auto& u) { return u.find("://") != std::string::npos; });
  if (!options.config_file.empty()) {
    auto loaded = config::load(options.config_file);
    if (!loaded) return std::move(loaded).error();
    const bool names_database = loaded->names_database;
    site = loaded->defaults;
    config = std::move(loaded->config);
    if (!names_database) config.database = "./crawl.db";
    config.log_level = options.verbose ? "debug" : "warn";
  }
  if (sites_from_file) {
    if (Status kept = keep_named_sites(config, options.urls); !kept) return std::move(kept).error();
    if (config.sites.empty()) {
      return Error{Error::Code::invalid, options.config_file + ": no sites, and no URL given"};
    }
  } else if (Status added = add_command_line_site(config, options, std::move(site)); !added) {
    return std::move(added).error();
  }
  Flags flags;
  for (Site& each : config.sites) {
    apply_reach(options, each, flags);
    apply_pace(options, each, flags);
    apply_transfer(options, each, flags);
  }
  apply_run(options, config, flags);
  if (Status status = flags.status(); !status) return std::move(status).error();
  return config;
}

}  // namespace crawld::cli
