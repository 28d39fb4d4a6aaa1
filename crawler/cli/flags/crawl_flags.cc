// The flag table of `crawld crawl`.
#include "CLI/CLI.hpp"
#include "crawler/cli/flags/crawl_options.h"

namespace crawld::cli {
namespace {

// "-e robots=off URL": a flag that may be given again takes one value each time.
void take_one_value_each(CLI::App& app) {
  for (CLI::App* group : app.get_subcommands(nullptr)) take_one_value_each(*group);
  for (CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) option->allow_extra_args(false);
  }
}

// wget's -c goes on with a file that was broken off.
std::string no_url(const std::string& word) {
  if (word.find("://") == word.npos) return {};
  return "takes a YAML file, not a URL; a crawl goes on where it was by itself: crawld crawl URL";
}

}  // namespace

void add_crawl_flags(CLI::App& app, CrawlOptions& o) {
  app.add_option("URL", o.urls, "where to start; with -c also names of its sites");
  app.add_option("-c,--config", o.config_file, "YAML file with sites and settings")
      ->check(no_url, "");
  app.add_option("--db", o.database, "database file (default ./crawl.db)");
  app.add_option("-i,--input-file", o.input_files, "read URLs from a file, - for standard input");
  app.add_option("-o,--output", o.output, "stream results to FILE.jsonl or FILE.csv");
  app.add_flag("--json", o.json, "print the summary as one JSON object on standard output");
  app.add_flag("-q,--quiet", o.quiet, "print nothing but errors");
  app.add_flag("-v,--verbose", o.verbose, "log every URL");
  app.add_flag("--recrawl", o.recrawl, "visit known pages again, with conditional requests");

  auto* reach = app.add_option_group("reach");
  reach->add_flag("-r,--recursive", o.recursive, "follow links (always on; for wget's users)");
  reach->add_option("-l,--depth,--level", o.depth, "link hops from the start (0 or inf: no limit)");
  reach->add_flag("--no-parent", o.no_parent, "-np: stay below the start's directory");
  reach->add_option("--scope", o.scope, "page, prefix, host (default), domain or any");
  reach->add_flag("-H,--span-hosts", o.span_hosts, "go to other hosts as well");
  reach->add_option("-D,--domains", o.domains, "further domains in scope, comma separated");
  reach->add_option("-A,--accept", o.accept,
                    "only these name endings or patterns, and the pages that lead to them");
  reach->add_option("-R,--reject", o.reject, "none of these name endings or patterns");
  reach->add_option("--filter-mime-type", o.content_types,
                    "only answers of these media types, such as text/*");
  reach->add_option("--include", o.include, "only URLs that match a glob, or re:EXPRESSION");
  reach->add_option("--exclude", o.exclude, "no URL that matches a glob, or re:EXPRESSION");
  reach->add_option("--max-redirect", o.max_redirect, "redirects in a row (default 20)");
  reach->add_flag(
      "-p,--page-requisites", o.page_requisites,
      "images, scripts, style sheets too, of the start's host also where -np or -l ends");
  reach->add_option("--follow", o.follow, "sitemaps, usual-sitemaps, nofollow, forms");
  reach->add_option("--no-follow", o.no_follow, "sitemaps");

  auto* pace = app.add_option_group("pace");
  pace->add_option("-w,--wait", o.wait, "seconds between requests to one host");
  pace->add_option("--delay", o.delay, "as --wait, with units (default 1s)");
  pace->add_flag("--random-wait", o.random_wait, "0.5 to 1.5 times --wait");
  pace->add_option("-e,--execute", o.execute, "robots=off ignores robots.txt");
  pace->add_option("--concurrency", o.concurrency, "transfers at once (default 64)");
  pace->add_option("--concurrency-per-host", o.concurrency_per_host,
                   "of them to one host (default 1)");
  pace->add_option("--limit-rate", o.limit_rate, "bytes a second over all");
  pace->add_option("--parse-workers", o.parse_workers, "parser processes (default: one a core)");

  auto* limits = app.add_option_group("limits");
  limits->add_option("--max-pages", o.max_pages, "stop after so many stored pages");
  limits->add_option("--max-time", o.max_time, "stop after so long (exit code 15)");
  limits->add_option("--max-bytes", o.max_bytes,
                     "stop after so many received bytes (exit code 14)");
  limits->add_option("-Q,--quota", o.quota, "as --max-bytes");
  limits->add_option("--max-errors", o.max_errors, "stop after so many failed URLs (exit code 12)");
  limits->add_option("--stop-timeout", o.stop_timeout,
                     "grace for open transfers at the end (default 5s)");

  auto* transfer = app.add_option_group("transfer");
  transfer->add_option("-U,--user-agent", o.user_agent, "the User-Agent header");
  transfer->add_option("-t,--tries", o.tries, "attempts a URL (default 4; 0 or inf: 101)");
  transfer->add_option("-T,--timeout", o.timeout,
                       "seconds for DNS, connecting and the first byte (0: no limit)");
  transfer->add_option("--header", o.headers, "Name: value, sent to the start's origins only");
  transfer->add_option("--load-cookies", o.cookies, "Netscape cookies.txt");
  transfer->add_option("--save-cookies", o.save_cookies,
                       "cookies.txt that is read, where it is there, and kept up to date");
  transfer->add_flag("--keep-session-cookies", o.keep_session_cookies,
                     "save cookies without a lifetime, too");
  transfer->add_option("--bind-address", o.bind_address,
                       "address or interface of this machine to connect from");
  transfer->add_flag("-4,--inet4-only", o.inet4_only, "connect to IPv4 addresses only");
  transfer->add_flag("-6,--inet6-only", o.inet6_only, "connect to IPv6 addresses only");
  transfer->add_option("--prefer-family", o.prefer_family,
                       "IPv4 or IPv6: those addresses of a host first (default: none)");
  transfer->add_option("--proxy", o.proxies,
                       "proxy URL; given again: each host keeps to one of them");
  transfer->add_flag("--no-hsts", o.no_hsts, "ask over http again hosts that said https only");
  transfer->add_flag("--no-check-certificate", o.no_check_certificate,
                     "do not verify TLS certificates");
  transfer->add_option("--ca-certificate", o.ca_certificate, "PEM file to verify with");
  transfer->add_option("--certificate", o.certificate,
                       "PEM file that tells the start's servers who asks");
  transfer->add_option("--private-key", o.private_key,
                       "PEM file of its key (default: in the certificate's file)");
  transfer->add_option("--tls-min-version", o.tls_min_version,
                       "TLSv1.0, TLSv1.1, TLSv1.2 or TLSv1.3 (default: as OpenSSL is set up)");
  transfer->add_option("--tls-max-version", o.tls_max_version, "the highest version offered");
  transfer->add_option("--ciphers", o.ciphers, "OpenSSL's list, for TLS 1.2 and below");
  transfer->add_option("--allow-address", o.allow_addresses,
                       "CIDR that may be contacted though not public");
  transfer->add_option("--resolve", o.resolve, "HOST:PORT:ADDR, as curl's");

  auto* keep = app.add_option_group("keep");
  keep->add_flag("!--store-body,--no-store-body", o.no_store_body,
                 "keep bodies (the default), or do not");
  keep->add_flag("--store-answers", o.store_answers,
                 "keep bodies of redirects and errors, too, for archives");
  keep->add_flag("--main-text", o.main_text, "extract the main text");
  keep->add_flag("--markdown", o.markdown, "extract Markdown");
  keep->add_flag("--structured", o.structured, "extract JSON-LD, microdata, OpenGraph");
  keep->add_flag("--no-search-index", o.no_search_index, "do not keep the full-text index");
  keep->add_option("--sandbox", o.sandbox, "required (default) or off");
  take_one_value_each(app);
}

}  // namespace crawld::cli
