#include "crawler/policy/settle.h"

#include <catch2/catch.hpp>

using namespace crawld;
using namespace crawld::policy;
using model::FetchFailureKind;
using model::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Mood = model::HostAdvice::Mood;

namespace {

const base::WallTime kNow = base::from_millis(1'700'000'000'000);

model::Parsed visit(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
  model::Response response{.status = status};
  for (auto& [name, value] : headers) response.headers.add(name, value);
  model::Parsed parsed{
      .fetched = {.lease = {.url_id = 1, .request = {.url = *model::Url::parse("http://a.test/")}},
                  .outcome = std::move(response),
                  .fetched_at = kNow},
      .page = model::NotParsed{}};
  if (status >= 200 && status < 300) {
    parsed.page = model::ParsedPage{.content_hash = std::string(32, 'a')};
  }
  return parsed;
}

model::Parsed broken(FetchFailureKind kind) {
  model::Parsed parsed = visit(200);
  parsed.fetched.outcome = model::FetchFailure{kind, "why"};
  parsed.page = model::NotParsed{};
  return parsed;
}

model::Request& request_of(model::Parsed& parsed) { return parsed.fetched.lease.request; }

}  // namespace

TEST_CASE("a daemon looks again at an address that was blocked and a redirect that led nowhere") {
  const SettlePolicy policy{.recurring = true};
  CHECK(settle(broken(FetchFailureKind::blocked_address), policy, kNow).due_at > kNow);
  CHECK_FALSE(settle(broken(FetchFailureKind::blocked_port), policy, kNow).due_at);
  model::Parsed nowhere = visit(302);
  CHECK(settle(nowhere, policy, kNow).due_at > kNow);
  nowhere.fetched.lease.request.redirects = policy.max_redirects;
  std::get<model::Response>(nowhere.fetched.outcome).headers.add("Location", "/next");
  CHECK(settle(nowhere, policy, kNow).due_at > kNow);
  CHECK_FALSE(settle(visit(302), {}, kNow).due_at);
}

TEST_CASE("each failure of a transfer is tried again, final, blocked, or no attempt at all") {
  const auto [kind, first, last] = GENERATE(table<FetchFailureKind, Verdict, Verdict>({
      {FetchFailureKind::dns, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::connect, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::timeout, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::too_slow, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::bad_response, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::truncated, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::empty_reply, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::reset, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::proxy, Verdict::retry_later, Verdict::failed},
      {FetchFailureKind::tls, Verdict::failed, Verdict::failed},
      {FetchFailureKind::too_large, Verdict::failed, Verdict::failed},
      {FetchFailureKind::blocked_address, Verdict::blocked, Verdict::blocked},
      {FetchFailureKind::blocked_port, Verdict::blocked, Verdict::blocked},
      {FetchFailureKind::blocked_scheme, Verdict::blocked, Verdict::blocked},
      {FetchFailureKind::aborted, Verdict::queued, Verdict::queued},
  }));
  CAPTURE(to_string(kind));
  CHECK(settle(broken(kind), {}, kNow).verdict == first);
  model::Parsed late = broken(kind);
  request_of(late).attempt = 3;
  const model::Settled settled = settle(std::move(late), {}, kNow);
  CHECK(settled.verdict == last);
  CHECK(settled.counts_attempt == (kind != FetchFailureKind::aborted));
  CHECK_FALSE(settled.store_page);
  CHECK_FALSE(settled.due_at);
}

TEST_CASE("each class of status has its verdict") {
  const auto [status, verdict] = GENERATE(table<int, Verdict>({
      {200, Verdict::done},
      {203, Verdict::done},
      {304, Verdict::failed},  // nobody asked on a condition
      {300, Verdict::failed},
      {400, Verdict::failed},
      {401, Verdict::failed},
      {403, Verdict::failed},
      {404, Verdict::gone},
      {410, Verdict::gone},
      {451, Verdict::failed},
      {501, Verdict::failed},
      {408, Verdict::retry_later},
      {425, Verdict::retry_later},
      {429, Verdict::retry_later},
      {500, Verdict::retry_later},
      {502, Verdict::retry_later},
      {503, Verdict::retry_later},
      {504, Verdict::retry_later},
      {520, Verdict::retry_later},
      {524, Verdict::retry_later},
      // RFC 9110 section 15: what nobody knows is the first of its class
      {509, Verdict::retry_later},
      {530, Verdict::retry_later},
      {599, Verdict::retry_later},
      {505, Verdict::failed},
      {511, Verdict::failed},
      {999, Verdict::failed},
  }));
  CAPTURE(status);
  const model::Settled settled = settle(visit(status), {}, kNow);
  CHECK(settled.verdict == verdict);
  CHECK(settled.store_page == (verdict == Verdict::done));
  if (verdict != Verdict::done) CHECK(settled.reason == "http_" + std::to_string(status));
}

TEST_CASE("a redirect needs a target and an end") {
  const int status = GENERATE(301, 302, 303, 307, 308);
  CHECK(settle(visit(status, {{"Location", "/x"}}), {}, kNow).verdict == Verdict::redirected);
  CHECK(settle(visit(status), {}, kNow).reason == "redirect_without_location");
  for (const char* nowhere : {"http://[zz/", "http://a.test:99999/"}) {
    const model::Settled settled = settle(visit(status, {{"Location", nowhere}}), {}, kNow);
    CHECK(settled.verdict == Verdict::failed);
    CHECK(settled.reason == "bad_redirect");
  }
  model::Parsed far = visit(status, {{"Location", "/x"}});
  request_of(far).redirects = 20;
  CHECK(settle(std::move(far), {}, kNow).verdict == Verdict::too_deep);
}

TEST_CASE("a redirect that HSTS made is no answer of the host and no redirect of the web") {
  model::Parsed upgraded = visit(307, {{"Location", "https://a.test/login?next=/"}});
  std::get<model::Response>(upgraded.fetched.outcome).by_hsts = true;
  upgraded.fetched.lease.request.redirects = SettlePolicy{}.max_redirects;
  const auto settled = settle(upgraded, {}, kNow);
  CHECK(settled.verdict == Verdict::redirected);
  CHECK(settled.reason == "hsts");
  CHECK(settled.change == model::Change::none);
  CHECK_FALSE(settled.advice.contacted);
  CHECK(settle(visit(307, {{"Location", "/x"}}), {}, kNow).advice.contacted);
}

TEST_CASE("304 to a conditional request and the same bytes again are both no news") {
  model::Parsed unchanged = visit(304);
  request_of(unchanged).validators.etag = "\"1\"";
  CHECK(settle(std::move(unchanged), {}, kNow).verdict == Verdict::not_modified);
  model::Parsed same = visit(200);
  request_of(same).history = {.visits = 1, .content_hash = std::string(32, 'a')};
  const model::Settled settled = settle(std::move(same), {}, kNow);
  CHECK(settled.verdict == Verdict::not_modified);
  CHECK_FALSE(settled.store_page);
}

TEST_CASE("the wait before a retry doubles and retries are counted") {
  const SettlePolicy policy{.retries = 3, .retry_delay = milliseconds(1'000)};
  for (std::uint16_t attempt = 0; attempt < 3; ++attempt) {
    model::Parsed parsed = visit(500);
    request_of(parsed).attempt = attempt;
    const model::Settled settled = settle(std::move(parsed), policy, kNow);
    CHECK(settled.verdict == Verdict::retry_later);
    CHECK(*settled.due_at - kNow == milliseconds(1'000 << attempt));
  }
  model::Parsed last = visit(500);
  request_of(last).attempt = 3;
  CHECK(settle(std::move(last), policy, kNow).verdict == Verdict::failed);
}

TEST_CASE("Retry-After lengthens the wait and a very long one gives the URL up") {
  const auto settled = [](const std::string& value) {
    return settle(visit(503, {{"Retry-After", value}}), {}, kNow);
  };
  CHECK(*settled("120").due_at - kNow == seconds(120));
  CHECK(*settled("0").due_at - kNow == seconds(1));
  CHECK(settled("301").verdict == Verdict::failed);
  CHECK(settled("301").reason == "retry_after_too_long");
  CHECK(*settled("soon").due_at - kNow == seconds(1));
}

TEST_CASE("Retry-After is read as seconds or as a date of any of three forms") {
  const base::WallTime then = base::from_millis(784'111'777'000);  // 6 Nov 1994, 08:49:37
  const base::WallTime before = then - seconds(60);
  CHECK(retry_after("60", before) == seconds(60));
  CHECK(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", before) == seconds(60));
  CHECK(retry_after("Sunday, 06-Nov-94 08:49:37 GMT", before) == seconds(60));
  CHECK(retry_after("Sun Nov  6 08:49:37 1994", before) == seconds(60));
  CHECK_FALSE(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", then + seconds(1)));
  CHECK_FALSE(retry_after("", before));
  CHECK_FALSE(retry_after("-5", before));
  CHECK_FALSE(retry_after("60 seconds", before));
  CHECK_FALSE(retry_after("1e3", before));
  // However long, it stays a time.
  CHECK(retry_after("99999999999999999999999", before) == std::chrono::hours(24 * 400));
  CHECK(retry_after("Fri, 31 Dec 9999 23:59:59 GMT", before) == std::chrono::hours(24 * 400));
  CHECK_FALSE(retry_after("-99999999999999999999999", before));
  CHECK_FALSE(retry_after("99999999999999999999999 years", before));
  CHECK(retry_after("9223372036854775807", before) == std::chrono::hours(24 * 400));
}

TEST_CASE("a parser that fails keeps the page, a broken body is fetched again") {
  const auto settled = [](model::ParseFailureKind kind) {
    model::Parsed parsed = visit(200);
    parsed.page = model::ParseFailure{kind, "why"};
    return settle(std::move(parsed), {}, kNow);
  };
  using model::ParseFailureKind;
  for (const ParseFailureKind kind :
       {ParseFailureKind::timeout, ParseFailureKind::crashed, ParseFailureKind::memory,
        ParseFailureKind::cpu, ParseFailureKind::unsupported, ParseFailureKind::too_large,
        ParseFailureKind::bad_reply}) {
    CHECK(settled(kind).verdict == Verdict::parse_error);
    CHECK(settled(kind).store_page);
    CHECK(settled(kind).reason == to_string(kind));
  }
  CHECK(settled(ParseFailureKind::bad_encoding).verdict == Verdict::retry_later);
}

TEST_CASE("a page for which no worker could be started stays queued, without an attempt") {
  model::Parsed parsed = visit(200);
  parsed.page = model::ParseFailure{model::ParseFailureKind::no_worker, "why"};
  const auto settled = settle(std::move(parsed), {}, kNow);
  CHECK(settled.verdict == Verdict::queued);
  CHECK_FALSE(settled.counts_attempt);
  CHECK_FALSE(settled.store_page);
}

TEST_CASE("the interval halves after news, grows by half without, and stays within its bounds") {
  SettlePolicy policy{.recurring = true};
  const auto interval = [&](seconds last, bool news) {
    model::Parsed parsed = visit(200);
    request_of(parsed).history = {
        .visits = 2, .interval = last, .content_hash = std::string(32, news ? 'b' : 'a')};
    return settle(std::move(parsed), policy, kNow).interval;
  };
  CHECK(interval(seconds(40'000), true) == seconds(20'000));
  CHECK(interval(seconds(40'000), false) == seconds(60'000));
  CHECK(interval(seconds(4'000), true) == policy.min_interval);
  CHECK(interval(policy.max_interval, false) == policy.max_interval);
}

TEST_CASE("a page of a scheduled site is due at the beat, whatever its last visit brought") {
  SettlePolicy policy{.recurring = true, .schedule = *config::Schedule::parse("every 1h")};
  const base::WallTime beat = policy.schedule.next(kNow);
  const base::WallTime just_after = beat - std::chrono::hours(1) + milliseconds(1);
  const int status = GENERATE(200, 404, 403);
  CHECK(settle(visit(status), policy, kNow).due_at == beat);
  CHECK(settle(visit(status), policy, just_after).due_at == beat);
  CHECK(settle(visit(status), policy, beat).due_at == beat + std::chrono::hours(1));
}

TEST_CASE("an answer that broke off in its body is what it says, and trouble with the host") {
  const auto cut = [](int status, std::pair<std::string, std::string> header) {
    model::Parsed parsed = visit(status, {std::move(header)});
    auto& response = std::get<model::Response>(parsed.fetched.outcome);
    response.truncated = response.broke_off = true;
    parsed.fetched.timings = {.first_byte = milliseconds(20), .total = seconds(60)};
    return parsed;
  };
  CHECK(settle(cut(302, {"Location", "/next"}), {}, kNow).verdict == Verdict::redirected);
  CHECK(settle(cut(404, {"X-A", "b"}), {}, kNow).verdict == Verdict::gone);
  const auto redirect = advise_host(cut(302, {"Location", "/next"}).fetched, {});
  CHECK(redirect.mood == Mood::trouble);
  CHECK(redirect.latency == milliseconds(20));
  const auto busy = advise_host(cut(503, {"Retry-After", "30"}).fetched, {});
  CHECK(busy.mood == Mood::throttle);
  CHECK(busy.retry_after == seconds(30));
  CHECK(advise_host(cut(500, {"X-A", "b"}).fetched, {}).mood == Mood::failing);
}

TEST_CASE("what name servers took is no measure of the host") {
  model::Parsed parsed = visit(200);
  parsed.fetched.timings = {.dns = seconds(61), .total = seconds(61) + milliseconds(30)};
  CHECK(advise_host(parsed.fetched, {}).latency == milliseconds(30));
}

TEST_CASE("a host that answers within a millisecond has a latency, too") {
  model::Parsed parsed = visit(200);
  parsed.fetched.timings = {.total = std::chrono::microseconds(400)};
  CHECK(advise_host(parsed.fetched, {}).latency == std::chrono::microseconds(400));
}

TEST_CASE("what had passed when a lease was taken up is not counted again from then") {
  model::Parsed parsed = visit(200);
  parsed.fetched.timings = {.dns = milliseconds(1),
                            .connect = milliseconds(3'010),
                            .tls = milliseconds(3'050),
                            .before_lease = milliseconds(3'000)};
  CHECK(advise_host(parsed.fetched, {}).setup == milliseconds(50));
}

TEST_CASE("the host hears of throttling and trouble, but not of our own doing") {
  const auto mood = [](model::Parsed parsed) { return advise_host(parsed.fetched, {}).mood; };
  CHECK(mood(visit(200)) == Mood::good);
  CHECK(mood(visit(404)) == Mood::good);
  CHECK(mood(visit(500)) == Mood::failing);
  CHECK(mood(visit(502)) == Mood::failing);
  CHECK(mood(visit(999)) == Mood::good);
  CHECK(mood(visit(429)) == Mood::throttle);
  CHECK(mood(visit(503)) == Mood::throttle);
  CHECK(mood(broken(FetchFailureKind::timeout)) == Mood::trouble);
  CHECK(mood(broken(FetchFailureKind::aborted)) == Mood::good);
  CHECK(mood(broken(FetchFailureKind::blocked_address)) == Mood::good);
  CHECK(advise_host(visit(429, {{"Retry-After", "30"}}).fetched, {}).retry_after == seconds(30));
  const auto tired = advise_host(visit(429, {{"Retry-After", "9999"}}).fetched, {});
  CHECK(tired.retry_after == seconds(0));
  CHECK(tired.long_rest == seconds(9'999));
  const auto for_ever = advise_host(visit(429, {{"Retry-After", "1000000000000"}}).fetched, {});
  CHECK(for_ever.long_rest == std::chrono::hours(24));
}

TEST_CASE("only the body of a 2xx goes to the parser") {
  CHECK(wants_parser(visit(200).fetched));
  CHECK(wants_parser(visit(206).fetched));
  CHECK_FALSE(wants_parser(visit(301).fetched));
  CHECK_FALSE(wants_parser(visit(404).fetched));
  CHECK_FALSE(wants_parser(broken(FetchFailureKind::dns).fetched));
}

TEST_CASE("what was wrong with a sitemap that came is told, and it is done all the same") {
  const auto [kind, error, cut, reason] =
      GENERATE(table<model::SitemapKind, std::string, bool, std::string>({
          {model::SitemapKind::urlset, "", false, ""},
          {model::SitemapKind::urlset, "cut off", false, "sitemap_broken"},
          {model::SitemapKind::text, "", true, "sitemap_broken"},
          {model::SitemapKind::none, "no sitemap, feed or list of URLs", false, "no_sitemap"},
      }));
  model::Parsed parsed = visit(200);
  request_of(parsed).purpose = model::Purpose::sitemap;
  std::get<model::Response>(parsed.fetched.outcome).truncated = cut;
  std::get<model::ParsedPage>(parsed.page).sitemap = {.kind = kind, .error = error};
  const model::Settled settled = settle(parsed, {}, kNow);
  CHECK(settled.verdict == Verdict::done);
  CHECK(settled.reason == reason);
}
