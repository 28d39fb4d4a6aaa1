// The flags of `crawld crawl`, wget's among them, and what they mean as configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/load.h"
#include "crawler/base/result.h"

namespace CLI {
class App;
}

namespace crawld::cli {

struct CrawlOptions {
  std::vector<std::string> urls;  // or names of sites, with a configuration file
  std::string config_file;
  std::string database;
  std::vector<std::string> input_files;  // URL lists
  std::string output;                    // -o: .jsonl or .csv
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool recrawl = false;
  bool recursive = true;  // -r: said by wget's users, always so here

  // As typed; empty or unset: not given.
  std::string depth, wait, delay, user_agent, tries, timeout, quota, limit_rate, max_redirect;
  std::string scope, max_pages, max_time, max_bytes, ca_certificate, cookies, concurrency;
  std::string save_cookies;
  std::string concurrency_per_host, parse_workers, stop_timeout, sandbox, log_level, max_errors;
  std::string tls_min_version, ciphers, certificate, private_key, bind_address;
  std::vector<std::string> execute, accept, reject, content_types, include, exclude, headers,
      domains;
  std::vector<std::string> proxies, allow_addresses, resolve, follow, no_follow;
  bool no_parent = false, span_hosts = false, random_wait = false, no_check_certificate = false;
  std::string tls_max_version, prefer_family;
  bool keep_session_cookies = false, no_hsts = false, inet4_only = false, inet6_only = false;
  bool page_requisites = false, no_store_body = false, store_answers = false, main_text = false,
       markdown = false;
  bool structured = false, no_search_index = false;
};

void add_crawl_flags(CLI::App& app, CrawlOptions& options);

// "-np", "-nv" and their like, which no option parser knows, as long options.
std::vector<std::string> spell_out_wget_flags(std::vector<std::string> arguments);

// The configuration that the flags come over: the file with the environment over it, or the
// environment alone. Errors are those of a bad configuration.
base::Result<config::Loaded> load_config(const CrawlOptions& options);

struct CrawlPlan {
  config::Config config;
  std::vector<std::string> notes;  // what a person should know of it: a line each
};

// The sites of `loaded` that are named, or one of the URLs given, with the flags over it. Errors
// are wrong usage, and name the flag.
base::Result<CrawlPlan> make_plan(const CrawlOptions& options, config::Loaded loaded);

}  // namespace crawld::cli
