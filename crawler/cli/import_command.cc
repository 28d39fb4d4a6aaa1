// crawld import: WARC files, WACZ packages and URL lists into a database.
#include <array>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "config/version.h"
#include "crawler/base/escape.h"
#include "crawler/base/figures.h"
#include "crawler/base/log.h"
#include "crawler/cli/archive/import_source.h"
#include "crawler/cli/archive/warc_import.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/flags/url_list.h"
#include "crawler/daemon/rooms.h"
#include "crawler/daemon/spellings.h"
#include "storage/archive/wacz.h"
#include "storage/archive/zip_reader.h"
#include "storage/sqlite_store.h"

namespace crawld::cli {
namespace {

using base::Error;
using base::Status;
using nlohmann::ordered_json;

constexpr const char* kSite = "crawl";  // the site of `crawld crawl URL`
constexpr int kMostRefusals = 20;       // told one by one
constexpr std::size_t kFirstLook = 4'096;

struct ImportFlags {
  std::vector<std::string> files;
  std::string config;
  std::string database;
  std::string site;
  std::string format = "auto";
  bool json = false;
  bool quiet = false;
};

void add_flags(CLI::App& app, ImportFlags& flags) {
  app.add_option(
         "FILE", flags.files,
         "WARC files (.warc, .warc.gz, .warc.zst), WACZ packages and URL lists; - for stdin")
      ->required();
  add_database_option(app, flags.database);
  app.add_option("-c,--config", flags.config,
                 "take what its sites want, by their rules, and queue the links they follow");
  app.add_option("--site", flags.site, "all into this site (default: crawl, or the first wanting)");
  app.add_option("--format", flags.format, "warc, wacz, urls or auto: by the first bytes (auto)")
      ->check(CLI::IsMember({"auto", "warc", "wacz", "urls"}));
  app.add_flag("--json", flags.json, "the summary as one JSON object on standard output");
  app.add_flag("-q,--quiet", flags.quiet, "no summary");
}

// Without a file: one site that wants everything.
base::Result<config::Config> config_of(ImportFlags& flags) {
  auto loaded = flags.config.empty() ? config::load_environment() : config::load(flags.config);
  if (!loaded) return std::move(loaded).error();
  if (flags.database.empty() && loaded->names_database) flags.database = loaded->config.database;
  config::Config config = std::move(loaded->config);
  if (flags.config.empty()) {
    config::Site site = std::move(loaded->defaults);
    site.name = flags.site.empty() ? kSite : flags.site;
    site.scope = config::Scope::any;
    config.sites = {std::move(site)};
  } else if (!flags.site.empty()) {
    std::erase_if(config.sites, [&](const config::Site& site) { return site.name != flags.site; });
    if (config.sites.empty()) {
      return Error{Error::Code::invalid, flags.config + ": no site \"" + flags.site + "\""};
    }
  }
  return config;
}

pipeline::ParseStage::Options parse_options(daemon::Rooms& rooms, storage::PageStore& store) {
  auto options = rooms.parse_options();
  options.dictionary_of = [&store](model::HostId host) { return store.dictionary_of(host); };
  return options;
}

class Import {
 public:
  Import(daemon::Rooms& rooms, storage::SqliteStore& store, const base::Clock& clock,
         StopSignals& signals, bool by_rules)
      : table_(rooms.sites().table()),
        parser_(rooms.make_reader().parser),
        parse_(*parser_, rooms.sites(), clock, parse_options(rooms, store)),
        stage_(store, parse_, rooms.sites(), clock, {.follow = by_rules}),
        store_(store),
        signals_(signals),
        by_rules_(by_rules) {}

  Status begin() { return stage_.load(); }

  Status take(const std::string& path, const std::string& format) {
    auto source = ImportSource::open(path, signals_);
    if (!source) return std::move(source).error();
    const auto kind = kind_of(*source, format);
    if (!kind) return Error(kind.error());
    Status done = base::Done{};
    switch (*kind) {
      case ImportFormat::warc:
        done = take_warc([&](std::span<char> into) { return source->read(into); }, source->name());
        break;
      case ImportFormat::wacz:
        done = take_wacz(*source);
        break;
      case ImportFormat::urls:
        done = take_list(*source);
        break;
    }
    if (done || signals_.asked()) return base::Done{};
    return Error{done.error().code, source->name() + ": " + done.error().message};
  }

  Status end(const std::string& exit) { return stage_.end_run(exit); }

  const ImportCounts& counts() const { return counts_; }
  std::uint64_t found() const { return stage_.found(); }
  // Places of archives that were passed over.
  std::uint64_t damages() const { return damages_; }

 private:
  static base::Result<ImportFormat> kind_of(ImportSource& source, const std::string& format) {
    if (format == "auto") return source.guess();
    if (format == "urls") return ImportFormat::urls;
    return format == "warc" ? ImportFormat::warc : ImportFormat::wacz;
  }

  std::optional<model::SiteId> choose_site(const model::Url& url) const {
    for (std::size_t i = 0; i < table_->size(); ++i) {
      constexpr int kNoYear = 0;  // no calendar trap: an archive is of any year
      const policy::ScopeRules& scope = (*table_)[i]->scope;
      if (!by_rules_ || scope.judge(url, {}, kNoYear).verdict == model::Verdict::queued) {
        return static_cast<model::SiteId>(i);
      }
    }
    return std::nullopt;
  }

  // The archives of a package, in the order of its directory.
  Status take_wacz(ImportSource& source) {
    const auto size = source.size();
    if (!size) return Error(size.error());
    const storage::ReadAt read = [&](std::uint64_t offset, std::span<char> into) {
      return source.read_at(offset, into);
    };
    const auto archives = storage::read_zip_directory(read, *size, storage::is_archive_of_wacz);
    if (!archives) return Error(archives.error());
    if (archives->empty()) {
      return Error{Error::Code::invalid,
                   "no WACZ package: it has no archive/*.warc.gz and no archive/*.warc"};
    }
    for (const storage::ZipDirectoryEntry& archive : *archives) {
      storage::ZipEntryReader reader(read, archive);
      Status done =
          take_warc([&](std::span<char> into) { return reader.read(into); }, source.name());
      if (signals_.asked()) return base::Done{};
      if (!done) {
        return Error{done.error().code,
                     base::printable(archive.name) + ": " + done.error().message};
      }
    }
    return base::Done{};
  }

  // Says what is damaged and how much of the file it costs. False where nothing follows.
  base::Result<bool> pass_over(storage::WarcReader& reader, const Error& damage,
                               const std::string& name) {
    if (damage.code != Error::Code::corrupt) return false;
    const auto passed = reader.recover();
    if (!passed) return Error(passed.error());
    if (!*passed) return false;
    if (++damages_ <= kMostRefusals) {
      complain(name + ": " + damage.message + "; " + std::to_string(**passed) +
                   " bytes were passed over, to the next record",
               kError);
    }
    return true;
  }

  // `name`: of the file, for the fetch log.
  Status take_warc(storage::WarcReader::Source source, const std::string& name) {
    std::uint64_t most_body = 0;
    for (const auto& site : *table_) most_body = std::max(most_body, site->config.max_body_size);
    // Room for the headers, and for the chunks' own sizes.
    storage::WarcReader reader(std::move(source), most_body + most_body / 8 + (1U << 20));
    WarcImport import(
        stage_, store_.database(), *table_,
        [this](const model::Url& url) { return choose_site(url); }, name, counts_);
    Status done = base::Done{};
    while (done && !signals_.asked()) {
      auto record = reader.next();
      if (!record) {
        const auto passed = pass_over(reader, record.error(), name);
        if (!passed || !*passed) done = std::move(record).error();
      } else if (!record->has_value()) {
        break;
      } else {
        done = import.take(**record);
      }
    }
    if (Status last = import.finish(); done) return last;
    return done;
  }

  Status take_list(ImportSource& source) {
    std::array<char, 64U << 10> bytes;
    std::string rest;
    std::size_t looked_at = 0;  // bytes, before the first line is taken
    lines_ = 0;
    while (true) {
      const auto count = source.read(bytes);
      if (!count) return Error(count.error());
      // No URL and no comment has one; all that is packed or compiled does, and soon.
      if (std::memchr(bytes.data(), '\0', *count) != nullptr) {
        return Error{Error::Code::invalid,
                     "no WARC file, no WACZ package, and no URL list: it holds zero bytes"};
      }
      rest.append(bytes.data(), *count);
      looked_at = std::min(looked_at + *count, kFirstLook);
      if (*count > 0 && looked_at < kFirstLook) continue;
      std::size_t start = 0;
      for (std::size_t end; (end = rest.find('\n', start)) != rest.npos; start = end + 1) {
        if (Status done = take_line(std::string_view(rest).substr(start, end - start)); !done) {
          return done;
        }
      }
      rest.erase(0, start);
      if (*count == 0) return rest.empty() ? Status(base::Done{}) : take_line(rest);
      if (rest.size() > kLongestListLine) {
        return Error{Error::Code::invalid, "a line of more than 64 KiB: this is no URL list"};
      }
    }
  }

  Status take_line(std::string_view line) {
    ++lines_;
    auto listed = read_list_line(line);
    if (!listed) return base::Done{};
    if (const auto fault = fault_of(*listed)) {
      return Error{fault->code, "line " + std::to_string(lines_) + ": " + fault->message};
    }
    if (!listed->url) {
      if (++refused_ <= kMostRefusals) complain("no http or https URL: " + listed->typed, kError);
      ++counts_.skipped["no http or https URL"];
      return base::Done{};
    }
    const auto site = choose_site(*listed->url);
    if (!site) {
      ++counts_.skipped["out of scope"];
      return base::Done{};
    }
    const model::Url url =
        (*table_)[*site]->canonicalizer.canonicalize(listed->url->without_fragment());
    const auto queued = stage_.queue(url, *site, std::move(listed->metadata));
    if (!queued) return Error(queued.error());
    ++(*queued ? counts_.queued : counts_.known);
    return base::Done{};
  }

  std::shared_ptr<const pipeline::SiteTable> table_;
  std::unique_ptr<parsers::Parser> parser_;
  pipeline::ParseStage parse_;
  pipeline::ImportStage stage_;
  storage::SqliteStore& store_;
  StopSignals& signals_;
  const bool by_rules_;
  ImportCounts counts_;
  int refused_ = 0;
  std::uint64_t lines_ = 0;  // of the list at hand
  std::uint64_t damages_ = 0;
};

Status begin_run(storage::SqliteStore& store, const config::Config& config, std::string command) {
  storage::RunStart start{.started_at = base::to_millis(base::SystemClock().wall()),
                          .command = std::move(command),
                          .version = std::string(config::kVersion),
                          .sites = {}};
  for (const config::Site& site : config.sites) start.sites.push_back(site.name);
  auto run = store.begin_run(start);
  if (!run) return std::move(run).error();
  return daemon::remember_spellings(store.database(), config.sites);
}

void tell(const ImportFlags& flags, const Import& import) {
  const ImportCounts& counts = import.counts();
  if (flags.json) {
    const ordered_json out{{"records", counts.records},  {"pages", counts.fates},
                           {"skipped", counts.skipped},  {"queued", counts.queued},
                           {"known", counts.known},      {"new_urls", import.found()},
                           {"damaged", import.damages()}};
    std::puts(out.dump().c_str());
  }
  if (flags.quiet || flags.json) return;
  const auto count = [](std::uint64_t number) { return base::grouped(number); };
  std::string line = "crawld: ";
  if (counts.records > 0) {
    line += base::counted(counts.records, "record", "records");
    for (const auto& [fate, number] : counts.fates) line += ", " + count(number) + " " + fate;
  }
  if (counts.queued + counts.known > 0) {
    line += (counts.records > 0 ? "; " : "") + base::counted(counts.queued, "URL", "URLs") +
            " queued, " + count(counts.known) + " known before";
  }
  if (counts.records + counts.queued + counts.known == 0) line += "nothing to import";
  std::fprintf(stderr, "%s\n", line.c_str());
  for (const auto& [reason, number] : counts.skipped) {
    std::fprintf(stderr, "crawld: %s skipped: %s\n", count(number).c_str(), reason.c_str());
  }
}

std::string command_line(const ImportFlags& flags) {
  std::string line = "crawld import";
  for (const std::string& file : flags.files) line += " " + file;
  return line;
}

}  // namespace

int import_command(const Arguments& arguments) {
  ImportFlags flags;
  CLI::App app(
      "WARC files, WACZ packages and URL lists into a database; nothing is fetched. Pages are "
      "parsed and stored like fetched ones, URLs of lists wait for the next crawl.",
      "import");
  add_flags(app, flags);
  if (const auto code = parse_options(app, arguments)) return *code;
  StopSignals signals;
  auto config = config_of(flags);
  if (!config) return complain(config.error().message, kBadConfiguration);
  // A slip in a name must not leave an empty database behind.
  for (const std::string& file : flags.files) {
    const Status there = ImportSource::check(file);
    if (!there) return complain(there.error().message, exit_code(there.error()));
  }
  base::log::open(base::log::Level::warn, base::log::Format::text);
  const base::SystemClock clock;
  auto rooms = daemon::Rooms::open(*config, {}, clock);
  if (!rooms) return complain(rooms.error().message, exit_code(rooms.error()));
  auto store = storage::SqliteStore::open(
      database_path(flags.database),
      {.dictionaries = config->body_dictionaries, .search_index = config->search_index});
  if (!store) return complain(store.error().message, exit_code(store.error()));
  Import import(**rooms, **store, clock, signals, !flags.config.empty());
  Status done = begin_run(**store, *config, command_line(flags));
  if (done) done = import.begin();
  for (const std::string& file : flags.files) {
    if (done && !signals.asked()) done = import.take(file, flags.format);
  }
  const bool stopped = signals.asked();
  // What came before a broken record stands.
  Status ended = import.end(stopped ? "interrupted" : done ? "finished" : "failed");
  if (done) done = std::move(ended);
  tell(flags, import);
  if (!done) return complain(done.error().message, exit_code(done.error()));
  if (stopped) return complain("interrupted; the same command goes on", kInterrupted);
  if (import.damages() > 0) {
    return complain("damaged places that were passed over: " + std::to_string(import.damages()) +
                        "; what stands around them was imported",
                    kError);
  }
  return kFinished;
}

}  // namespace crawld::cli
