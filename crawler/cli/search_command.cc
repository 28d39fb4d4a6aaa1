// crawld search: full-text search over the stored pages.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/time_option.h"
#include "crawler/cli/output/table.h"
#include "crawler/cli/output/terminal.h"
#include "storage/search/search.h"

namespace crawld::cli {
namespace {

using storage::SearchHit;

// Private-use characters travel through printable() and stand for the marks.
constexpr std::string_view kBegin = "\uE000";
constexpr std::string_view kEnd = "\uE001";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\t' || c == '\r') c = ' ';
  }
  return base::printable(text);
}

void print_text(const SearchHit& hit) {
  const bool bright = takes_colour(STDOUT_FILENO);
  std::string snippet = one_line(hit.snippet);
  snippet = replaced(std::move(snippet), kBegin, bright ? "\x1b[1m" : "[");
  snippet = replaced(std::move(snippet), kEnd, bright ? "\x1b[0m" : "]");
  std::printf("%s\n", base::printable(hit.url).c_str());
  if (!hit.title.empty()) std::printf("    %s\n", one_line(hit.title).c_str());
  std::printf("    %s\n", snippet.c_str());
}

// For scripts.
void print_rows(const std::vector<SearchHit>& hits, TableForm form) {
  Table table(form, Formulas::kept);
  constexpr std::string_view kNames[] = {"url",        "title", "snippet", "site",
                                         "fetched_at", "score", "page_id"};
  table.columns(kNames);
  for (const SearchHit& hit : hits) {
    const std::string snippet = replaced(replaced(hit.snippet, kBegin, "["), kEnd, "]");
    const std::string time = base::to_iso8601(base::from_millis(hit.fetched_at));
    const storage::Value cells[] = {std::string_view(hit.url),
                                    std::string_view(hit.title),
                                    std::string_view(snippet),
                                    std::string_view(hit.site),
                                    std::string_view(time),
                                    hit.score,
                                    static_cast<std::int64_t>(hit.page_id)};
    if (!table.row(cells)) break;
  }
  table.finish();
}

}  // namespace

int search_command(const Arguments& arguments) {
  std::vector<std::string> words;
  std::string database;
  std::string since;
  std::string before;
  storage::SearchOptions options;
  bool json = false;
  bool csv = false;
  CLI::App app("Full-text search over stored pages, best first.", "search");
  app.add_option("WORDS", words, "all must occur; \"a phrase\", begin*; after --, -without")
      ->required();
  add_database_option(app, database);
  app.add_option("--site", options.site, "only pages of this site");
  app.add_option("--since", since, "fetched at or after: 2026-11-21 or 2026-11-21T08:00:00Z");
  app.add_option("--before", before, "fetched before");
  app.add_option("-n,--limit", options.limit, "so many results (default 20)");
  app.add_option("--offset", options.offset, "pass over so many");
  auto* as_json = app.add_flag("--json", json, "one JSON object a result");
  app.add_flag("--csv", csv, "CSV with a header (RFC 4180)")->excludes(as_json);
  if (const auto code = parse_options(app, arguments)) return *code;
  if (options.limit == 0) return complain("--limit: at least 1", kUsage);
  if (!read_time("--since", since, options.since)) return kUsage;
  if (!read_time("--before", before, options.before)) return kUsage;
  for (const std::string& word : words) {
    const bool phrase = word.find(' ') != std::string::npos && word.find('"') == word.npos;
    const bool alone = words.size() == 1;
    // The shell took the quotes of a phrase; a single argument is the whole question.
    options.words +=
        (options.words.empty() ? "" : " ") + (phrase && !alone ? "\"" + word + "\"" : word);
  }
  options.mark_begin = kBegin;
  options.mark_end = kEnd;
  auto reader = open_database(database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  if (const auto code = refuse_schema_before(**reader, kSearchContent)) return *code;
  const auto hits = storage::search(**reader, options);
  if (!hits) return complain(hits.error().message, exit_code(hits.error()));
  if (json || csv) {
    print_rows(*hits, json ? TableForm::json : TableForm::csv);
    return kFinished;
  }
  for (const SearchHit& hit : *hits) print_text(hit);
  if (hits->empty()) {
    const char* more = options.offset > 0 ? "further " : "";
    complain(std::string("no ") + more + "page holds all of these words", kFinished);
  }
  return kFinished;
}

}  // namespace crawld::cli
