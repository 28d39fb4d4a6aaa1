// crawld parse: read one file as a page, offline, JSON on standard output.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "config/extract_rules.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/json_text.h"
#include "crawler/cli/option_parser.h"
#include "crawler/cli/parse_json.h"
#include "parsers/gumbo_parser.h"

namespace crawld::cli {
namespace {

struct ParseOptions {
  std::string file;
  std::string url = "http://localhost/";
  std::string content_type;
  std::string content_encoding;
  std::string rules;
};

base::Result<std::string> read_input(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream in(file, std::ios::binary);
  if (!in) return base::Error{base::Error::Code::not_found, "cannot read " + file};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

int parse_command(const Arguments& arguments) {
  ParseOptions options;
  CLI::App app("Parse a file as a fetched page; prints one JSON object.", "parse");
  app.add_option("FILE", options.file, "the body; - for standard input")->required();
  app.add_option("--url", options.url, "the URL it came from");
  app.add_option("--content-type", options.content_type, "as the server said it");
  app.add_option("--content-encoding", options.content_encoding, "gzip, br, ...");
  app.add_option("--extract", options.rules, "YAML file of rules, as under extract: of a site");
  if (const auto code = parse_options(app, arguments)) return *code;
  std::vector<parsers::RuleSet> rules;
  if (!options.rules.empty()) {
    auto loaded = config::load_extract_rules(options.rules);
    if (!loaded) return complain(loaded.error().message, kBadConfiguration);
    rules.push_back(*std::move(loaded));
  }
  const auto body = read_input(options.file);
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
  parsers::GumboParser parser(rules);
  const model::ParseOutcome outcome =
      parser.parse(job, std::chrono::steady_clock::time_point::max());
  std::puts(without_raw_controls(parsed_page_json(url->href(), outcome)).c_str());
  return std::holds_alternative<model::ParseFailure>(outcome) ? kError : kFinished;
}

}  // namespace crawld::cli
