// One turn of a parse thread: a fetched response in, its settlement out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "crawler/base/clock.h"
#include "crawler/pipeline/commit_item.h"
#include "crawler/pipeline/site_rules.h"
#include "crawler/policy/recent_links.h"
#include "parsers/parser.h"

namespace crawld::pipeline {

// How often a page that kills its worker is read: once, for the caller to come back with it; the
// second time after that, by a fresh worker; or both at once.
enum class Look : std::uint8_t { first, second, both };

// Threads: one a parse thread; the parser is its own.
class ParseStage {
 public:
  struct Options {
    std::chrono::milliseconds timeout{5'000};
    std::uint64_t max_decoded_size = 32U << 20;
    std::string robots_agent = "crawld";
    std::uint32_t robots_retries = 2;  // before an unreachable robots.txt means "no"
    std::function<bool(const model::Url&)> forbidden_address;
    // What bodies of a host's pages are packed with, at the moment; none: without.
    std::function<std::shared_ptr<const model::BodyDictionary>(model::HostId)> dictionary_of;
  };

  ParseStage(parsers::Parser& parser, SiteBook& sites, const base::Clock& clock, Options options)
      : parser_(parser), sites_(sites), clock_(clock), options_(std::move(options)) {}

  // Blocks for three parse deadlines at most, and for what converters take. After a first
  // look, see killed_its_reader(). `next`: what will be handed in after it, if that is known.
  CommitItem step(model::Fetched fetched, Look look = Look::both,
                  const model::Fetched* next = nullptr);

 private:
  const std::string& agent_of(const SiteRules& rules) const;
  const SiteRules& rules_of(const SiteTable& table, const model::Fetched& fetched) const;
  struct Chosen {
    model::UrlId url = 0;
    std::shared_ptr<const model::BodyDictionary> dictionary;
    bool unhurried = false;  // few pages come: there is time to pack it well
  };
  Chosen choose_dictionary(const model::Fetched& fetched) const;
  parsers::ParseJob job_for(const model::Fetched& fetched, const SiteRules& rules,
                            const Chosen& chosen) const;
  model::ParseOutcome parse(const model::Fetched& fetched, const SiteRules& rules, Look look);
  model::ParseOutcome ask(parsers::ParseJob job, Look look);
  void keep_body(parsers::ParseJob job, model::ParseFailure& failure);
  model::ParseOutcome pack(parsers::ParseJob job);
  void keep_answer(model::Parsed& parsed, const SiteRules& rules);
  CommitItem read_login_step(model::Fetched fetched, const SiteRules& rules);
  CommitItem settle_page(model::Fetched fetched, const SiteRules& rules, Look look);
  void follow_moved_seed(model::Settled& settled);

  parsers::Parser& parser_;
  SiteBook& sites_;
  const base::Clock& clock_;
  const Options options_;
  policy::RecentLinks recent_;
  base::Instant begun_{};  // the page in hand
  Chosen now_;             // for the page in hand
  Chosen next_;  // for the one that was announced: with another one it would be another job
};

// What came back as it went in because no parse worker could be started.
struct Unread {
  model::Fetched& fetched;  // inside the item
  std::string why;
};
// Nothing when somebody had a look. Hand `fetched` in again later, or commit the item: its URL
// stays queued then.
std::optional<Unread> unread(CommitItem& item);

// After a first look: the page whose worker died, inside the item, whole. Null when none did.
// Step again with it (Look::second) and drop the item.
model::Fetched* killed_its_reader(CommitItem& item);

}  // namespace crawld::pipeline
