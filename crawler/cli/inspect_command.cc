// crawld inspect: one JSON object a line in, one a line out; for trying and testing the rules.
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/inspect/answer_line.h"
#include "crawler/cli/inspect/inspect_charset.h"
#include "crawler/cli/inspect/inspect_links.h"
#include "crawler/cli/inspect/inspect_robots.h"
#include "crawler/cli/inspect/inspect_select.h"
#include "crawler/cli/inspect/inspect_sitemap.h"
#include "crawler/cli/inspect/inspect_url.h"

namespace crawld::cli {
namespace {

// False at the end. Of a line that is too long one octet more than may be is kept.
bool read_line(std::streambuf& in, std::string& line) {
  constexpr int kEnd = std::streambuf::traits_type::eof();
  line.clear();
  for (int octet = in.sbumpc(); octet != kEnd; octet = in.sbumpc()) {
    if (octet == '\n') return true;
    if (line.size() <= kLongestLine) line.push_back(static_cast<char>(octet));
  }
  return !line.empty();
}

}  // namespace

int inspect_command(const Arguments& arguments) {
  static const std::map<std::string, Inspector> kInspectors = {
      {"url", inspect_url},       {"robots", inspect_robots},   {"links", inspect_links},
      {"select", inspect_select}, {"charset", inspect_charset}, {"sitemap", inspect_sitemap}};
  std::string kind;
  CLI::App app("The crawler's rules by themselves: one JSON object a line in, its answer out.",
               "inspect");
  app.add_option("KIND", kind, "url, robots, links, select, charset or sitemap")
      ->required()
      ->check(CLI::IsMember({"url", "robots", "links", "select", "charset", "sitemap"}));
  add_unread_database_option(app);
  if (const auto code = parse_options(app, arguments)) return *code;
  const auto found = kInspectors.find(kind);
  std::ios::sync_with_stdio(false);
  std::string line;
  while (read_line(*std::cin.rdbuf(), line)) {
    const std::string answer = answer_line(line, found->second) + "\n";
    if (std::fwrite(answer.data(), 1, answer.size(), stdout) != answer.size()) return kError;
    std::fflush(stdout);  // the asker may wait for each answer
  }
  return kFinished;
}

}  // namespace crawld::cli
