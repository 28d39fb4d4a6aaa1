// crawld extract: read stored bodies again as the rules and settings are now; nothing is fetched.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "config/load.h"
#include "config/version.h"
#include "crawler/base/clock.h"
#include "crawler/base/escape.h"
#include "crawler/base/log.h"
#include "crawler/cli/commands.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/extract_crew.h"
#include "crawler/cli/extract_wants.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"
#include "crawler/cli/stop_signals.h"
#include "crawler/daemon/rooms.h"
#include "crawler/pipeline/coverage_rounds.h"
#include "storage/reports/page_walk.h"
#include "storage/sqlite_store.h"

namespace crawld::cli {
namespace {

using base::Status;
using storage::WalkedPage;

constexpr std::uint32_t kBatch = 200;           // pages a transaction
constexpr std::size_t kBatchBytes = 16U << 20;  // of records, about
constexpr int kNoYear = 0;                      // a page that was fetched is no trap

struct Counts {
  std::uint64_t seen = 0;
  std::uint64_t made = 0;  // pages whose records were made again
  std::uint64_t records = 0;
  std::uint64_t bodiless = 0;  // nothing was stored to read
  std::uint64_t failed = 0;    // the parser could not read it
};

class Extraction {
 public:
  // `sites`: the names behind the SiteIds of the store's run, the configured ones first.
  Extraction(daemon::Rooms& rooms, ExtractCrew& crew, storage::Database& reader,
             storage::SqliteStore& store, std::vector<std::string> sites, std::string only_site)
      : table_(rooms.sites().table()),
        crew_(crew),
        reader_(reader),
        store_(store),
        documents_(rooms.config().convert),
        sites_(std::move(sites)),
        only_site_(std::move(only_site)) {}

  // False when it was interrupted; what was done is stored.
  base::Result<bool> run(StopSignals& signals) {
    const auto total = storage::count_walk(reader_, 0);
    if (!total) return base::Error(total.error());
    total_ = static_cast<std::uint64_t>(*total);
    const bool show = isatty(STDERR_FILENO) == 1;
    if (Status known = load_reached(); !known) return std::move(known).error();
    if (Status known = load_rounds(); !known) return std::move(known).error();
    storage::PageId after = 0;
    storage::CommitBatch batch;  // written while the workers read the pages after it
    while (!signals.asked()) {
      const auto pages = storage::walk_pages(reader_, after, kBatch);
      if (!pages) return base::Error(pages.error());
      auto given = std::count_if(pages->begin(), pages->end(),
                                 [this](const WalkedPage& page) { return give(page); });
      if (Status put = store_.put(batch); !put) return std::move(put).error();
      if (pages->empty()) return true;
      batch = {};
      batch_bytes_ = 0;
      for (; given > 0; --given) {
        if (Status done = take(batch); !done) return std::move(done).error();
        if (batch_bytes_ < kBatchBytes) continue;
        if (Status put = store_.put(batch); !put) return std::move(put).error();
        batch = {};
        batch_bytes_ = 0;
      }
      after = pages->back().id;
      remember_reached(after, batch);
      batch.coverage = rounds_.take_changed();
      if (show) show_progress();
    }
    if (Status put = store_.put(batch); !put) return std::move(put).error();
    return false;
  }

  const Counts& counts() const { return counts_; }
  const pipeline::Coverage& coverage() const { return coverage_; }
  pipeline::CoverageRounds& rounds() { return rounds_; }

 private:
  bool is_asked_for(const pipeline::SiteRules& rules) const {
    const bool reads =
        rules.rule_set != 0 || ExtractTexts::of(rules).any() || !documents_.print().empty();
    return reads && (only_site_.empty() || rules.name == only_site_);
  }

  Status load_reached() {
    for (const auto& rules : *table_) {
      if (!is_asked_for(*rules)) continue;
      auto page = storage::extracted_up_to(reader_, rules->name, reading_of(*rules, documents_));
      if (!page) return std::move(page).error();
      reached_[rules->name] = *page;
    }
    return base::Done{};
  }

  Status load_rounds() {
    const auto stored = store_.coverage();
    if (!stored) return stored.error();
    for (const storage::SiteCoverage& site : *stored) rounds_.load(site);
    return base::Done{};
  }

  void remember_reached(storage::PageId page, storage::CommitBatch& batch) {
    for (const auto& rules : *table_) {
      auto found = reached_.find(rules->name);
      if (found == reached_.end() || found->second >= page) continue;
      found->second = page;
      batch.extracted_up_to.push_back({rules->name, reading_of(*rules, documents_), page});
    }
  }

  void show_progress() const {
    constexpr std::uint64_t kWidth = 30;
    const std::uint64_t filled = total_ == 0 ? 0 : std::min(counts_.seen * kWidth / total_, kWidth);
    const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '-');
    std::fprintf(stderr, "\r[%s] %llu of %llu pages, %llu records", bar.c_str(),
                 static_cast<unsigned long long>(counts_.seen),
                 static_cast<unsigned long long>(total_),
                 static_cast<unsigned long long>(counts_.records));
  }

  // False for pages of which nothing is asked, or that were read for it: they are left alone.
  bool give(const WalkedPage& page) {
    ++counts_.seen;
    const auto rules = rules_for(page);
    if (rules == nullptr || !is_asked_for(*rules)) return false;
    // What was read and has no record or text has none to give. A page known by its scope only may
    // be new to the site.
    const bool read = page.id <= reached_[rules->name] && page.site == rules->name;
    const bool has_records = rules->rule_set == 0 || page.rule_set == rules->rule_set_hash ||
                             (page.rule_set.empty() && read);
    const bool as_document = !read && documents_.may_read(page);
    if (has_records && !as_document && (read || !ExtractTexts::of(*rules).lacks(page)))
      return false;
    crew_.give({.page = page, .rules = rules, .as_document = as_document});
    return true;
  }

  // The site under whose name the page was crawled; for a crawl that had no such name (from the
  // command line, or before it was renamed), the first whose scope holds the page.
  std::shared_ptr<const pipeline::SiteRules> rules_for(const WalkedPage& page) const {
    for (const auto& rules : *table_) {
      if (rules->name == page.site) return rules;
    }
    const auto url = model::Url::parse(page.url);
    if (!url) return nullptr;
    for (const auto& rules : *table_) {
      const model::Verdict verdict = rules->scope.judge(*url, {}, kNoYear).verdict;
      const bool inside = verdict == model::Verdict::queued || verdict == model::Verdict::trapped;
      if (inside) return rules;
    }
    return nullptr;
  }

  Status take(storage::CommitBatch& batch) {
    auto answer = crew_.take();
    if (!answer) return std::move(answer).error();
    switch (answer->end) {
      case ExtractCrew::End::bodiless:
        ++counts_.bodiless;
        return base::Done{};
      case ExtractCrew::End::unread:
        ++counts_.failed;
        return base::Done{};
      case ExtractCrew::End::made:
        break;
    }
    const auto& [page, rules, as_document] = answer->job;
    batch_bytes_ += answer->bytes();
    ++(answer->document.parsed.convert_error.empty() ? counts_.made : counts_.failed);
    counts_.records += answer->records.size();
    if (as_document) {
      batch.documents.push_back(std::move(answer->document));
    } else if (ExtractTexts::of(*rules).lacks(page)) {
      batch.readings.push_back(std::move(answer->reading));
    }
    if (rules->rule_set == 0) return base::Done{};
    if (Status covered = cover(page, *rules, answer->records); !covered) return covered;
    const auto site = std::find(sites_.begin(), sites_.end(), page.site) - sites_.begin();
    batch.extracted.push_back({.page_id = page.id,
                               .url_id = page.url_id,
                               .site = static_cast<model::SiteId>(site),
                               .rule_set_hash = rules->rule_set_hash,
                               .records = std::move(answer->records)});
    return base::Done{};
  }

  Status cover(const WalkedPage& page, const pipeline::SiteRules& rules,
               const std::vector<model::Record>& records) {
    for (const model::Record& record : records) coverage_.add(record);
    auto before = store_.records_of(page.url_id);
    if (!before) return std::move(before).error();
    std::erase_if(*before,
                  [&](const auto& entry) { return !rules.config.extract.has(entry.first); });
    rounds_.add(rules.name,
                {.at = clock_.wall(), .records = records, .records_before = *std::move(before)},
                nullptr);
    return base::Done{};
  }

  std::shared_ptr<const pipeline::SiteTable> table_;
  ExtractCrew& crew_;
  storage::Database& reader_;
  storage::SqliteStore& store_;
  const ExtractDocuments documents_;
  const std::vector<std::string> sites_;
  const std::string only_site_;
  std::map<std::string, storage::PageId> reached_;  // site -> ExtractedUpTo::page
  const base::SystemClock clock_;
  pipeline::Coverage coverage_;
  pipeline::CoverageRounds rounds_;
  std::uint64_t total_ = 0;  // pages
  Counts counts_;
  std::size_t batch_bytes_ = 0;
};

// The configured sites, then those that the database knows besides.
base::Result<std::vector<std::string>> all_sites(const config::Config& config,
                                                 storage::Database& reader) {
  std::vector<std::string> names;
  for (const config::Site& site : config.sites) names.push_back(site.name);
  const auto stored = storage::site_names(reader);
  if (!stored) return base::Error(stored.error());
  for (const std::string& name : *stored) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

base::Status begin_run(storage::SqliteStore& store, const std::vector<std::string>& sites,
                       const std::string& file) {
  storage::RunStart start{.started_at = base::to_millis(base::SystemClock().wall()),
                          .command = "crawld extract -c " + file,
                          .version = std::string(config::kVersion),
                          .sites = sites,
                          .other_sites = storage::RunStart::Others::leave};
  auto run = store.begin_run(start);
  if (!run) return std::move(run).error();
  return base::Done{};
}

base::Status end_run(storage::SqliteStore& store, const Extraction& extraction, bool whole) {
  const Counts& counts = extraction.counts();
  storage::CommitBatch batch;
  batch.has_run = true;
  batch.run = {.ended_at = base::to_millis(base::SystemClock().wall()),
               .exit = whole ? "finished" : "interrupted",
               .pages = counts.made,
               .errors = counts.failed,
               .coverage_json = extraction.coverage().to_json()};
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

// Which fields match far less often than in the round before.
void tell_drops(const std::vector<std::string>& drops) {
  for (const std::string& drop : drops) {
    std::fprintf(stderr, "crawld: coverage of %s\n", base::printable(drop).c_str());
  }
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
  CLI::App app(
      "Run the extraction rules again over stored bodies, and read the main text, Markdown and "
      "structured data that a site asks for now, and documents by the programs of parse.convert; "
      "nothing is fetched.",
      "extract");
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
  auto sites = all_sites(config, **reader);
  if (!sites) return complain(sites.error().message, exit_code(sites.error()));
  if (const Status begun = begin_run(**store, *sites, file); !begun) {
    return complain(begun.error().message, exit_code(begun.error()));
  }
  auto crew = ExtractCrew::start(**rooms, path);
  if (!crew) return complain(crew.error().message, exit_code(crew.error()));
  Extraction extraction(**rooms, **crew, **reader, **store, *std::move(sites), site);
  const auto whole = extraction.run(signals);
  if (!whole) return complain(whole.error().message, exit_code(whole.error()));
  const Status ended = end_run(**store, extraction, *whole);
  const int code = tell(extraction.counts(), *whole);
  tell_drops(extraction.rounds().drops());
  return ended ? code : complain(ended.error().message, exit_code(ended.error()));
}

}  // namespace crawld::cli
