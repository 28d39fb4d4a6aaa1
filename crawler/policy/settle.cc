#include "crawler/policy/settle.h"

#include <algorithm>
#include <charconv>

#include "crawler/base/ascii.h"
#include "crawler/model/content_signal.h"
#include "crawler/policy/compare.h"
#include "crawler/policy/http_date.h"
#include "crawler/policy/soft_errors.h"

namespace crawld::policy {
namespace {

using model::Change;
using model::FetchFailureKind;
using model::ParseFailureKind;
using model::Verdict;

constexpr std::chrono::hours kLongestRest{24};  // of a whole host, whatever it asks for

enum class Cure : std::uint8_t { none, retry };

Cure cure_of(FetchFailureKind kind) {
  switch (kind) {
    case FetchFailureKind::dns:
    case FetchFailureKind::connect:
    case FetchFailureKind::timeout:
    case FetchFailureKind::too_slow:
    case FetchFailureKind::bad_response:
    case FetchFailureKind::truncated:
    case FetchFailureKind::empty_reply:
    case FetchFailureKind::reset:
    case FetchFailureKind::proxy:
      return Cure::retry;
    case FetchFailureKind::tls:  // a bad certificate does not heal in seconds
    case FetchFailureKind::too_large:
    case FetchFailureKind::blocked_address:
    case FetchFailureKind::blocked_port:
    case FetchFailureKind::blocked_scheme:
    case FetchFailureKind::aborted:
      return Cure::none;
  }
  return Cure::none;
}

bool is_blocked(FetchFailureKind kind) {
  return kind == FetchFailureKind::blocked_address || kind == FetchFailureKind::blocked_port ||
         kind == FetchFailureKind::blocked_scheme;
}

// Statuses that may be different the next time. RFC 9110 section 15: one that nobody
// knows is the first of its class, so 530 is as good as 500.
bool is_transient(int status) {
  switch (status) {
    case 408:
    case 425:
    case 429:
      return true;
    case 501:  // does not know the method
    case 505:  // nor the version
    case 506:  // negotiates in a circle
    case 507:
    case 508:
    case 510:
    case 511:  // a login page of the network stands before it
      return false;
    default:
      return status >= 500 && status < 600;
  }
}

// The signal by which a page opts out of one of these uses, or empty.
std::string_view opt_out(const model::ParsedPage& page, const std::vector<std::string>& uses) {
  constexpr std::string_view kSignal = "content-signal:";
  const bool learns = std::any_of(uses.begin(), uses.end(),
                                  [](const std::string& use) { return use.starts_with("ai-"); });
  for (const std::string& directive : page.robots) {
    if (directive == "tdm-reservation" && !uses.empty()) return directive;
    if ((directive == "noai" || directive == "noimageai") && learns) return directive;
    if (!directive.starts_with(kSignal)) continue;
    const std::string signal = directive.substr(kSignal.size());
    if (!model::refused_use({&signal, 1}, uses).empty()) return directive;
  }
  return {};
}

bool is_permanent_redirect(int status) { return status == 301 || status == 308; }
bool is_gone(int status) { return status == 404 || status == 410; }

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

class Settlement {
 public:
  Settlement(model::Parsed parsed, const SettlePolicy& policy, base::WallTime now)
      : settled_{.parsed = std::move(parsed)}, policy_(policy), now_(now) {}

  model::Settled decide() {
    const model::Fetched& fetched = settled_.parsed.fetched;
    settled_.advice = advise_host(fetched, policy_);
    if (const auto* failure = fetched.failure()) {
      decide_failure(*failure);
    } else {
      decide_response(*fetched.response());
    }
    return std::move(settled_);
  }

 private:
  const model::Request& request() const { return settled_.parsed.fetched.lease.request; }

  void end(Verdict verdict, std::string reason) {
    settled_.verdict = verdict;
    settled_.reason = std::move(reason);
  }
  // What is so today need not be so for ever: a daemon looks again.
  void end_for_now(Verdict verdict, std::string reason) {
    end(verdict, std::move(reason));
    if (policy_.recurring) settled_.due_at = next_visit(policy_.default_interval);
  }

  void retry_or(Verdict last, std::string reason, std::optional<milliseconds> asked = {}) {
    if (request().attempt >= policy_.retries) {
      end(last, std::move(reason));
      if (policy_.recurring) settled_.due_at = after_outage(asked.value_or(milliseconds{0}));
      return;
    }
    if (asked && *asked > policy_.max_retry_after) {
      end(last, "retry_after_too_long");
      if (policy_.recurring)
        settled_.due_at = now_ + std::min<milliseconds>(*asked, policy_.max_interval);
      return;
    }
    const milliseconds back_off =
        policy_.retry_delay * (1LL << std::min<unsigned>(request().attempt, 16));
    settled_.due_at = now_ + std::max(back_off, asked.value_or(milliseconds{0}));
    end(Verdict::retry_later, std::move(reason));
  }

  void decide_failure(const model::FetchFailure& failure) {
    const std::string kind(to_string(failure.kind));
    if (failure.kind == FetchFailureKind::aborted) {
      settled_.counts_attempt = false;
      end(Verdict::queued, {});
    } else if (is_blocked(failure.kind)) {
      // A name may lead elsewhere tomorrow; a port and a scheme stay what they are.
      const bool stays = failure.kind != FetchFailureKind::blocked_address;
      stays ? end(Verdict::blocked, kind) : end_for_now(Verdict::blocked, kind);
    } else if (cure_of(failure.kind) == Cure::retry) {
      retry_or(Verdict::failed, kind);
    } else {
      end_for_now(Verdict::failed, kind);
    }
  }

  void decide_response(const model::Response& response) {
    const int status = response.status;
    const std::string code = "http_" + std::to_string(status);
    if (nobody_looked()) {
      settled_.counts_attempt = false;
      end(Verdict::queued, {});
    } else if (status == 304 && !request().validators.empty()) {
      visited(Verdict::not_modified, same_again());
    } else if (is_redirect(status)) {
      decide_redirect(response);
    } else if (is_gone(status)) {
      const bool news = was_page() && !is_gone(request().history.status);
      visited(Verdict::gone, news ? Change::gone : Change::none);
      settled_.reason = code;
    } else if (is_transient(status)) {
      retry_or(Verdict::failed, code, retry_after(response.headers.get("Retry-After"), now_));
    } else if (status >= 200 && status < 300) {
      decide_page();
    } else {
      end_for_now(Verdict::failed, code);
    }
  }

  bool nobody_looked() const {
    const auto* failure = std::get_if<model::ParseFailure>(&settled_.parsed.page);
    return failure != nullptr && failure->kind == ParseFailureKind::no_worker;
  }

  // RFC 9110 section 15.4. The target becomes a URL of its own; see policy/admit.
  void decide_redirect(const model::Response& response) {
    if (response.headers.get("Location").empty()) {
      end_for_now(Verdict::failed, "redirect_without_location");
      return;
    }
    if (!request().url.resolve(response.headers.get("Location"))) {
      end_for_now(Verdict::failed, "bad_redirect");
      return;
    }
    if (request().redirects >= policy_.max_redirects && !response.by_hsts) {
      end_for_now(Verdict::too_deep, "max_redirects");
      return;
    }
    const bool login =
        policy_.soft_errors && !response.by_hsts && leads_to_login(request(), response);
    const bool moved = is_permanent_redirect(response.status) && !login && was_page() &&
                       !is_permanent_redirect(request().history.status);
    visited(Verdict::redirected, moved ? Change::moved : Change::none);
    settled_.reason = response.by_hsts ? "hsts"
                      : login          ? "login_wall"
                                       : "http_" + std::to_string(response.status);
  }

  // There is a good version, whatever the last visit said.
  bool was_page() const { return !request().history.content_hash.empty(); }

  // The content is that of the last good version: no news, unless it was away meanwhile.
  Change same_again() const {
    const int last = request().history.status;
    return is_gone(last) || is_permanent_redirect(last) ? Change::changed : Change::unchanged;
  }

  void decide_page() {
    if (const auto* failure = std::get_if<model::ParseFailure>(&settled_.parsed.page)) {
      // A body that came broken may come whole; one that breaks the parser will not change.
      const std::string kind(to_string(failure->kind));
      if (failure->kind == ParseFailureKind::bad_encoding) {
        retry_or(Verdict::failed, kind);
        return;
      }
      visited(Verdict::parse_error, Change::none);
      settled_.reason = kind;
      settled_.store_page = request().history.visits == 0;
      return;
    }
    const auto* page = std::get_if<model::ParsedPage>(&settled_.parsed.page);
    if (page == nullptr) {
      visited(Verdict::skipped, Change::none);
      const std::string_view type = settled_.parsed.fetched.response()->headers.get("Content-Type");
      settled_.reason =
          "content_type " + std::string(type.substr(0, std::min<std::size_t>(type.find(';'), 100)));
      return;
    }
    if (const std::string_view signal = opt_out(*page, policy_.opt_out_uses); !signal.empty()) {
      visited(Verdict::disallowed, Change::none);
      settled_.reason = "opt_out " + std::string(signal);
      return;
    }
    if (was_page() && request().history.content_hash == page->content_hash) {
      visited(Verdict::not_modified, same_again());
      return;
    }
    settled_.compared = compared_print(*page, policy_.compare);
    if (was_page() && settled_.compared != 0 && settled_.compared == request().history.compared) {
      visited(Verdict::not_modified, same_again());
      return;
    }
    const std::string_view soft =
        policy_.soft_errors ? soft_error(request(), *page) : std::string_view();
    if (!soft.empty() && was_page()) {
      end(Verdict::failed, std::string(soft));
      if (policy_.recurring) settled_.due_at = next_visit(next_interval(Change::none));
      return;
    }
    visited(Verdict::done, was_page() ? Change::changed : Change::first_seen);
    settled_.reason = request().purpose == model::Purpose::sitemap ? fault_of(*page) : soft;
    settled_.store_page = request().purpose == model::Purpose::page;
  }

  std::string_view fault_of(const model::ParsedPage& page) const {
    if (page.sitemap.kind == model::SitemapKind::none) return "no_sitemap";
    const bool cut = settled_.parsed.fetched.response()->truncated;
    return cut || !page.sitemap.error.empty() ? "sitemap_broken" : "";
  }

  void visited(Verdict verdict, Change change) {
    end(verdict, {});
    // What a sitemap says anew sets its own beat, and is no change of a page.
    settled_.change = request().purpose == model::Purpose::page ? change : Change::none;
    if (policy_.recurring) {
      settled_.interval = next_interval(change);
      settled_.due_at = next_visit(settled_.interval);
    }
  }

  // Longer by half after a visit without news, shorter by a half after one with news
  // (the shape of Nutch's AdaptiveFetchSchedule), between min and max.
  seconds next_interval(Change change) const {
    if (!policy_.schedule.continuous()) {
      return std::chrono::ceil<seconds>(policy_.schedule.next(now_) - now_);
    }
    const seconds last = request().history.interval.count() > 0 ? request().history.interval
                                                                : policy_.default_interval;
    seconds next = last;
    if (policy_.adaptive && request().history.visits > 0) {
      const bool news = change == Change::changed || change == Change::moved;
      next = news ? last / 2 : last * 3 / 2;
    }
    return std::clamp(next, policy_.min_interval, policy_.max_interval);
  }

  // An outage mostly ends in hours: soon, then half as often each time, at its usual time at the
  // latest.
  base::WallTime after_outage(milliseconds asked) const {
    const unsigned before = request().attempt - policy_.retries;
    const milliseconds wait = policy_.min_interval * (1LL << std::min(before, 16U));
    return std::min(now_ + std::max(wait, std::min<milliseconds>(asked, policy_.max_interval)),
                    next_visit(policy_.default_interval));
  }

  base::WallTime next_visit(seconds interval) const { return next_look(policy_, interval, now_); }

  model::Settled settled_;
  const SettlePolicy& policy_;
  const base::WallTime now_;
};

}  // namespace

// On the beat, and not a part of a second before it: it would be visited at the beat again.
base::WallTime next_look(const SettlePolicy& policy, seconds interval, base::WallTime now) {
  return policy.schedule.continuous() ? now + interval : policy.schedule.next(now);
}

model::HostAdvice advise_host(const model::Fetched& fetched, const SettlePolicy& policy) {
  using Mood = model::HostAdvice::Mood;
  model::HostAdvice advice;
  if (const auto* failure = fetched.failure()) {
    const bool ours = failure->kind == FetchFailureKind::aborted || is_blocked(failure->kind);
    advice.mood = ours ? Mood::good : Mood::trouble;
    return advice;
  }
  const model::Response& response = *fetched.response();
  advice.contacted = !response.by_hsts;
  if (response.by_hsts) return advice;
  const model::Timings& timings = fetched.timings;
  // How long we waited for the end of a body that has none is no measure of the host, nor is what
  // name servers took.
  const auto ended = response.broke_off ? timings.first_byte : timings.total;
  advice.latency = ended - std::min(ended, timings.dns);
  const auto set_up = std::max({timings.dns, timings.connect, timings.tls, timings.before_lease});
  advice.setup = set_up - timings.before_lease;
  const bool throttles = response.status == 429 || response.status == 503;
  if (!throttles && (response.status < 500 || response.status > 599)) {
    if (response.broke_off) advice.mood = Mood::trouble;
    return advice;
  }
  advice.mood = throttles ? Mood::throttle : Mood::failing;
  advice.another_attempt = fetched.lease.request.attempt > 0;
  if (!throttles) return advice;
  const auto asked = retry_after(response.headers.get("Retry-After"), fetched.fetched_at);
  if (!asked) return advice;
  if (*asked <= policy.max_retry_after) {
    advice.retry_after = *asked;
  } else {
    advice.long_rest = std::min<milliseconds>(*asked, kLongestRest);
  }
  return advice;
}

model::Settled settle(model::Parsed parsed, const SettlePolicy& policy, base::WallTime now) {
  return Settlement(std::move(parsed), policy, now).decide();
}

std::optional<milliseconds> retry_after(std::string_view value, base::WallTime now) {
  constexpr milliseconds kLongest = std::chrono::hours(400 * 24);
  const bool digits =
      !value.empty() && std::all_of(value.begin(), value.end(), base::is_ascii_digit);
  if (digits) {
    std::int64_t seconds_asked = 0;
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), seconds_asked);
    const bool fits = error == std::errc() && seconds_asked < kLongest / std::chrono::seconds(1);
    return fits ? std::chrono::seconds(seconds_asked) : kLongest;
  }
  const auto date = parse_http_date(value);
  if (!date || *date <= now) return std::nullopt;
  return std::min(*date - now, kLongest);
}

bool wants_parser(const model::Fetched& fetched) {
  const model::Response* response = fetched.response();
  if (response == nullptr) return false;
  return response->status >= 200 && response->status < 300 && !response->unwanted;
}

bool is_answer_without_page(const model::Fetched& fetched) {
  const model::Response* response = fetched.response();
  if (response == nullptr || response->by_hsts) return false;
  return fetched.lease.request.purpose == model::Purpose::page && response->status >= 300 &&
         response->status != 304;
}

}  // namespace crawld::policy
