// Finds the command that was asked for.
#include <cstdio>
#include <string>

#include "config/version.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/option_parser.h"

namespace crawld::cli {
namespace {

struct Command {
  const char* name;
  int (*run)(const Arguments&);
  const char* summary;
};

constexpr Command kCommands[] = {
    {"crawl", crawl_command, "crawl sites into a database, once"},
    {"fetch", fetch_command, "one URL through the real rooms, outcome printed"},
    {"parse", parse_command, "parse a file as a page, JSON on standard output"},
    {"inspect", inspect_command,
     "url, robots, links, select, charset, sitemap: JSON Lines in and out"},
    {"run", run_command, "the daemon, in the foreground, for systemd"},
    {"status", status_command, "what a running crawl does now, and what limits it"},
    {"pause", pause_command, "hold fetching"},
    {"resume", resume_command, "go on after a pause"},
    {"stop", stop_command, "end a running crawl; its state is kept"},
    {"reload", reload_command, "read the configuration again"},
    {"add", add_command, "hand URLs to a running crawl"},
    {"check", check_command, "validate a configuration"},
    {"sql", sql_command, "read-only SQL over a crawl, also while it runs"},
    {"why", why_command, "how a URL was found, what decided about it, when it is due"},
    {"search", search_command, "full-text search over stored pages"},
    {"report", report_command, "a crawl in figures: text, JSON or one HTML file"},
    {"export", export_command, "rows for others: JSON Lines, CSV, URL lists, sitemaps"},
    {"diff", diff_command, "what changed between two stored versions of a page"},
    {"audit", audit_command, "check that the books balance"},
    {"backup", backup_command, "a consistent copy, also while the crawl runs"},
    {"test", test_command, "run the tests that extraction rules carry"},
    {"extract", extract_command, "run the rules again over stored bodies"},
    {"demo", demo_command, "serve a small site on loopback to try things on"},
};

int help() {
  std::puts("crawld, a web crawler: crawld COMMAND [OPTIONS]\n");
  for (const Command& command : kCommands) {
    std::printf("  %-10s %s\n", command.name, command.summary);
  }
  std::puts("\ncrawld help COMMAND tells more.");
  return kFinished;
}

}  // namespace

int run(const Arguments& arguments) {
  if (arguments.empty()) {
    help();
    return kUsage;
  }
  std::string name = arguments.front();
  Arguments rest(arguments.begin() + 1, arguments.end());
  if (name == "--version") {
    std::printf("crawld %s\n", std::string(config::kVersion).c_str());
    return kFinished;
  }
  if (name == "--help" || name == "-h" || name == "help") {
    if (name != "help" || rest.empty()) return help();
    name = rest.front();
    rest = {"--help"};
  }
  for (const Command& command : kCommands) {
    if (name == command.name) return command.run(rest);
  }
  return complain("there is no command \"" + name + "\"; see crawld --help", kUsage);
}

}  // namespace crawld::cli
