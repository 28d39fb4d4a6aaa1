// crawld parse: read one file as a page, offline, or one URL; JSON on standard output.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "config/extract_rules.h"
#include "config/load.h"
#include "crawler/base/ascii.h"
#include "crawler/base/clock.h"
#include "crawler/base/log.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/crawl_options.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/parse_json.h"
#include "crawler/daemon/rooms.h"
#include "crawler/pipeline/parse_stage.h"
#include "parsers/gumbo_parser.h"

namespace crawld::cli {
namespace {

struct ParseOptions {
  std::string input;  // a file, - or a URL
  std::string url = "http://localhost/";
  std::string content_type;
  std::string content_encoding;
  std::string rules;
  std::string config;
  std::vector<std::string> allow_addresses;
};

constexpr int kMostHops = 20;

// All of `in`; of what is longer than `most` octets one more than these, which a parser refuses.
std::string read_up_to(std::istream& in, std::uint64_t most) {
  constexpr std::uint64_t kPiece = 1U << 20;
  std::string bytes;
  while (in && bytes.size() <= most) {
    const std::size_t had = bytes.size();
    bytes.resize(had + std::min(kPiece, most + 1 - had));
    in.read(bytes.data() + had, static_cast<std::streamsize>(bytes.size() - had));
    bytes.resize(had + static_cast<std::size_t>(in.gcount()));
  }
  return bytes;
}

base::Result<std::string> read_input(const std::string& file, std::uint64_t most) {
  if (file == "-") return read_up_to(std::cin, most);
  const auto unreadable = [&](int why) {
    return base::Error{base::Error::Code::not_found,
                       "cannot read " + file + ": " + std::strerror(why)};
  };
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) return unreadable(EISDIR);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return unreadable(errno);
  return read_up_to(in, most);
}

bool is_web(const std::string& input) {
  return base::starts_with_ignoring_case(input, "http://") ||
         base::starts_with_ignoring_case(input, "https://");
}

int print(const std::string& url, const model::ParseOutcome& outcome) {
  std::puts(without_raw_controls(parsed_page_json(url, outcome)).c_str());
  return std::holds_alternative<model::ParsedPage>(outcome) ? kFinished : kError;
}

// What the configuration says of converters.
void take_converters(const config::Config& from, config::Config& into) {
  into.sandbox = from.sandbox;
  into.convert = from.convert;
  into.convert_timeout = from.convert_timeout;
  into.convert_memory = from.convert_memory;
}

// In this process; but converters are as shut in as in a crawl.
base::Result<std::unique_ptr<parsers::Parser>> make_parser(const parsers::RuleSet& rules,
                                                           const config::Config& config) {
  std::unique_ptr<parsers::Parser> parser = std::make_unique<parsers::GumboParser>(
      std::vector<parsers::RuleSet>(rules.empty() ? 0 : 1, rules));
  if (config.convert.empty()) return parser;
  auto program = parsers::WorkerProgram::open();
  if (!program) return std::move(program).error();
  if (config.sandbox) {
    if (auto proved = parsers::prove_converter_sandbox(**program); !proved) return proved.error();
  }
  return daemon::with_converters(std::move(parser), config, *std::move(program));
}

int parse_file(const ParseOptions& options, const parsers::RuleSet& rules,
               const config::Config& config) {
  const auto body = read_input(options.input, parsers::ParseJob{}.max_decoded_size);
  if (!body) return complain(body.error().message, kError);
  const auto url = model::Url::parse(options.url);
  if (!url) return complain("--url: \"" + options.url + "\" is no URL", kUsage);
  parsers::ParseJob job{
      .url = url->href(),
      .headers = {.content_type = options.content_type,
                  .content_encoding = options.content_encoding},
      .body = *body,
      .wants = {.main_text = true, .markdown = true, .structured = true, .packed_body = false},
      .rule_set = rules.empty() ? 0U : 1U,
      .robots_agent = "crawld"};
  const auto parser = make_parser(rules, config);
  if (!parser) return complain(parser.error().message, exit_code(parser.error()));
  return print(url->href(), (*parser)->parse(job, std::chrono::steady_clock::time_point::max()));
}

// Through the rooms of a crawl, so that the address guard and the sandbox hold; redirects are
// followed.
int parse_url(const ParseOptions& options, const parsers::RuleSet& rules,
              const config::Config& given) {
  CrawlOptions flags;
  flags.urls = {options.input};
  flags.allow_addresses = options.allow_addresses;
  flags.main_text = flags.markdown = flags.structured = true;
  auto loaded = load_config(flags);
  if (!loaded) return complain(loaded.error().message, kBadConfiguration);
  auto plan = make_plan(flags, *std::move(loaded));
  if (!plan) return complain(plan.error().message, kUsage);
  config::Config& config = plan->config;
  config.sites.front().extract = rules;
  take_converters(given, config);
  base::log::open(base::log::Level::warn, base::log::Format::text);
  const base::SystemClock clock;
  auto rooms = daemon::Rooms::open(config, {}, clock);
  if (!rooms) return complain(rooms.error().message, exit_code(rooms.error()));
  const auto fetcher = (*rooms)->make_fetcher();
  const auto parser = (*rooms)->make_reader().parser;
  pipeline::ParseStage stage(*parser, (*rooms)->sites(), clock, (*rooms)->parse_options());
  auto url = model::Url::parse(config.sites.front().seeds.front());
  for (int hops = 0; hops <= kMostHops; ++hops) {
    const pipeline::CommitItem item =
        stage.step(fetcher->fetch({.request = {.url = *url}, .leased_at = clock.now()}));
    const auto& settled = std::get<model::Settled>(item);
    if (settled.verdict != model::Verdict::redirected || settled.discovered.empty()) {
      if (!std::holds_alternative<model::NotParsed>(settled.parsed.page)) {
        return print(url->href(), settled.parsed.page);
      }
      return complain(url->href() + ": " + settled.reason + "; see crawld fetch", kError);
    }
    url = settled.discovered.front().url;
  }
  return complain(options.input + ": more than " + std::to_string(kMostHops) + " redirects",
                  kError);
}

}  // namespace

int parse_command(const Arguments& arguments) {
  ParseOptions options;
  CLI::App app("Parse a file or a URL as a crawl would; prints one JSON object.", "parse");
  app.add_option("FILE", options.input, "the body; - for standard input; or a URL to fetch")
      ->required();
  app.add_option("--url", options.url, "the URL that a file came from");
  app.add_option("--content-type", options.content_type, "as the server said it");
  app.add_option("--content-encoding", options.content_encoding, "gzip, br, ...");
  app.add_option("--extract", options.rules, "YAML file of rules, as under extract: of a site");
  app.add_option("-c,--config", options.config, "YAML file; of it parse.convert holds");
  app.add_option("--allow-address", options.allow_addresses,
                 "CIDR that may be contacted though not public")
      ->allow_extra_args(false);
  add_unread_database_option(app);
  if (const auto code = parse_options(app, arguments)) return *code;
  parsers::RuleSet rules;
  if (!options.rules.empty()) {
    auto loaded = config::load_extract_rules(options.rules);
    if (!loaded) return complain(loaded.error().message, kBadConfiguration);
    rules = *std::move(loaded);
  }
  const auto given =
      options.config.empty() ? config::load_environment() : config::load(options.config);
  if (!given) return complain(given.error().message, kBadConfiguration);
  return is_web(options.input) ? parse_url(options, rules, given->config)
                               : parse_file(options, rules, given->config);
}

}  // namespace crawld::cli
