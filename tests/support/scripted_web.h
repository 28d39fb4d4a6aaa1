// A web that a test writes: a Fetcher whose hosts answer what they are told to.
//
// What is not scripted answers 404; robots.txt too, so that everything is allowed.
// Keeps a log of all requests with the clock's time. Threads: one.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "crawler/base/clock.h"
#include "crawler/fetch/fetcher.h"

namespace crawld::tests {

class ManualClock final : public base::Clock {
 public:
  base::Instant now() const override { return now_; }
  base::WallTime wall() const override {
    return base::from_millis(1'700'000'000'000) +
           std::chrono::duration_cast<std::chrono::milliseconds>(now_ - kStart) + wall_set_by_;
  }
  base::Duration asleep() const override { return asleep_; }
  // The machine is suspended, and wakes up.
  void sleep(std::chrono::milliseconds time) {
    asleep_ += time;
    wall_set_by_ += time;
  }
  // Somebody sets the wall clock; the steady one goes on.
  void set_wall(std::chrono::milliseconds by) { wall_set_by_ += by; }
  void advance(base::Duration time) { now_ += time; }
  void advance_to(base::Instant then) {
    if (then > now_) now_ = then;
  }
  std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_ - kStart);
  }

 private:
  static constexpr base::Instant kStart{std::chrono::hours(1)};
  base::Instant now_ = kStart;
  std::chrono::milliseconds wall_set_by_{0};
  base::Duration asleep_{0};
};

struct Answer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {{"Content-Type", "text/html"}};
  bool truncated = false;
};

struct SeenRequest {
  std::chrono::milliseconds at;
  std::string url;
  model::Validators validators;
  std::string post;  // the body of a POST; empty: a GET
};

class ScriptedWeb final : public fetch::Fetcher {
 public:
  explicit ScriptedWeb(ManualClock& clock) : clock_(clock) {}

  void page(const std::string& url, const std::string& html) { answers_[url] = {{.body = html}}; }
  void answer(const std::string& url, Answer answer) { answers_[url] = {std::move(answer)}; }
  // One after the other; the last one stays.
  void answers(const std::string& url, std::deque<Answer> all) { answers_[url] = std::move(all); }
  void redirect(const std::string& url, const std::string& to, int status = 301) {
    answer(url, {.status = status, .body = {}, .headers = {{"Location", to}}});
  }
  void robots(const std::string& host, const std::string& text) {
    answer("http://" + host + "/robots.txt",
           {.body = text, .headers = {{"Content-Type", "text/plain"}}});
  }
  void fail(const std::string& url, model::FetchFailureKind kind) { failures_[url] = kind; }
  void heal(const std::string& url) { failures_.erase(url); }
  void fail_host(const std::string& origin, model::FetchFailureKind kind) {
    failing_hosts_[origin] = kind;
  }
  void heal_host(const std::string& origin) { failing_hosts_.erase(origin); }
  // What answers URLs that are not scripted, instead of 404.
  void otherwise(std::function<Answer(const std::string& url)> answer) {
    otherwise_ = std::move(answer);
  }
  // How long each transfer takes on the clock.
  void latency(std::chrono::milliseconds time) { latency_ = time; }

  std::optional<std::string> address_of(const model::Lease&) override { return "192.0.2.1"; }
  model::Fetched fetch(model::Lease lease) override;
  void abort() override { aborted_ = true; }

  const std::vector<SeenRequest>& log() const { return log_; }
  std::size_t count(const std::string& url) const;
  // Without robots.txt.
  std::vector<std::string> pages() const;
  // When the host was asked, robots.txt included.
  std::vector<std::chrono::milliseconds> times(const std::string& host) const;

 private:
  Answer next_answer(const std::string& url);

  ManualClock& clock_;
  std::map<std::string, std::deque<Answer>> answers_;
  std::function<Answer(const std::string&)> otherwise_;
  std::map<std::string, model::FetchFailureKind> failures_;
  std::map<std::string, model::FetchFailureKind> failing_hosts_;
  std::chrono::milliseconds latency_{0};
  bool aborted_ = false;
  std::vector<SeenRequest> log_;
};

// A page with these links.
std::string links(const std::vector<std::string>& targets);

}  // namespace crawld::tests
