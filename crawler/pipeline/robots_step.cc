#include "crawler/pipeline/robots_step.h"

#include <algorithm>

#include "crawler/policy/settle.h"
#include "crawler/robots/lifetime.h"
#include "crawler/robots/rules.h"

namespace crawld::pipeline {
namespace {

using model::FetchFailureKind;
using model::Verdict;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint16_t kMostHops = 5;  // RFC 9309 section 2.3.1.2
constexpr hours kKeep{24};              // section 2.4: at most 24 hours
constexpr hours kKeepUnreachable{1};    // then ask again
constexpr milliseconds kFirstWait{1'000};
constexpr milliseconds kLongestWait{60'000};

std::string unreachable_because(const std::string& what) {
  return "robots.txt unreachable: " + what;
}

class RobotsReading {
 public:
  RobotsReading(model::Fetched fetched, const RobotsStepOptions& options, base::Instant now,
                base::WallTime wall)
      : reply_{.fetched = std::move(fetched)}, options_(options), now_(now), wall_(wall) {}

  RobotsReply read(const model::ParseOutcome& body) {
    if (const auto* failure = reply_.fetched.failure()) {
      read_failure(*failure);
    } else {
      read_response(*reply_.fetched.response(), body);
    }
    find_usual_sitemap();
    return std::move(reply_);
  }

 private:
  const model::Request& request() const { return reply_.fetched.lease.request; }

  void keep(base::Duration time) { reply_.robots.expires = now_ + time; }

  void allow_all(std::string outcome) {
    reply_.outcome = std::move(outcome);
    keep(kKeep);
  }

  void refuse_all(Verdict verdict, std::string why, base::Duration time = kKeepUnreachable) {
    reply_.robots.refuse_all = verdict;
    reply_.robots.why = std::move(why);
    keep(time);
  }

  // Unreachable: ask again a few times, then assume "no" (section 2.3.1.4).
  void unreachable(const std::string& what, Verdict verdict, std::optional<milliseconds> asked) {
    reply_.outcome = what;
    const milliseconds at_least = asked.value_or(milliseconds(0));
    if (request().attempt < options_.retries && at_least <= options_.max_retry_after) {
      const milliseconds wait = kFirstWait * (1 << std::min<int>(request().attempt, 6));
      reply_.ask_again = now_ + std::max(std::min(kLongestWait, wait), at_least);
      return;
    }
    refuse_all(verdict, verdict == Verdict::failed ? what : unreachable_because(what),
               std::clamp<base::Duration>(at_least, kKeepUnreachable, kKeep));
  }

  void read_failure(const model::FetchFailure& failure) {
    const std::string kind(to_string(failure.kind));
    switch (failure.kind) {
      case FetchFailureKind::aborted:
        reply_.aborted = true;
        return;
      case FetchFailureKind::blocked_address:
      case FetchFailureKind::blocked_port:
      case FetchFailureKind::blocked_scheme:
        reply_.outcome = kind;
        // The page's own request would be refused the same way: it is booked so.
        if (request().redirects == 0) return refuse_all(Verdict::blocked, kind);
        return refuse_all(Verdict::disallowed, "robots.txt redirects to a " + kind);
      case FetchFailureKind::dns:
      case FetchFailureKind::connect:
      case FetchFailureKind::tls:
      case FetchFailureKind::proxy:
        // No page of the host could be had either: that is the better name for it.
        return unreachable(kind, Verdict::failed, {});
      case FetchFailureKind::timeout:
      case FetchFailureKind::too_slow:
      case FetchFailureKind::too_large:
      case FetchFailureKind::bad_response:
      case FetchFailureKind::truncated:
      case FetchFailureKind::empty_reply:
      case FetchFailureKind::reset:
        return unreachable(kind, Verdict::disallowed, {});
    }
  }

  void read_response(const model::Response& response, const model::ParseOutcome& body) {
    const int status = response.status;
    const std::string code = "http_" + std::to_string(status);
    if (status == 206 && response.truncated) {
      unreachable(code, Verdict::disallowed, {});  // the rule that matters may be in the rest
    } else if (status >= 200 && status < 300) {
      read_body(body, robots::lifetime(response.headers.joined("Cache-Control")));
    } else if (status >= 300 && status < 400) {
      follow(response.headers.get("Location"), code);
    } else if (status >= 400 && status < 500 && status != 429) {
      allow_all(code);
    } else {
      unreachable(code, Verdict::disallowed,
                  policy::retry_after(response.headers.get("Retry-After"), wall_));
    }
  }

  void follow(std::string_view location, const std::string& code) {
    const auto target = request().url.resolve(location);
    // Too many hops, or nowhere to go: unavailable, so everything is allowed.
    if (location.empty() || !target || !target->crawlable() || request().redirects >= kMostHops) {
      return allow_all(code);
    }
    reply_.outcome = "redirected";
    reply_.follow = target->without_fragment();
  }

  void find_usual_sitemap() {
    const bool settled = !reply_.aborted && !reply_.follow && !reply_.ask_again;
    reply_.usual_sitemap = settled && !reply_.robots.refuse_all && reply_.sitemaps.empty() &&
                           options_.sitemaps == config::Sitemaps::usual;
  }

  void read_body(const model::ParseOutcome& body, base::Duration lifetime) {
    if (const auto* failure = std::get_if<model::ParseFailure>(&body)) {
      if (failure->kind == model::ParseFailureKind::no_worker) {
        reply_.aborted = true;
        reply_.outcome = failure->detail;
        return;
      }
      return unreachable(std::string(to_string(failure->kind)), Verdict::disallowed, {});
    }
    const auto* page = std::get_if<model::ParsedPage>(&body);
    if (page == nullptr) return allow_all("done");
    const robots::Rules rules = robots::Rules::parse(page->body);
    reply_.robots.rules = rules.rules_for(options_.agent);
    reply_.text = page->body;
    reply_.outcome = "done";
    keep(lifetime);
    if (options_.sitemaps == config::Sitemaps::off) return;
    for (const std::string& text : rules.sitemaps()) {
      auto url = request().url.resolve(text);
      if (url && url->crawlable()) reply_.sitemaps.push_back(url->without_fragment());
    }
  }

  RobotsReply reply_;
  const RobotsStepOptions& options_;
  const base::Instant now_;
  const base::WallTime wall_;
};

}  // namespace

RobotsReply read_robots(model::Fetched fetched, const model::ParseOutcome& body,
                        const RobotsStepOptions& options, base::Instant now, base::WallTime wall) {
  return RobotsReading(std::move(fetched), options, now, wall).read(body);
}

int status_to_keep(const RobotsReply& reply) {
  const auto* response = reply.fetched.response();
  if (response == nullptr) return 0;
  const bool says_so = refuses(response->status) == reply.robots.refuse_all.has_value();
  return says_so ? response->status : 0;
}

bool refuses(int status) { return status == 0 || status == 429 || status >= 500; }

std::optional<frontier::HostRobots> restore_robots(std::string_view text, int status,
                                                   std::string_view agent, base::Instant expires) {
  if (status == 0) return std::nullopt;
  frontier::HostRobots robots;
  robots.expires = expires;
  if (status >= 200 && status < 300) {
    robots.rules = robots::Rules::parse(text).rules_for(agent);
  } else if (refuses(status)) {
    robots.refuse_all = Verdict::disallowed;
    robots.why = unreachable_because("http_" + std::to_string(status));
  }
  return robots;
}

}  // namespace crawld::pipeline
