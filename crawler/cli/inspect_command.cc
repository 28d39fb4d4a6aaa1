// crawld inspect: one JSON object a line in, one a line out; for trying and testing the rules.
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/inspect/inspect_charset.h"
#include "crawler/cli/inspect/inspect_links.h"
#include "crawler/cli/inspect/inspect_robots.h"
#include "crawler/cli/inspect/inspect_select.h"
#include "crawler/cli/inspect/inspect_sitemap.h"
#include "crawler/cli/inspect/inspect_url.h"

namespace crawld::cli {

int inspect_command(const Arguments& arguments) {
  using Inspector = std::string (*)(std::string_view);
  static const std::map<std::string, Inspector> kInspectors = {
      {"url", inspect_url},       {"robots", inspect_robots},   {"links", inspect_links},
      {"select", inspect_select}, {"charset", inspect_charset}, {"sitemap", inspect_sitemap}};
  std::string kind;
  CLI::App app("The crawler's rules by themselves: one JSON object a line in, its answer out.",
               "inspect");
  app.add_option("KIND", kind, "url, robots, links, select, charset or sitemap")
      ->required()
      ->check(CLI::IsMember({"url", "robots", "links", "select", "charset", "sitemap"}));
  if (const auto code = parse_options(app, arguments)) return *code;
  const auto found = kInspectors.find(kind);
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::string answer = found->second(line) + "\n";
    if (std::fwrite(answer.data(), 1, answer.size(), stdout) != answer.size()) return kError;
    std::fflush(stdout);  // the asker may wait for each answer
  }
  return kFinished;
}

}  // namespace crawld::cli
