// crawld extract: run the rules again over stored bodies; nothing is fetched.
#include <unistd.h>

#include <cstdio>

#include "config/load.h"
#include "config/version.h"
#include "crawler/base/clock.h"
#include "crawler/base/log.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/database_option.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/option_parser.h"
#include "crawler/cli/stop_signals.h"
#include "crawler/daemon/rooms.h"
#include "parsers/pack.h"
#include "storage/page_walk.h"
#include "storage/sqlite_store.h"

namespace crawld::cli {
namespace {

using base::Status;
using storage::WalkedPage;

constexpr std::uint32_t kBatch = 200;  // pages a transaction

struct Counts {
  std::uint64_t seen = 0;
  std::uint64_t made = 0;  // pages whose records were made again
  std::uint64_t records = 0;
  std::uint64_t bodiless = 0;  // nothing was stored to read
  std::uint64_t failed = 0;    // the parser could not read it
};

class Extraction {
 public:
  Extraction(daemon::Rooms& rooms, storage::Database& reader, storage::SqliteStore& store,
             std::string only_site)
      : table_(rooms.sites().table()),
        options_(rooms.parse_options()),
        parser_(rooms.make_parser()),
        reader_(reader),
        store_(store),
        only_site_(std::move(only_site)) {}

  // False when it was interrupted; what was done is stored.
  base::Result<bool> run(StopSignals& signals) {
    const bool show = isatty(STDERR_FILENO) == 1;
    storage::PageId after = 0;
    while (!signals.asked()) {
      const auto pages = storage::walk_pages(reader_, after, kBatch);
      if (!pages) return base::Error(pages.error());
      if (pages->empty()) return true;
      storage::CommitBatch batch;
      for (const WalkedPage& page : *pages) {
        if (Status done = take(page, batch); !done) return std::move(done).error();
      }
      if (!batch.extracted.empty()) {
        if (Status put = store_.put(batch); !put) return std::move(put).error();
      }
      after = pages->back().id;
      if (show) {
        std::fprintf(stderr, "\r%llu pages, %llu records",
                     static_cast<unsigned long long>(counts_.seen),
                     static_cast<unsigned long long>(counts_.records));
      }
    }
    return false;
  }

  const Counts& counts() const { return counts_; }

 private:
  // Pages of another site, without rules, or whose records are of these rules are left alone.
  Status take(const WalkedPage& page, storage::CommitBatch& batch) {
    ++counts_.seen;
    if (!only_site_.empty() && page.site != only_site_) return base::Done{};
    for (std::size_t site = 0; site < table_->size(); ++site) {
      const pipeline::SiteRules& rules = *(*table_)[site];
      if (rules.name != page.site) continue;
      if (rules.rule_set == 0 || page.rule_set == rules.rule_set_hash) return base::Done{};
      return extract(page, rules, static_cast<model::SiteId>(site), batch);
    }
    return base::Done{};
  }

  Status extract(const WalkedPage& page, const pipeline::SiteRules& rules, model::SiteId site,
                 storage::CommitBatch& batch) {
    auto stored = storage::stored_body(reader_, page.id);
    if (!stored) return std::move(stored).error();
    const auto body = parsers::unpack(stored->packed, options_.max_decoded_size);
    if (stored->packed.empty() || !body) {
      ++counts_.bodiless;
      return base::Done{};
    }
    const model::ParseOutcome outcome = parse(page, rules, stored->headers, *body);
    const auto* parsed = std::get_if<model::ParsedPage>(&outcome);
    const auto* failure = std::get_if<model::ParseFailure>(&outcome);
    if (failure != nullptr && failure->kind == model::ParseFailureKind::no_worker) {
      return base::Error{base::Error::Code::io, failure->detail};
    }
    if (parsed == nullptr) {
      ++counts_.failed;
      return base::Done{};
    }
    ++counts_.made;
    counts_.records += parsed->records.size();
    batch.extracted.push_back({.page_id = page.id,
                               .url_id = page.url_id,
                               .site = site,
                               .rule_set_hash = rules.rule_set_hash,
                               .records = parsed->records});
    return base::Done{};
  }

  // The body is stored without its content coding; all else is as when it was fetched.
  model::ParseOutcome parse(const WalkedPage& page, const pipeline::SiteRules& rules,
                            const model::Headers& headers, const std::string& body) {
    const std::string content_type(headers.get("Content-Type"));
    parsers::ParseJob job{
        .url = page.url,
        .headers = {.content_type = content_type,
                    .content_language = std::string(headers.get("Content-Language")),
                    .link = headers.joined("Link")},
        .body = body,
        .truncated = page.truncated,
        .wants = rules.wants,
        .rule_set = rules.rule_set,
        .max_decoded_size = options_.max_decoded_size,
        .robots_agent = options_.robots_agent};
    job.wants.packed_body = false;
    return parser_->parse(job, std::chrono::steady_clock::now() + options_.timeout);
  }

  std::shared_ptr<const pipeline::SiteTable> table_;
  const pipeline::ParseStage::Options options_;
  std::unique_ptr<parsers::WorkerProcess> parser_;
  storage::Database& reader_;
  storage::SqliteStore& store_;
  const std::string only_site_;
  Counts counts_;
};

base::Status begin_run(storage::SqliteStore& store, const config::Config& config,
                       const std::string& file) {
  storage::RunStart start{.started_at = base::to_millis(base::SystemClock().wall()),
                          .command = "crawld extract -c " + file,
                          .version = std::string(config::kVersion),
                          .sites = {}};
  for (const config::Site& site : config.sites) start.sites.push_back(site.name);
  auto run = store.begin_run(start);
  if (!run) return std::move(run).error();
  return base::Done{};
}

base::Status end_run(storage::SqliteStore& store, const Counts& counts, bool whole) {
  storage::CommitBatch batch;
  batch.has_run = true;
  batch.run = {.ended_at = base::to_millis(base::SystemClock().wall()),
               .exit = whole ? "finished" : "interrupted",
               .pages = counts.made,
               .errors = counts.failed,
               .coverage_json = {}};
  return store.put(batch);
}

int tell(const Counts& counts, bool whole) {
  std::fprintf(stderr,
               "\rcrawld: %llu pages read, %llu records; %llu without a stored body, %llu that "
               "could not be parsed\n",
               static_cast<unsigned long long>(counts.made),
               static_cast<unsigned long long>(counts.records),
               static_cast<unsigned long long>(counts.bodiless),
               static_cast<unsigned long long>(counts.failed));
  if (whole) return kFinished;
  return complain("interrupted; the same command goes on", kInterrupted);
}

bool has_site(const config::Config& config, const std::string& name) {
  for (const config::Site& site : config.sites) {
    if (site.name == name) return true;
  }
  return false;
}

}  // namespace

int extract_command(const Arguments& arguments) {
  std::string site;
  std::string file;
  std::string database;
  CLI::App app("Run the extraction rules again over stored bodies; nothing is fetched.", "extract");
  app.add_option("SITE", site, "only pages of this site");
  app.add_option("-c,--config", file, "the YAML file with the sites and their rules")->required();
  add_database_option(app, database);
  if (const auto code = parse_options(app, arguments)) return *code;
  StopSignals signals;
  const auto loaded = config::load(file);
  if (!loaded) return complain(loaded.error().message, kBadConfiguration);
  const config::Config& config = loaded->config;
  if (!site.empty() && !has_site(config, site)) {
    return complain("there is no site \"" + site + "\" in " + file, kUsage);
  }
  base::log::open(base::log::Level::warn, base::log::Format::text);
  const std::string path =
      database.empty() && loaded->names_database ? config.database : database_path(database);
  // The reader first: a database that is not there must not be made.
  auto reader = open_database(path);
  if (!reader) return complain(reader.error().message, exit_code(reader.error()));
  const base::SystemClock clock;
  auto rooms = daemon::Rooms::open(config, {}, clock);
  if (!rooms) return complain(rooms.error().message, exit_code(rooms.error()));
  auto store = storage::SqliteStore::open(path, {});
  if (!store) return complain(store.error().message, exit_code(store.error()));
  if (const Status begun = begin_run(**store, config, file); !begun) {
    return complain(begun.error().message, exit_code(begun.error()));
  }
  Extraction extraction(**rooms, **reader, **store, site);
  const auto whole = extraction.run(signals);
  if (!whole) return complain(whole.error().message, exit_code(whole.error()));
  if (const Status ended = end_run(**store, extraction.counts(), *whole); !ended) {
    return complain(ended.error().message, exit_code(ended.error()));
  }
  return tell(extraction.counts(), *whole);
}

}  // namespace crawld::cli
