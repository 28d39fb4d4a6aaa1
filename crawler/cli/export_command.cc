// crawld export: committed rows for others, also while the crawl runs.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <limits>
#include <optional>
#include <utility>

#include "config/units.h"
#include "crawler/base/figures.h"
#include "crawler/base/log.h"
#include "crawler/cli/archive/mirror_export.h"
#include "crawler/cli/archive/wacz_file.h"
#include "crawler/cli/archive/warc_files.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/crawl_options.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/time_option.h"
#include "crawler/cli/output/json_text.h"
#include "crawler/cli/output/output_file.h"
#include "crawler/cli/output/result_stream.h"
#include "crawler/cli/output/sitemap_writer.h"
#include "crawler/cli/stop_signals.h"
#include "storage/reports/exports.h"

namespace crawld::cli {
namespace {

using storage::ExportEnd;
using Write = std::function<bool(std::string_view)>;
using Enough = std::function<bool(std::uint64_t)>;  // given the bytes that were written

constexpr std::optional<std::uint64_t> kNoCap = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kLeastCap = 64U << 10;  // more than what stands in front of the rows

struct ExportFlags {
  std::string database;
  std::string format;  // empty until format_of_name() has chosen it: none was given
  std::string table;
  std::string rule;
  std::string site;
  std::string output;
  std::string since;
  std::string max_bytes;
  std::int64_t after = 0;
  bool no_header = false;
  bool csv_safe = false;
  bool quiet = false;
};

void add_flags(CLI::App& app, ExportFlags& flags) {
  add_database_option(app, flags.database);
  app.add_option("-f,--format", flags.format,
                 "jsonl (default), csv, urls, warc, cdxj, wacz, sitemap or mirror; without it as "
                 "the name of -o says")
      ->check(CLI::IsMember({"jsonl", "csv", "urls", "warc", "cdxj", "wacz", "sitemap", "mirror"}));
  app.add_option("-t,--table", flags.table, "pages, records, links, changes or urls (pages)")
      ->check(CLI::IsMember({"pages", "records", "links", "changes", "urls"}));
  app.add_option("--rule", flags.rule,
                 "records of this extraction rule; CSV has a column for each field");
  app.add_option("--site", flags.site, "rows of this site alone (jsonl, csv, urls)");
  app.add_option(
      "-o,--output", flags.output,
      "written to FILE.part, renamed when complete (default: standard output); of a mirror "
      "the directory");
  app.add_option("--since", flags.since, "fetched at or after: 2026-11-21 or 2026-11-21T08:00:00Z");
  app.add_option("--after", flags.after, "go on behind this key, as told by the call before")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--max-bytes", flags.max_bytes,
                 "end with whole rows once so many bytes are written, and tell the key");
  app.add_flag("--no-header", flags.no_header, "CSV without its first line");
  app.add_flag("--csv-safe", flags.csv_safe,
               "CSV cells that a spreadsheet would run get an apostrophe in front");
  app.add_flag("-q,--quiet", flags.quiet, "do not tell how many rows there were");
}

// As crawl -o goes by the name of its file. What no name tells is JSON Lines.
std::string format_of_name(std::string_view file) {
  static constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
      {".csv", "csv"},       {".warc", "warc"}, {".warc.gz", "warc"},
      {".warc.zst", "warc"}, {".cdxj", "cdxj"}, {".wacz", "wacz"}};
  for (const auto& [ending, format] : kEndings) {
    if (file.ends_with(ending)) return std::string(format);
  }
  return "jsonl";
}

bool into_file(const ExportFlags& flags) { return !flags.output.empty() && flags.output != "-"; }

base::Result<ExportEnd> write_rows(storage::Database& reader, const ExportFlags& flags,
                                   std::int64_t since, const Write& write,
                                   const std::function<bool()>& enough) {
  if (flags.format == "sitemap") return write_sitemap(reader, flags.after, since, write, enough);
  storage::ExportOptions options{.after = flags.after,
                                 .since = since,
                                 .header = !flags.no_header,
                                 .quote_formulas = flags.csv_safe,
                                 .enough = enough};
  options.rule = flags.rule;
  options.site = flags.site;
  options.format = storage::export_format_from(flags.format).value_or(options.format);
  // A list of URLs is of those that were stored, unless another table is asked for.
  options.table = storage::export_table_from(flags.table).value_or(options.table);
  return storage::export_rows(reader, options, write);
}

base::Result<ExportEnd> write_file(storage::Database& reader, const ExportFlags& flags,
                                   std::int64_t since, const Enough& enough) {
  auto output = OutputFile::open(flags.output);
  if (!output) return std::move(output).error();
  const bool shown = isatty(STDOUT_FILENO) == 1 && !into_file(flags);
  std::uint64_t written = 0;
  const auto write = [&](std::string_view bytes) {
    written += bytes.size();
    if (flags.format == "jsonl") return output->write(without_raw_controls(bytes));
    return shown ? output->write(printable_lines(bytes)) : output->write(bytes);
  };
  auto end = write_rows(reader, flags, since, write, [&] { return enough(written); });
  if (!end) return end;
  if (auto done = output->finish(); !done) return std::move(done).error();
  return end;
}

void tell_end(const ExportFlags& flags, const ExportEnd& end) {
  if (flags.quiet) return;
  std::fprintf(stderr, "crawld: %s; %s --after %lld\n",
               base::counted(end.rows, "row", "rows").c_str(),
               end.complete ? "what is committed later:" : "there are more:",
               static_cast<long long>(end.last_key));
}

// What is no row after row, but the answers as they were.
bool is_archive(const std::string& format) {
  return format == "warc" || format == "cdxj" || format == "wacz";
}

std::optional<int> refuse_combination(const ExportFlags& flags, std::int64_t since) {
  if (since != 0 && flags.table == "urls") {
    return complain("--since: the table urls has no time; take changes", kUsage);
  }
  if (!flags.rule.empty() && flags.table != "records") {
    return complain("--rule: is of records, not of " + flags.table, kUsage);
  }
  if (flags.format == "cdxj" && !into_file(flags)) {
    return complain("--format cdxj: needs -o FILE.cdxj; its WARC is written beside it", kUsage);
  }
  if (flags.format == "wacz" && !flags.output.ends_with(".wacz")) {
    return complain("--format wacz: needs -o FILE.wacz; replay tools know it by that name", kUsage);
  }
  const bool of_pages = is_archive(flags.format) || flags.format == "sitemap";
  if (of_pages && !flags.table.empty() && flags.table != "pages") {
    return complain("--format " + flags.format + ": is of pages, not of " + flags.table, kUsage);
  }
  if (of_pages && !flags.site.empty()) {
    return complain("--site: is for jsonl, csv and urls, not for " + flags.format, kUsage);
  }
  if (since != 0 && is_archive(flags.format)) {
    return complain("--since: a WARC goes on by --after", kUsage);
  }
  return std::nullopt;
}

base::Result<ExportEnd> write_export(storage::Database& reader, const ExportFlags& flags,
                                     std::int64_t since, const Enough& enough) {
  if (flags.format == "wacz") return write_wacz_file(reader, flags.output, flags.after, enough);
  if (is_archive(flags.format)) {
    return write_warc_files(reader, flags.output, flags.after, enough);
  }
  return write_file(reader, flags, since, enough);
}

// What has no meaning for a mirror, which is always of all pages as they are now.
std::optional<int> refuse_flags_of_rows(const ExportFlags& flags) {
  const std::pair<const char*, bool> given[] = {
      {"--since", !flags.since.empty()},         {"--after", flags.after != 0},
      {"--max-bytes", !flags.max_bytes.empty()}, {"--rule", !flags.rule.empty()},
      {"--site", !flags.site.empty()},           {"--table", !flags.table.empty()},
      {"--no-header", flags.no_header},          {"--csv-safe", flags.csv_safe}};
  for (const auto& [name, is_given] : given) {
    if (is_given) {
      return complain(std::string(name) + ": a mirror is of all pages as they are now", kUsage);
    }
  }
  if (into_file(flags)) return std::nullopt;
  return complain("--format mirror: needs -o DIRECTORY, new, empty or a mirror of before", kUsage);
}

void tell_mirror(const MirrorEnd& end) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::fprintf(stderr,
               "crawld: %llu files written, %llu unchanged, %llu removed, %llu bytes; %llu links "
               "rewritten, %llu left on the web\n",
               number(end.written), number(end.unchanged), number(end.removed), number(end.bytes),
               number(end.local), number(end.on_web));
  if (end.unread == 0) return;
  std::fprintf(stderr, "crawld: %llu pages could not be parsed; their links are as they were\n",
               number(end.unread));
}

int export_mirror(const ExportFlags& flags) {
  if (const auto code = refuse_flags_of_rows(flags)) return *code;
  auto reader = open_database(flags.database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  base::log::open(base::log::Level::warn, base::log::Format::text);
  StopSignals signals;
  const auto loaded = load_config({});
  if (!loaded) return complain(loaded.error().message, kBadConfiguration);
  const auto end =
      write_mirror(**reader, loaded->config, flags.output, [&] { return signals.asked(); });
  if (!end) return complain(end.error().message, exit_code(end.error()));
  if (!flags.quiet) tell_mirror(*end);
  if (end->complete) return kFinished;
  return complain("interrupted; the same command goes on", kInterrupted);
}

}  // namespace

int export_command(const Arguments& arguments) {
  ExportFlags flags;
  std::int64_t since = 0;
  CLI::App app("Committed rows for others, each once, also while the crawl runs.", "export");
  add_flags(app, flags);
  if (const auto code = parse_options(app, arguments)) return *code;
  if (flags.format.empty()) {
    flags.format = format_of_name(flags.output);
    const std::string ending(foreign_ending(flags.output));
    const bool of_database = ending == ".db" || ending.starts_with(".sqlite");  // refused as such
    if (flags.format == "jsonl" && !ending.empty() && !of_database) {
      return complain("-o " + flags.output + ": no " + ending +
                          " is written; .jsonl and .csv are what other programs read, and --format "
                          "has more",
                      kUsage);
    }
  }
  if (!flags.rule.empty() && flags.table.empty()) flags.table = "records";
  if (flags.format == "mirror") return export_mirror(flags);
  if (!read_time("--since", flags.since, since)) return kUsage;
  const auto most = flags.max_bytes.empty() ? kNoCap : config::parse_bytes_or_bare(flags.max_bytes);
  if (!most || *most < kLeastCap) {
    return complain("--max-bytes: no size such as 10MiB or 1GiB, at least 64KiB", kUsage);
  }
  if (const auto code = refuse_combination(flags, since)) return *code;
  // A reader that went away is an error of write(), not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  auto reader = open_database(flags.database);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  constexpr int kChangesHaveTimes = 4;
  const bool with_texts = flags.format == "wacz" || flags.format == "sitemap";
  const int needed = with_texts ? kPageTexts : flags.table == "changes" ? kChangesHaveTimes : 0;
  if (const auto code = refuse_schema_before(**reader, needed)) return *code;
  // A file ends with whole rows when it is asked to; a reader of a pipe may not be reading.
  std::optional<StopSignals> signals;
  if (into_file(flags)) signals.emplace();
  const auto asked = [&] { return signals && signals->asked(); };
  const Enough enough = [&](std::uint64_t written) { return asked() || written >= *most; };
  const auto end = write_export(**reader, flags, since, enough);
  if (!end) return complain(end.error().message, exit_code(end.error()));
  tell_end(flags, *end);
  return !end->complete && asked() ? kInterrupted : kFinished;
}

}  // namespace crawld::cli
