// crawld diff: what changed between two stored versions of a page.
#include <algorithm>
#include <cstdio>

#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/known_url.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/table.h"
#include "storage/reports/diff.h"

namespace crawld::cli {
namespace {

using storage::PageVersion;

struct DiffOptions {
  std::string url;
  std::string database;
  std::uint64_t from = 0;  // 0: the one before `to`
  std::uint64_t to = 0;    // 0: the newest
  bool list = false;
  bool json = false;
  bool csv = false;
};

const PageVersion* version_of(const std::vector<PageVersion>& versions, std::uint64_t number) {
  for (const PageVersion& version : versions) {
    if (version.number == number) return &version;
  }
  return nullptr;
}

std::string shown_time(const PageVersion& version) {
  return base::to_iso8601(base::from_millis(version.fetched_at));
}

std::string version_json(const PageVersion& version) {
  return "{\"version\":" + std::to_string(version.number) +
         ",\"fetched_at\":" + base::json_string(shown_time(version)) +
         ",\"status\":" + std::to_string(version.status) +
         ",\"change\":" + base::json_string(version.change) +
         ",\"title\":" + base::json_string(version.title) +
         ",\"content_hash\":" + base::json_string(version.content_hash) +
         ",\"page_id\":" + std::to_string(version.id) + "}";
}

int list_versions(const std::vector<PageVersion>& versions, const DiffOptions& options) {
  if (options.json) {
    for (const PageVersion& version : versions)
      std::puts(without_raw_controls(version_json(version)).c_str());
    return kFinished;
  }
  Table table(options.csv ? TableForm::csv : TableForm::text, Formulas::kept);
  constexpr std::string_view kNames[] = {"version", "fetched_at", "status", "change", "title"};
  table.columns(kNames);
  for (const PageVersion& version : versions) {
    const std::string time = shown_time(version);
    const storage::Value cells[] = {
        static_cast<std::int64_t>(version.number), std::string_view(time),
        static_cast<std::int64_t>(version.status), std::string_view(version.change),
        std::string_view(version.title)};
    if (!table.row(cells)) break;
  }
  table.finish();
  return kFinished;
}

int print_lines_as_csv(std::string_view old_text, std::string_view new_text) {
  Table table(TableForm::csv, Formulas::kept);
  constexpr std::string_view kNames[] = {"change", "line"};
  table.columns(kNames);
  for (const storage::DiffLine& line : storage::diff_lines(old_text, new_text)) {
    if (line.kind == storage::DiffKind::same) continue;
    const std::string_view change = line.kind == storage::DiffKind::added ? "added" : "removed";
    const storage::Value cells[] = {change, std::string_view(line.text)};
    if (!table.row(cells)) break;
  }
  table.finish();
  return kFinished;
}

// A fact that is not the same in both versions.
struct ChangedFact {
  std::string_view name;
  std::string from;
  std::string to;
};

base::Result<std::vector<ChangedFact>> changed_facts(storage::Database& reader,
                                                     const PageVersion& from,
                                                     const PageVersion& to) {
  auto old_facts = storage::version_facts(reader, from.id);
  if (!old_facts) return std::move(old_facts).error();
  auto new_facts = storage::version_facts(reader, to.id);
  if (!new_facts) return std::move(new_facts).error();
  std::vector<ChangedFact> changed;
  for (std::size_t i = 0; i < std::min(old_facts->size(), new_facts->size()); ++i) {
    const auto& [name, old_value] = (*old_facts)[i];
    const std::string& new_value = (*new_facts)[i].second;
    if (old_value != new_value) changed.push_back({name, old_value, new_value});
  }
  return changed;
}

std::string facts_json(const std::vector<ChangedFact>& facts) {
  std::string text;
  for (const ChangedFact& fact : facts) {
    text += (text.empty() ? "" : ",") + base::json_string(fact.name) + ":[" +
            base::json_string(fact.from) + "," + base::json_string(fact.to) + "]";
  }
  return "{" + text + "}";
}

void print_facts(const std::vector<ChangedFact>& facts) {
  for (const ChangedFact& fact : facts) {
    const std::string name(fact.name);
    if (!fact.from.empty()) {
      std::printf("-%s: %s\n", name.c_str(), base::printable(fact.from).c_str());
    }
    if (!fact.to.empty()) {
      std::printf("+%s: %s\n", name.c_str(), base::printable(fact.to).c_str());
    }
  }
}

std::string diff_json(const DiffOptions& options, const PageVersion& from, const PageVersion& to,
                      const std::vector<ChangedFact>& facts, std::string_view old_text,
                      std::string_view new_text) {
  std::string lines;
  for (const storage::DiffLine& line : storage::diff_lines(old_text, new_text)) {
    if (line.kind == storage::DiffKind::same) continue;
    lines += (lines.empty() ? "" : ",");
    lines += line.kind == storage::DiffKind::added ? R"(["+",)" : R"(["-",)";
    lines += base::json_string(line.text) + "]";
  }
  return "{\"url\":" + base::json_string(options.url) + ",\"from\":" + version_json(from) +
         ",\"to\":" + version_json(to) + ",\"facts\":" + facts_json(facts) + ",\"lines\":[" +
         lines + "]}";
}

// An image or JSON has no text: that nothing is shown does not mean that nothing changed.
std::string why_no_lines(const PageVersion& from, const PageVersion& to, std::string_view text) {
  const bool same_body = from.content_hash == to.content_hash;
  if (text.empty() && !same_body) return "no text is stored of either; the bodies differ";
  return same_body ? "the stored text is the same"
                   : "the stored text is the same; the bodies differ";
}

int compare(storage::Database& reader, const DiffOptions& options, const PageVersion& from,
            const PageVersion& to) {
  const auto old_text = storage::version_text(reader, from.id);
  if (!old_text) return complain(old_text.error().message, exit_code(old_text.error()));
  const auto new_text = storage::version_text(reader, to.id);
  if (!new_text) return complain(new_text.error().message, exit_code(new_text.error()));
  if (options.csv) return print_lines_as_csv(*old_text, *new_text);
  const auto facts = changed_facts(reader, from, to);
  if (!facts) return complain(facts.error().message, exit_code(facts.error()));
  if (options.json) {
    std::puts(
        without_raw_controls(diff_json(options, from, to, *facts, *old_text, *new_text)).c_str());
    return kFinished;
  }
  print_facts(*facts);
  const auto name = [&](const PageVersion& version) {
    return options.url + " version " + std::to_string(version.number) + " " + shown_time(version);
  };
  const std::string diff = storage::unified_diff(*old_text, *new_text, name(from), name(to));
  std::fputs(printable_lines(diff).c_str(), stdout);
  if (diff.empty()) complain(why_no_lines(from, to, *new_text), kFinished);
  return kFinished;
}

}  // namespace

int diff_command(const Arguments& arguments) {
  DiffOptions options;
  CLI::App app("What changed between two stored versions of a page.", "diff");
  app.add_option("URL", options.url, "the page")->required();
  add_database_option(app, options.database);
  app.add_option("--from", options.from, "older version, 1 is the first (default: before --to)");
  app.add_option("--to", options.to, "newer version (default: the newest)");
  app.add_flag("--list", options.list, "list the versions");
  auto* as_json = app.add_flag("--json", options.json, "JSON");
  app.add_flag("--csv", options.csv, "CSV with a header (RFC 4180): versions, or changed lines")
      ->excludes(as_json);
  if (const auto code = parse_options(app, arguments)) return *code;
  auto reader = open_database(options.database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  if (const auto code = refuse_schema_before(**reader, kSearchContent)) return *code;
  const auto url = find_known_url(**reader, options.url);
  if (!url) return complain(url.error().message, exit_code(url.error()));
  options.url = url->href;
  if (url->id == 0) return complain(options.url + " is not known", kError);
  const auto versions = storage::page_versions(**reader, url->id);
  if (!versions) return complain(versions.error().message, exit_code(versions.error()));
  if (versions->empty()) return complain("no version of " + options.url + " is stored", kError);
  if (options.list) return list_versions(*versions, options);
  if (versions->size() == 1) {
    return complain("there is one version of " + options.url + ", so nothing to compare", kError);
  }
  const std::uint64_t to = options.to != 0 ? options.to : versions->front().number;
  const std::uint64_t from = options.from != 0 ? options.from : to - 1;
  const PageVersion* older = version_of(*versions, from);
  const PageVersion* newer = version_of(*versions, to);
  if (older == nullptr || newer == nullptr) {
    return complain("there is no version " + std::to_string(newer == nullptr ? to : from) + " of " +
                        options.url + "; stored: " + std::to_string(versions->size()),
                    kError);
  }
  return compare(**reader, options, *older, *newer);
}

}  // namespace crawld::cli
