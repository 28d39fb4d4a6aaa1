#include "crawler/pipeline/parse_stage.h"

#include <ctime>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/pipeline/login_step.h"
#include "crawler/pipeline/robots_step.h"
#include "crawler/pipeline/site_index.h"
#include "crawler/policy/admit.h"
#include "crawler/policy/registrable_domain.h"
#include "crawler/policy/settle.h"
#include "parsers/bytes/pack.h"
#include "storage/bodies/dictionary_shelf.h"

namespace crawld::pipeline {
namespace {

using model::BodyCodec;
using model::ParseFailureKind;

// A thread that has no more to do than a page in such a time has time to pack it well.
constexpr std::chrono::milliseconds kUnhurried{50};

static_assert(storage::DictionaryShelf::kMost <= parsers::Packer::kMostDictionaries,
              "a worker keeps as many dictionaries as there may be in use");

// Of one page. More are a list that was made for machines; each costs half a KiB on its way.
constexpr std::uint32_t kMostLinks = 50'000;

parsers::ParseHeaders headers_for_parser(const model::Headers& headers) {
  return {.content_type = headers.joined("Content-Type"),
          .content_encoding = headers.joined("Content-Encoding"),
          .content_language = std::string(headers.get("Content-Language")),
          .link = headers.joined("Link"),
          .refresh = std::string(headers.get("Refresh")),
          .x_robots_tag = headers.lines("X-Robots-Tag"),
          .tdm_reservation = std::string(headers.get("tdm-reservation")),
          .content_signal = headers.joined("Content-Signal")};
}

bool failed_with(const model::ParseOutcome& outcome, ParseFailureKind kind) {
  const auto* failure = std::get_if<model::ParseFailure>(&outcome);
  return failure != nullptr && failure->kind == kind;
}

// The worker died of this page; another one may fare better, once.
bool killed_worker(const model::ParseOutcome& outcome) {
  const auto* failure = std::get_if<model::ParseFailure>(&outcome);
  if (failure == nullptr) return false;
  switch (failure->kind) {
    case ParseFailureKind::timeout:
    case ParseFailureKind::crashed:
    case ParseFailureKind::memory:
    case ParseFailureKind::cpu:
    case ParseFailureKind::bad_reply:
      return true;
    case ParseFailureKind::unsupported:
    case ParseFailureKind::bad_encoding:
    case ParseFailureKind::too_large:
    case ParseFailureKind::no_worker:
      return false;
  }
  return false;
}

bool is_login(model::Purpose purpose) {
  return purpose == model::Purpose::login_form || purpose == model::Purpose::login_answer;
}

// Of a step of the login nothing is kept. No value that is filled in reaches the worker.
void set_login_job(model::Purpose purpose, const policy::LoginPlan& login, parsers::ParseJob& job) {
  if (!is_login(purpose)) {
    job.marker = login.expired.css;
    return;
  }
  job.wants = {.packed_body = false};
  job.rule_set = 0;
  job.marker = login.success.css;
  job.form = login.form;
}

model::KeptBody kept_body(model::ParsedPage& packed) {
  return {.content_hash = std::move(packed.content_hash),
          .body_size = packed.body_size,
          .packed_body = std::move(packed.packed_body)};
}

int year_of(base::WallTime wall) {
  const auto seconds = static_cast<std::time_t>(base::to_millis(wall) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts.tm_year + 1900;
}

}  // namespace

std::optional<Unread> unread(CommitItem& item) {
  if (auto* settled = std::get_if<model::Settled>(&item)) {
    const auto* failure = std::get_if<model::ParseFailure>(&settled->parsed.page);
    if (failure == nullptr || failure->kind != ParseFailureKind::no_worker) return std::nullopt;
    return Unread{settled->parsed.fetched, failure->detail};
  }
  if (auto* login = std::get_if<LoginReply>(&item)) {
    if (login->outcome != LoginOutcome::aborted || login->fetched.response() == nullptr) {
      return std::nullopt;
    }
    return Unread{login->fetched, login->why};
  }
  auto* reply = std::get_if<RobotsReply>(&item);
  if (reply == nullptr || !reply->aborted || reply->fetched.response() == nullptr) {
    return std::nullopt;
  }
  return Unread{reply->fetched, reply->outcome};
}

model::Fetched* killed_its_reader(CommitItem& item) {
  auto* settled = std::get_if<model::Settled>(&item);
  if (settled == nullptr || !killed_worker(settled->parsed.page)) return nullptr;
  return &settled->parsed.fetched;
}

const SiteRules& ParseStage::rules_of(const SiteTable& table, const model::Fetched& fetched) const {
  static const SiteRules kNoRules = [] {
    auto scope = policy::ScopeRules::compile({});
    return SiteRules{.name = {},
                     .config = {},
                     .scope = *std::move(scope),
                     .canonicalizer = policy::Canonicalizer({}),
                     .login = {}};
  }();
  const model::SiteId site = fetched.lease.request.site;
  return site < table.size() ? *table[site] : kNoRules;
}

const std::string& ParseStage::agent_of(const SiteRules& rules) const {
  return rules.robots_agent.empty() ? options_.robots_agent : rules.robots_agent;
}

CommitItem ParseStage::step(model::Fetched fetched, Look look, const model::Fetched* next) {
  const auto table = sites_.table();
  recent_.judge_by(table);
  const SiteRules& rules = rules_of(*table, fetched);
  const bool announced = next_.url != 0 && next_.url == fetched.lease.url_id;
  now_ = announced ? std::move(next_) : choose_dictionary(fetched);
  const base::Instant begun = clock_.now();
  const base::Instant last = std::exchange(begun_, begun);
  now_.unhurried = !announced && next == nullptr && begun - last >= kUnhurried;
  next_ = next == nullptr ? Chosen() : choose_dictionary(*next);
  std::optional<parsers::ParseJob> next_job;
  if (next != nullptr && policy::wants_parser(*next)) {
    next_job = job_for(*next, rules_of(*table, *next), next_);
    if (policy::wants_parser(fetched)) parser_.announce(&*next_job);
  }
  if (fetched.lease.request.purpose == model::Purpose::robots) {
    // The whole host waits for it.
    model::ParseOutcome body = parse(fetched, rules, Look::both);
    return read_robots(std::move(fetched), body,
                       {.agent = agent_of(rules),
                        .retries = options_.robots_retries,
                        .max_retry_after = rules.config.max_retry_after,
                        .sitemaps = rules.config.sitemaps},
                       clock_.now(), clock_.wall());
  }
  if (is_login(fetched.lease.request.purpose)) return read_login_step(std::move(fetched), rules);
  return settle_page(std::move(fetched), rules, look);
}

CommitItem ParseStage::read_login_step(model::Fetched fetched, const SiteRules& rules) {
  // A reload took the login away meanwhile.
  if (!rules.login) {
    fetched.outcome = model::FetchFailure{model::FetchFailureKind::aborted, "no login any more"};
    return LoginReply{.fetched = std::move(fetched)};
  }
  const model::ParseOutcome body = parse(fetched, rules, Look::both);
  return read_login(std::move(fetched), body, *rules.login, clock_.wall());
}

model::ParseOutcome ParseStage::parse(const model::Fetched& fetched, const SiteRules& rules,
                                      Look look) {
  if (!policy::wants_parser(fetched)) return model::NotParsed{};
  parsers::ParseJob job = job_for(fetched, rules, now_);
  model::ParseOutcome outcome = ask(std::move(job), look);
  auto* page = std::get_if<model::ParsedPage>(&outcome);
  if (page != nullptr && page->packed_with_dictionary) {
    page->packed_body.dictionary = now_.dictionary;
  }
  return outcome;
}

ParseStage::Chosen ParseStage::choose_dictionary(const model::Fetched& fetched) const {
  const model::Lease& lease = fetched.lease;
  if (!options_.dictionary_of || lease.request.purpose != model::Purpose::page) return {};
  return {lease.url_id, options_.dictionary_of(lease.host_id)};
}

// Needs: wants_parser(fetched).
parsers::ParseJob ParseStage::job_for(const model::Fetched& fetched, const SiteRules& rules,
                                      const Chosen& chosen) const {
  const model::Response& response = *fetched.response();
  const model::Request& request = fetched.lease.request;
  parsers::ParseJob job{.url = request.url.href(),
                        .purpose = request.purpose,
                        .headers = headers_for_parser(response.headers),
                        .body = response.body,
                        .truncated = response.truncated,
                        .wants = rules.wants,
                        .rule_set = rules.rule_set,
                        .max_decoded_size = options_.max_decoded_size,
                        .max_links = kMostLinks,
                        .known_hash = request.history.content_hash,
                        .robots_agent = agent_of(rules)};
  if (request.purpose == model::Purpose::robots) {
    job.wants = {.packed_body = false, .raw_body = true};
    job.rule_set = 0;
  } else if (rules.login) {
    set_login_job(request.purpose, *rules.login, job);
  }
  if (job.wants.packed_body) {
    job.dictionary = chosen.dictionary;
    job.wants.repack = chosen.unhurried && chosen.dictionary != nullptr;
  }
  return job;
}

model::ParseOutcome ParseStage::ask(parsers::ParseJob job, Look look) {
  job.fresh_worker = look == Look::second;
  model::ParseOutcome outcome = parser_.parse(job, clock_.now() + options_.timeout);
  if (!killed_worker(outcome)) return outcome;
  const auto& failure = std::get<model::ParseFailure>(outcome);
  base::log::warn("parse.killed", {{"url", job.url},
                                   {"kind", to_string(failure.kind)},
                                   {"detail", failure.detail},
                                   {"look", look == Look::second ? 2 : 1}});
  if (look == Look::first) return outcome;
  if (look == Look::both) {
    model::ParseOutcome second = parser_.parse(job, clock_.now() + options_.timeout);
    const auto* none = std::get_if<model::ParseFailure>(&second);
    const bool looked = none == nullptr || none->kind != ParseFailureKind::no_worker;
    if (looked) outcome = std::move(second);
  }
  if (killed_worker(outcome)) keep_body(job, std::get<model::ParseFailure>(outcome));
  return outcome;
}

// A page that kills its readers is stored all the same, for a better reader: a third worker
// decodes and packs it, and reads nothing.
void ParseStage::keep_body(parsers::ParseJob job, model::ParseFailure& failure) {
  if (!job.wants.packed_body) return;
  model::ParseOutcome outcome = pack(std::move(job));
  if (auto* packed = std::get_if<model::ParsedPage>(&outcome)) failure.body = kept_body(*packed);
}

// Decodes and packs the body, and reads nothing.
model::ParseOutcome ParseStage::pack(parsers::ParseJob job) {
  job.wants = {.reading = false};
  job.rule_set = 0;
  model::ParseOutcome outcome = parser_.parse(job, clock_.now() + options_.timeout);
  auto* packed = std::get_if<model::ParsedPage>(&outcome);
  if (packed != nullptr && packed->kept_as_sent) {
    packed->packed_body = {BodyCodec::gzip, std::string(job.body)};
  }
  return outcome;
}

// A body whose coding is another than its headers say is kept as it came.
void ParseStage::keep_answer(model::Parsed& parsed, const SiteRules& rules) {
  const bool keeps = rules.config.store_body && rules.config.store_answers;
  if (!keeps || !policy::is_answer_without_page(parsed.fetched)) return;
  auto& response = std::get<model::Response>(parsed.fetched.outcome);
  parsers::ParseJob job = job_for(parsed.fetched, rules, {});
  job.known_hash.clear();
  if (job.body.empty()) job.headers.content_encoding.clear();
  model::ParseOutcome outcome = pack(job);
  if (failed_with(outcome, ParseFailureKind::bad_encoding)) {
    job.headers.content_encoding.clear();
    outcome = pack(job);
  }
  if (failed_with(outcome, ParseFailureKind::no_worker)) {
    parsed.page = std::move(outcome);
    return;
  }
  if (const auto* failure = std::get_if<model::ParseFailure>(&outcome)) {
    base::log::warn(
        "answer.not_kept",
        {{"url", job.url}, {"kind", to_string(failure->kind)}, {"detail", failure->detail}});
  }
  auto* packed = std::get_if<model::ParsedPage>(&outcome);
  parsed.answer = packed == nullptr ? model::KeptBody() : kept_body(*packed);
  response.body_size = response.body.size();
  response.body.clear();
}

CommitItem ParseStage::settle_page(model::Fetched fetched, const SiteRules& rules, Look look) {
  model::Parsed parsed{.fetched = std::move(fetched)};
  parsed.page = parse(parsed.fetched, rules, look);
  // What the worker read is kept in its own form; the raw bytes only where it read nothing.
  const auto* failure = std::get_if<model::ParseFailure>(&parsed.page);
  const bool packed = failure != nullptr && !failure->body.packed_body.empty();
  if (std::holds_alternative<model::NotParsed>(parsed.page)) keep_answer(parsed, rules);
  auto* page = std::get_if<model::ParsedPage>(&parsed.page);
  if (packed || page != nullptr) {
    auto& response = std::get<model::Response>(parsed.fetched.outcome);
    response.body_size = response.body.size();
    std::string sent = std::exchange(response.body, {});
    if (page != nullptr && page->kept_as_sent) {
      page->packed_body = {BodyCodec::gzip, std::move(sent)};
    }
  }
  model::Settled settled = policy::settle(std::move(parsed), rules.settle, clock_.wall());
  const policy::AdmitRules admit_rules{.scope = rules.scope,
                                       .canonicalizer = rules.canonicalizer,
                                       .follow = rules.follow,
                                       .forbidden_address = options_.forbidden_address,
                                       .this_year = year_of(clock_.wall()),
                                       .recent = recent_};
  if (rules.login) settled.session_over = policy::session_over(settled.parsed, *rules.login);
  // A page that asks for the login leads nowhere else.
  if (!settled.session_over.empty()) return settled;
  settled.discovered = policy::admit(settled, admit_rules);
  follow_moved_seed(settled);
  hand_over(settled, *sites_.table(), *sites_.index(), admit_rules.this_year);
  return settled;
}

// A seed that moved within its own domain (example.org to www.example.org) takes the
// site's scope along; one that points elsewhere does not.
void ParseStage::follow_moved_seed(model::Settled& settled) {
  const model::Lease& lease = settled.parsed.fetched.lease;
  // Only seeds and what they were redirected to stand at depth 0.
  if (settled.verdict != model::Verdict::redirected || lease.request.depth != 0 ||
      settled.discovered.empty()) {
    return;
  }
  model::Discovered& target = settled.discovered.front();
  if (target.state != model::Verdict::out_of_scope || target.reason != "scope") return;
  if (policy::registrable_domain_or_host(target.url) !=
      policy::registrable_domain_or_host(lease.request.url)) {
    return;
  }
  sites_.add_seeds(lease.request.site, {&target.url, 1});
  target.state = model::Verdict::queued;
  target.reason.clear();
}

}  // namespace crawld::pipeline
