// Answers from an archive: parsed, settled and booked as if they had been fetched, and
// URLs of a list. No frontier and no request: the database must have no crawl running.
//
// Going through a file twice changes nothing, and an import never goes back in time: of a
// URL that was visited at that moment or later nothing is taken. Answers that say "try
// again" (429, 503) are not taken either. Threads: one.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/base/result.h"
#include "crawler/pipeline/host_book.h"
#include "crawler/pipeline/parse_stage.h"
#include "crawler/pipeline/site_rules.h"
#include "storage/page_store.h"

namespace crawld::pipeline {

// What an archive says about one answer.
struct ArchivedAnswer {
  model::Url url;
  model::SiteId site = 0;
  model::Response response;
  model::Headers as_sent;  // to be stored: `response.headers` may lack what no longer holds
  base::WallTime fetched_at{};
  std::uint16_t depth = 0;
  std::uint16_t redirects = 0;    // hops that led here
  std::optional<model::Url> via;  // the page that held it, or that redirected here
  std::string origin;             // where it came from, for the fetch log
};

enum class ImportFate : std::uint8_t {
  stored,     // a new version of a page
  unchanged,  // the content that was stored before
  noted,      // visited without a page: redirected, gone, of a type that is not kept
  older,      // the URL was visited then, or later
  passing,    // an answer that says "try again", or one that settles nothing
};
std::string_view to_string(ImportFate fate);

class ImportStage {
 public:
  struct Options {
    bool follow = false;  // links become URLs that wait, as the site's rules say
    std::size_t batch_pages = 200;
    std::size_t batch_bytes = 16U << 20;
  };

  // All references outlive the stage.
  ImportStage(storage::PageStore& store, ParseStage& parse, SiteBook& sites,
              const base::Clock& clock, Options options)
      : store_(store), parse_(parse), sites_(sites), clock_(clock), options_(options) {}

  // Takes up where the database stands. Call once, before any other.
  base::Status load();

  // Blocks for three parse deadlines at most, and for the disk.
  base::Result<ImportFate> take(ArchivedAnswer answer);
  // False: the URL is known already. `metadata`: a JSON object, or empty; of a known URL it takes
  // the place of what was said before.
  base::Result<bool> queue(const model::Url& url, model::SiteId site, std::string metadata);

  // Makes what was taken durable. The batch is kept on an error.
  base::Status flush();
  // As flush(), if something of this URL waits for it.
  base::Status flush_of(const model::Url& url);
  base::Status end_run(const std::string& exit);

  std::uint64_t pages() const { return pages_; }
  std::uint64_t found() const { return found_; }  // URLs that are new to the books

 private:
  base::Result<std::optional<storage::QueuedUrl>> known(const model::Url& url);
  model::HostId host_of(const model::Url& url);
  model::UrlId enter(storage::NewUrl row, const model::Url& url);
  ImportFate book(model::Settled settled, const ArchivedAnswer& answer, bool is_new);
  void discover(const model::Settled& settled);

  storage::PageStore& store_;
  ParseStage& parse_;
  SiteBook& sites_;
  const base::Clock& clock_;
  const Options options_;
  HostBook hosts_;
  storage::NextIds ids_;
  storage::CommitBatch batch_;
  std::size_t batch_bytes_ = 0;
  std::set<model::UrlId> in_batch_;  // touched by what is not durable yet
  std::uint64_t pages_ = 0;
  std::uint64_t found_ = 0;
};

}  // namespace crawld::pipeline
