// crawld check: validate a configuration without network or database.
#include <cstdio>

#include "config/load.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/pipeline/site_rules.h"

namespace crawld::cli {

int check_command(const Arguments& arguments) {
  std::string file;
  std::string database;
  bool effective = false;
  CLI::App app("Validate a configuration; every error at once.", "check");
  app.add_option("-c,--config", file, "the YAML file")->required();
  app.add_option("--db", database, "database file, in place of the configured one; not opened");
  app.add_flag("--effective", effective, "print the whole configuration, secrets masked");
  if (const auto code = parse_options(app, arguments)) return *code;
  auto loaded = config::load(file);
  if (!loaded) {
    std::fprintf(stderr, "%s\n", printable_lines(loaded.error().message).c_str());
    return kBadConfiguration;
  }
  if (!database.empty()) loaded->config.database = database;
  for (const std::string& warning : loaded->warnings) {
    std::fprintf(stderr, "%s (warning)\n", printable_lines(warning).c_str());
  }
  const auto compiled = pipeline::compile_sites(loaded->config, {.recurring = true});
  if (!compiled) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(), compiled.error().message.c_str());
    return kBadConfiguration;
  }
  if (effective) {
    std::fputs(config::effective_yaml(loaded->config).c_str(), stdout);
  } else {
    std::printf("%s: fine, %zu site%s\n", file.c_str(), loaded->config.sites.size(),
                loaded->config.sites.size() == 1 ? "" : "s");
  }
  return kFinished;
}

}  // namespace crawld::cli
