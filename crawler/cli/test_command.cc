// crawld test: run the tests that extraction rules carry, offline.
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "config/plain_file.h"
#include "crawler/base/escape.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "parsers/gumbo_parser.h"

namespace crawld::cli {
namespace {

using nlohmann::ordered_json;

// Twice what a crawl unpacks of a page unless it is told otherwise.
constexpr std::uint64_t kMostFixtureBytes = 64 << 20;

struct Tally {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

std::string shown(const ordered_json& value) {
  return base::printable(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

// What the expectation asks for and the record lacks, a line each; empty: it holds.
// Fields that the expectation does not name may be anything.
std::vector<std::string> differences(const ordered_json& expected, const ordered_json& got) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : expected.items()) {
    const ordered_json found = got.contains(name) ? got[name] : ordered_json(nullptr);
    // 12 and 12.0 are the same number; order of members does not matter.
    if (nlohmann::json(value) == nlohmann::json(found)) continue;
    lines.push_back(name + ": expected " + shown(value) + ", got " + shown(found));
  }
  return lines;
}

// The best of the rule's records: rules with `each` make several of a page.
std::vector<std::string> best_match(const ordered_json& expected,
                                    const std::vector<model::Record>& records) {
  std::vector<std::string> best{"the rule made no record of it"};
  bool first = true;
  for (const model::Record& record : records) {
    const auto fields = ordered_json::parse(record.fields_json, nullptr, false);
    auto lines = differences(expected, fields);
    if (first || lines.size() < best.size()) best = std::move(lines);
    first = false;
  }
  return best;
}

std::string media_type_of(const std::filesystem::path& file) {
  if (file.extension() == ".json") return "application/json";
  if (file.extension() == ".xml") return "application/xml";
  return "text/html";
}

std::vector<std::string> run_fixture(const parsers::Rule& rule, const parsers::FixtureTest& test,
                                     const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / test.file;
  const auto body = config::read_plain_file(file, kMostFixtureBytes);
  if (!body) return {base::printable(body.error().message)};
  // A fixture without a URL is of the rule, whatever pages it matches on the web.
  parsers::Rule alone = rule;
  if (test.url.empty()) alone.match.clear();
  parsers::GumboParser parser({parsers::RuleSet{.rules = {alone}}});
  const std::string content_type = media_type_of(file);
  const parsers::ParseJob job{.url = test.url.empty() ? "http://fixture.test/" : test.url,
                              .headers = {.content_type = content_type},
                              .body = *body,
                              .wants = {.packed_body = false},
                              .rule_set = 1,
                              .robots_agent = "crawld"};
  const model::ParseOutcome outcome =
      parser.parse(job, std::chrono::steady_clock::time_point::max());
  const auto* page = std::get_if<model::ParsedPage>(&outcome);
  if (page == nullptr) return {"the page cannot be parsed"};
  return best_match(ordered_json::parse(test.expect_json, nullptr, false), page->records);
}

void run_rule(const config::Site& site, const parsers::Rule& rule,
              const std::filesystem::path& folder, Tally& tally) {
  for (const parsers::FixtureTest& test : rule.tests) {
    const std::vector<std::string> lines = run_fixture(rule, test, folder);
    ++(lines.empty() ? tally.passed : tally.failed);
    std::printf("%s  %s: %s: %s\n", lines.empty() ? "ok    " : "FAILED",
                base::printable(site.name).c_str(), base::printable(rule.name).c_str(),
                base::printable(test.file).c_str());
    for (const std::string& line : lines) std::printf("        %s\n", line.c_str());
  }
}

}  // namespace

int test_command(const Arguments& arguments) {
  std::string file;
  CLI::App app("Run the tests that extraction rules carry; exit code 1 when one fails.", "test");
  app.add_option("-c,--config", file, "the YAML file; fixtures are found beside it")->required();
  add_unread_database_option(app);
  if (const auto code = parse_options(app, arguments)) return *code;
  const auto loaded = config::load(file);
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    return kBadConfiguration;
  }
  Tally tally;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  for (const config::Site& site : loaded->config.sites) {
    for (const parsers::Rule& rule : site.extract.rules) run_rule(site, rule, folder, tally);
  }
  std::printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? kFinished : kError;
}

}  // namespace crawld::cli
