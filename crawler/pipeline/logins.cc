#include "crawler/pipeline/logins.h"

#include <algorithm>
#include <utility>

#include "crawler/base/escape.h"
#include "crawler/base/log.h"

namespace crawld::pipeline {
namespace {

using base::Instant;
using model::Verdict;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Accounts are locked after a few wrong passwords within minutes.
constexpr minutes kFirstRest{5};
constexpr minutes kLongestRest{6 * 60};
constexpr seconds kFirstRetry{2};  // after a failure of the moment
constexpr std::uint32_t kMostRetries = 3;
constexpr std::uint64_t kFewGood = 10;  // answers: a session of fewer was brief
constexpr seconds kFirstGap{10};        // between two logins, after a brief session
constexpr minutes kLongestGap{60};
constexpr std::uint32_t kMostBrief = 5;   // sessions in a row, for a crawl that has an end
constexpr std::uint32_t kSeveral = 5;     // signs in a row, after one login that was needless
constexpr std::uint32_t kMostSigns = 40;  // after many
constexpr minutes kTrial{2};              // for the URL that showed the end to come again
constexpr seconds kAfterTrial{5};         // others that show one meanwhile are asked again then

template <class Unit, class Most>
base::Duration doubled(Unit first, std::uint32_t times, Most most) {
  return std::min<base::Duration>(first * (1LL << std::min(times, 20U)), most);
}

bool same_login(const policy::LoginPlan& a, const policy::LoginPlan& b) {
  return a.url.href() == b.url.href() && a.fields == b.fields && a.form == b.form;
}

std::string seconds_text(base::Duration time) {
  return std::to_string(std::chrono::ceil<seconds>(time).count()) + " s";
}

// It was not the server's word on this URL: it is asked again once there is a session.
void put_back(model::Settled& settled, base::WallTime now) {
  settled.verdict = Verdict::retry_later;
  settled.reason = "login_expired";
  settled.due_at = now;
  settled.interval = seconds{0};
  settled.change = model::Change::none;
  settled.store_page = false;
  settled.counts_attempt = false;
  settled.discovered.clear();
}

}  // namespace

std::string_view to_string(LoginState state) {
  switch (state) {
    case LoginState::out:
      return "not logged in";
    case LoginState::under_way:
      return "logging in";
    case LoginState::in:
      return "logged in";
    case LoginState::resting:
      return "failed, tried again later";
    case LoginState::given_up:
      return "given up";
  }
  return "not logged in";
}

Logins::Logins(frontier::LocalFrontier& frontier, SiteBook& sites, const base::Clock& clock,
               bool recurring, HostOf host_of)
    : frontier_(frontier),
      sites_(sites),
      clock_(clock),
      recurring_(recurring),
      host_of_(std::move(host_of)) {}

void Logins::take_up_sites() {
  const auto table = sites_.table();
  for (model::SiteId site = 0; site < table->size(); ++site) {
    const SiteRules& rules = *(*table)[site];
    Session* known = find(site);
    if (!rules.login) {
      if (known != nullptr) {
        if (known->state == LoginState::under_way) strays_.insert(site);
        forget(site);
        frontier_.hold_for_login(site, false);
      }
      continue;
    }
    // Whoever corrected a password waits for no rest to be over; a session goes on.
    if (known != nullptr && same_login(known->plan, *rules.login)) {
      known->plan = *rules.login;
      continue;
    }
    const bool under_way =
        known != nullptr ? known->state == LoginState::under_way : strays_.erase(site) > 0;
    forget(site);
    // The step that is out ends first, and says nothing of the new values.
    Session& fresh =
        sessions_
            .emplace(site, Session{.site = site,
                                   .state = under_way ? LoginState::under_way : LoginState::out,
                                   .plan = *rules.login,
                                   .name = rules.name})
            .first->second;
    fresh.superseded = under_way;
    ++count(fresh.state);
    move_to(fresh, fresh.state);
    frontier_.hold_for_login(site, true);
  }
}

Logins::Session* Logins::find(model::SiteId site) {
  const auto found = sessions_.find(site);
  return found == sessions_.end() ? nullptr : &found->second;
}

std::size_t& Logins::count(LoginState state) { return in_state_[static_cast<std::size_t>(state)]; }

void Logins::move_to(Session& session, LoginState state) {
  --count(session.state);
  ++count(state);
  session.state = state;
  moved_.insert(session.site);
  untold_.insert(session.site);
}

void Logins::forget(model::SiteId site) {
  Session* session = find(site);
  if (session == nullptr) return;
  leave_line(*session);
  --count(session->state);
  untold_.insert(site);
  sessions_.erase(site);
}

void Logins::leave_line(Session& session) {
  if (session.in_line) line_.erase({*session.in_line, session.site});
  session.in_line.reset();
}

void Logins::put_in_line(Session& session) {
  leave_line(session);
  const bool idle = session.state == LoginState::out || session.state == LoginState::resting;
  if (!idle || !frontier_.wants_login(session.site)) return;
  session.in_line = session.again;
  line_.emplace(session.again, session.site);
}

void Logins::turn() {
  if (sessions_.empty()) return;
  for (const model::SiteId site : frontier_.take_login_wishes()) moved_.insert(site);
  for (const model::SiteId site : std::exchange(moved_, {})) {
    if (Session* session = find(site)) put_in_line(*session);
  }
  const Instant now = clock_.now();
  while (!line_.empty() && line_.begin()->first <= now) {
    Session& session = *find(line_.begin()->second);
    leave_line(session);
    begin(session);
  }
}

std::optional<Instant> Logins::next_turn() const {
  return line_.empty() ? std::nullopt : std::optional(line_.begin()->first);
}

void Logins::begin(Session& session) {
  move_to(session, LoginState::under_way);
  session.note.clear();
  base::log::debug("login.begins", {{"site", session.name}, {"url", session.plan.url.href()}});
  frontier_.log_in(host_of_(session.plan.url, session.site),
                   {.site = session.site,
                    .url = session.plan.url,
                    .purpose = model::Purpose::login_form,
                    .hops = 0,
                    .attempt = static_cast<std::uint16_t>(session.failures),
                    .post = nullptr});
}

void Logins::add(const LoginReply& reply) {
  const model::SiteId site = reply.fetched.lease.request.site;
  Session* session = find(site);
  if (is_stray(site, session)) return;
  if (!reply.note.empty()) session->note = reply.note;
  switch (reply.outcome) {
    case LoginOutcome::goes_on:
      return frontier_.log_in(host_of_(reply.next->url, site), *reply.next);
    case LoginOutcome::in:
      return enter(*session);
    case LoginOutcome::no_form:
      // Who was logged in, or brought cookies, and is not asked to log in still is: the sign was
      // wrong. If not, its pages will tell, and the note says what was amiss.
      if (session->sessions == 0 && !session->plan.brings_cookies) {
        return refuse(*session, reply.why);
      }
      session->note = reply.why;
      return enter(*session);
    case LoginOutcome::refused:
      return refuse(*session, reply.why);
    case LoginOutcome::failed:
      return fail(*session, reply);
    case LoginOutcome::aborted:
      return move_to(*session, LoginState::out);
  }
}

// The end of a step that is of no login any more: a reload took it away, or changed it.
bool Logins::is_stray(model::SiteId site, Session* session) {
  if (session == nullptr) {
    strays_.erase(site);
    return true;
  }
  if (!std::exchange(session->superseded, false)) return false;
  move_to(*session, LoginState::out);
  return true;
}

void Logins::enter(Session& session) {
  move_to(session, LoginState::in);
  session.since = clock_.now();
  session.failures = session.signs = 0;
  session.good = 0;
  session.why.clear();
  ++session.sessions;
  base::log::info("login.done", {{"site", session.name}, {"sessions", session.sessions}});
  frontier_.hold_for_login(session.site, false);
}

void Logins::fail(Session& session, const LoginReply& reply) {
  if (session.failures >= kMostRetries) return refuse(session, reply.why);
  if (!recurring_ && reply.wait > session.plan.max_retry_after) {
    return refuse(session, reply.why + ", with a wait of " + seconds_text(reply.wait) +
                               ", longer than max_retry_after");
  }
  rest(session,
       std::max<base::Duration>(doubled(kFirstRetry, session.failures, kLongestRest),
                                std::min<base::Duration>(reply.wait, kLongestRest)),
       reply.why);
  ++session.failures;
}

void Logins::rest(Session& session, base::Duration time, const std::string& why) {
  move_to(session, LoginState::resting);
  session.again = clock_.now() + time;
  session.why = why;
  base::log::warn("login.failed", {{"site", session.name},
                                   {"url", session.plan.url.href()},
                                   {"why", why},
                                   {"again_in", seconds_text(time)}});
}

void Logins::refuse(Session& session, const std::string& reason) {
  const std::string why = session.note.empty() ? reason : reason + "; " + session.note;
  session.failures = 0;
  session.why = why;
  const std::string next =
      recurring_
          ? "tried again in " + seconds_text(doubled(kFirstRest, session.refusals, kLongestRest))
          : "no page of the site is fetched";
  base::log::error(
      "login.refused",
      {{"site", session.name}, {"url", session.plan.url.href()}, {"why", why}, {"next", next}});
  move_to(session, recurring_ ? LoginState::resting : LoginState::given_up);
  session.again = clock_.now() + doubled(kFirstRest, session.refusals, kLongestRest);
  ++session.refusals;
}

void Logins::refused(const frontier::Refusal& refusal) {
  Session* session = find(refusal.site);
  if (is_stray(refusal.site, session)) return;
  refuse(*session, refusal.reason);
  // The host says until when it is closed.
  if (refusal.until) session->again = std::max(session->again, *refusal.until);
}

void Logins::judge(model::Settled& settled) {
  if (sessions_.empty()) return;
  const model::Lease& lease = settled.parsed.fetched.lease;
  Session* session = find(lease.request.site);
  const auto* response = settled.parsed.fetched.response();
  if (session == nullptr || response == nullptr || response->by_hsts) return;
  const bool of_session = session->state == LoginState::in && lease.leased_at >= session->since;
  if (settled.session_over.empty()) {
    if (of_session) count_good(*session, settled);
    return;
  }
  if (!of_session) return put_back(settled, clock_.wall());
  switch (meaning_of(*session, settled)) {
    case Meaning::over:
      leave(*session, settled);
      return put_back(settled, clock_.wall());
    case Meaning::not_known_yet:
      return put_back(settled, clock_.wall() + kAfterTrial);
    case Meaning::not_over:
      return;
    case Meaning::fruitless:
      frontier_.hold_for_login(lease.request.site, true);
      give_up_fruitless(*session, settled);
      return put_back(settled, clock_.wall());
  }
}

void Logins::count_good(Session& session, const model::Settled& settled) {
  ++session.good;
  session.signs = 0;
  if (settled.parsed.fetched.lease.url_id == session.ended_by) {
    session.on_trial = false;
    session.needless = 0;
  }
  const int status = settled.parsed.fetched.response()->status;
  const auto* page = std::get_if<model::ParsedPage>(&settled.parsed.page);
  // A redirect or "not found" comes before many a login as well.
  const bool is_proof =
      (status >= 200 && status < 300 && (page == nullptr || !page->asks_password)) || status == 304;
  if (!is_proof) return;
  session.proven = true;
  session.refusals = 0;
}

void Logins::give_up_fruitless(Session& session, const model::Settled& settled) {
  const model::Url& url = settled.parsed.fetched.lease.request.url;
  refuse(session, base::printable(url.origin() + std::string(url.path())) + " shows \"" +
                      std::string(settled.session_over) +
                      "\" as before, and no page was had; are the values right? login.success can "
                      "tell at once");
}

Logins::Meaning Logins::meaning_of(Session& session, const model::Settled& settled) {
  const model::Request& request = settled.parsed.fetched.lease.request;
  const bool is_first_witness = settled.parsed.fetched.lease.url_id == session.ended_by;
  if (is_first_witness && std::exchange(session.on_trial, false)) {
    ++session.needless;
    session.brief = 0;  // the session before had not ended
    base::log::info(
        "login.needless",
        {{"site", session.name}, {"url", request.url.href()}, {"sign", settled.session_over}});
    return session.proven ? Meaning::not_over : Meaning::not_known_yet;
  }
  if (!session.proven && session.needless > 0) {
    const bool waits = !is_first_witness && clock_.now() - session.since < kTrial;
    return waits ? Meaning::not_known_yet : Meaning::fruitless;
  }
  if (is_first_witness) return Meaning::not_over;
  if (session.on_trial && clock_.now() - session.since < kTrial) return Meaning::not_known_yet;
  ++session.signs;
  if (session.needless == 0) return Meaning::over;
  const std::uint32_t enough = std::min(kMostSigns, kSeveral << std::min(session.needless - 1, 8U));
  return session.signs >= enough ? Meaning::over : Meaning::not_over;
}

void Logins::leave(Session& session, const model::Settled& settled) {
  const model::Lease& lease = settled.parsed.fetched.lease;
  session.brief = session.good < kFewGood ? session.brief + 1 : 0;
  session.ended_by = lease.url_id;
  session.on_trial = true;
  base::log::info("login.over", {{"site", session.name},
                                 {"url", lease.request.url.href()},
                                 {"sign", settled.session_over},
                                 {"answers", session.good}});
  frontier_.hold_for_login(session.site, true);
  if (!recurring_ && session.brief > kMostBrief) {
    return refuse(
        session, "sessions end at once: the last by \"" + std::string(settled.session_over) + "\"");
  }
  move_to(session, LoginState::out);
  session.again = clock_.now();
  if (session.brief > 0) session.again += doubled(kFirstGap, session.brief - 1, kLongestGap);
}

bool Logins::all_given_up() const {
  const auto has = [&](LoginState state) { return in_state_[static_cast<std::size_t>(state)] > 0; };
  return has(LoginState::given_up) && !has(LoginState::under_way) && !has(LoginState::resting) &&
         line_.empty();
}

Logins::Changes Logins::take_changes() {
  Changes changes;
  for (const model::SiteId site : std::exchange(untold_, {})) {
    std::optional<LoginStatus>& now = changes[site];
    if (const Session* session = find(site)) {
      now = {.site = session->name,
             .state = session->state,
             .why = session->why,
             .sessions = session->sessions,
             .next = session->again};
    }
  }
  return changes;
}

}  // namespace crawld::pipeline
