// The flags of `crawld crawl`, wget's among them, and what they mean as configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
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
  std::string scope, max_pages, max_time, max_bytes, ca_certificate, proxy, cookies, concurrency;
  std::string concurrency_per_host, parse_workers, stop_timeout, sandbox, log_level, max_errors;
  std::vector<std::string> execute, accept, reject, include, exclude, headers, domains;
  std::vector<std::string> allow_addresses, resolve, follow, no_follow;
  bool no_parent = false, span_hosts = false, random_wait = false, no_check_certificate = false;
  bool page_requisites = false, no_store_body = false, main_text = false, markdown = false;
  bool structured = false, no_search_index = false;
};

void add_crawl_flags(CLI::App& app, CrawlOptions& options);

// "-np", "-nv" and their like, which no option parser knows, as long options.
std::vector<std::string> spell_out_wget_flags(std::vector<std::string> arguments);

// Flags over configuration file over defaults. The error names the flag.
base::Result<config::Config> make_config(const CrawlOptions& options);

}  // namespace crawld::cli
