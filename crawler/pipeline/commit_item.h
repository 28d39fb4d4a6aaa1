// What may arrive at the commit stage.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "crawler/frontier/frontier.h"
#include "crawler/frontier/host_queue.h"
#include "crawler/model/settlement.h"
#include "crawler/pipeline/login_step.h"
#include "crawler/pipeline/receipts.h"

namespace crawld::pipeline {

// What was learnt of a host's robots.txt.
struct RobotsReply {
  model::Fetched fetched;
  bool aborted = false;                    // nothing was learnt
  frontier::HostRobots robots;             // what holds from now on, unless one of these is set:
  std::optional<model::Url> follow;        // a redirect to ask next (RFC 9309 section 2.3.1.2)
  std::optional<base::Instant> ask_again;  // unreachable: not before this moment
  std::string text;                        // as decoded, for its history; empty: none
  std::vector<model::Url> sitemaps;        // that it names
  bool usual_sitemap = false;              // it names none: try the usual place
  std::string outcome;                     // for the fetch log
};

// Whether a URL that is known and settled is fetched once more.
enum class AskAgain : std::uint8_t {
  no,
  where_it_failed,  // or its robots.txt refused it, once nothing else waits
  yes
};

// A URL from outside: a seed, `crawld add`, a URL list.
struct Injection {
  model::Url url;
  model::SiteId site = 0;
  model::Verdict state = model::Verdict::queued;
  std::string reason;
  model::Purpose purpose = model::Purpose::page;
  AskAgain again = AskAgain::no;
  std::string metadata;  // JSON object; empty: none
};

struct Refusals {
  std::vector<frontier::Refusal> all;
};

struct Injections {
  std::vector<Injection> all;
  // A further portion of the list that the last ones were of: what was decided for it then holds.
  bool goes_on = false;
  Receipt stored;
};

// The configuration was reloaded: names of all sites, by SiteId, and those that it left out.
struct SiteNames {
  std::vector<std::string> all;
  std::set<model::SiteId> left;
};

// What a look for orphans found (pipeline/orphans.h).
struct OrphanNews {
  std::vector<model::UrlId> orphaned;
  std::vector<model::UrlId> adopted;  // orphans that are linked to again
  std::vector<model::UrlId> ended;    // orphans that stand no more, or are asked for no more

  bool empty() const { return orphaned.empty() && adopted.empty() && ended.empty(); }
};

// A change hook has taken everything up to this change.
struct HookProgress {
  std::string hook;
  std::uint64_t last_id = 0;
};

// A person paused a site, or resumed it.
struct PauseNews {
  std::string site;                     // empty: the whole crawl
  std::optional<base::WallTime> since;  // nothing: it goes on
  Receipt stored;
};

// After a reload: URLs about which the new rules say something else than the old ones did.
struct Rejudgement {
  model::UrlId id = 0;
  model::Verdict verdict = model::Verdict::out_of_scope;  // queued: it may be fetched now
  std::string reason;
  std::optional<model::SiteId> site;  // that it belongs to from now on
  // What is asked for in its place; null: itself. Few have one, and there may be millions; shared,
  // so that judgements can be copied.
  std::shared_ptr<const model::Url> renamed_to;
};
struct Rejudgements {
  std::deque<Rejudgement> all;  // may be as many as there are URLs, and goes as it is entered
  std::string scope;            // what they were judged by, see storage::CommitBatch
};

using CommitItem = std::variant<model::Settled, RobotsReply, LoginReply, Refusals, Injections,
                                SiteNames, OrphanNews, HookProgress, PauseNews, Rejudgements>;

}  // namespace crawld::pipeline
