// Finds the command that was asked for.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>

#include "config/version.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/unknown_command.h"

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
    {"parse", parse_command, "parse a file or a URL, JSON on standard output"},
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
    {"report", report_command, "a crawl in figures: text, JSON, CSV or one HTML file"},
    {"export", export_command, "rows for others: JSON Lines, CSV, WARC, URL lists, sitemaps"},
    {"import", import_command, "WARC files and URL lists into a database, nothing is fetched"},
    {"diff", diff_command, "what changed between two stored versions of a page"},
    {"audit", audit_command, "check that the books balance"},
    {"backup", backup_command, "a consistent copy, also while the crawl runs"},
    {"test", test_command, "run the tests that extraction rules carry"},
    {"extract", extract_command, "run the rules again over stored bodies"},
    {"demo", demo_command, "serve a small site on loopback to try things on"},
};

void help(std::FILE* to) {
  std::fputs("crawld, a web crawler: crawld COMMAND [OPTIONS]\n\n", to);
  for (const Command& command : kCommands) {
    std::fprintf(to, "  %-10s %s\n", command.name, command.summary);
  }
  std::fputs(
      "\nThe first crawl: crawld crawl https://example.org/ and then crawld report.\n"
      "crawld help COMMAND tells more, crawld --version which one this is.\n",
      to);
}

// A result that could not be written is none, whatever the command made of it. A command that
// failed has said why; a reader that went away has had what it wanted.
int code_of_output(int code) {
  const bool failed_before = std::ferror(stdout) != 0;
  errno = 0;
  bool failed = std::fflush(stdout) != 0;
  if (failed_before && !failed) {
    // Why is long forgotten. What refused the rest refuses one more byte.
    failed = true;
    if (std::fputc('\n', stdout) != EOF) std::fflush(stdout);
  }
  const int why = errno;
  if (!failed || code != kFinished || why == EPIPE) return code;
  return complain(
      "cannot write standard output: " + std::string(std::strerror(why != 0 ? why : EIO)),
      why == ENOSPC || why == EDQUOT ? kDiskFull : kError);
}

}  // namespace

int run(const Arguments& arguments) {
  // A file beyond the limit (ulimit -f) fails its write, as a full disk does; it is not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  if (arguments.empty()) {
    help(stderr);
    return kUsage;
  }
  std::string name = arguments.front();
  Arguments rest(arguments.begin() + 1, arguments.end());
  if (name == "--version" || name == "-V") {
    std::printf("crawld %s\n", std::string(config::kVersion).c_str());
    return code_of_output(kFinished);
  }
  if (name == "--help" || name == "-h" || name == "help") {
    const bool of_command =
        name == "help" && !rest.empty() && !rest.front().starts_with('-') && rest.front() != "help";
    if (!of_command) {
      help(stdout);
      return code_of_output(kFinished);
    }
    name = rest.front();
    rest = {"--help"};
  }
  for (const Command& command : kCommands) {
    if (name == command.name) return code_of_output(command.run(rest));
  }
  std::set<std::string> names;
  for (const Command& command : kCommands) names.insert(command.name);
  return complain(unknown_command(name, names), kUsage);
}

}  // namespace crawld::cli
