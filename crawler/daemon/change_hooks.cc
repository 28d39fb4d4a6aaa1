#include "crawler/daemon/change_hooks.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <set>
#include <utility>

#include "crawler/base/log.h"
#include "crawler/base/mutex.h"
#include "crawler/base/thread.h"
#include "crawler/daemon/exec_hook.h"
#include "crawler/fetch/http_post.h"
#include "storage/reports/changes.h"

namespace crawld::daemon {
namespace {

using base::Error;
using base::Status;
using std::chrono::milliseconds;

constexpr const char* kWebhook = "webhook";
constexpr const char* kExec = "exec";
constexpr std::size_t kMostChanges = 100;  // of a delivery
constexpr milliseconds kLongestBackOff{300'000};
constexpr std::size_t kStack = 512U << 10;

struct Delivery {
  std::uint64_t id = 0;  // of its last change
  std::string body;
};
using Deliver = std::function<Status(const Delivery&, const std::stop_token&)>;

Deliver webhook(const ChangeHooks::Setup& setup, fetch::AddressGuard guard) {
  return [hooks = setup.hooks, user_agent = setup.user_agent, &resolver = setup.resolver,
          guard = std::move(guard)](const Delivery& delivery,
                                    const std::stop_token& stop) -> Status {
    fetch::PostRequest request{.url = hooks.webhook,
                               .user_agent = user_agent,
                               .headers = {{"Content-Type", "application/json"},
                                           {"X-Crawld-Delivery", std::to_string(delivery.id)}},
                               .body = delivery.body,
                               .timeout = hooks.timeout};
    if (!hooks.secret.empty()) {
      request.headers.emplace_back("X-Crawld-Signature", signature(hooks.secret, delivery.body));
    }
    const fetch::PostAnswer answer = fetch::http_post(request, guard, resolver, stop);
    if (answer.taken()) return base::Done{};
    return Error{Error::Code::io, answer.status != 0
                                      ? "it answered with status " + std::to_string(answer.status)
                                      : answer.why};
  };
}

Deliver program(const config::Hooks& hooks) {
  return [hooks](const Delivery& delivery, const std::stop_token& stop) {
    // The line feed is the sign that nothing is missing: a kill of ours ends the pipe anywhere.
    return run_with_stdin(hooks.exec, delivery.body + "\n", hooks.timeout, stop);
  };
}

}  // namespace

class ChangeHooks::Hook {
 public:
  Hook(std::string name, Deliver deliver, const Setup& setup)
      : name_(std::move(name)),
        deliver_(std::move(deliver)),
        wanted_(setup.hooks.changes.begin(), setup.hooks.changes.end()),
        database_(setup.database),
        clock_(setup.clock),
        remember_(setup.remember),
        look_every_(setup.look_every),
        first_back_off_(setup.first_back_off) {
    status_.name = name_;
  }

  ~Hook() {
    stop_.request_stop();
    {
      base::MutexLock lock(mutex_);  // it has either seen the stop, or waits to be woken
    }
    woken_.notify_all();
    thread_.join();
  }

  Status find_place() {
    auto reader = storage::Database::open_reader(database_);
    if (!reader) return std::move(reader).error();
    reader_ = *std::move(reader);
    const auto stored = storage::hook_cursor(*reader_, name_);
    if (!stored) return stored.error();
    if (*stored) {
      cursor_ = **stored;
    } else {
      const auto last = storage::last_change(*reader_);
      if (!last) return last.error();
      cursor_ = *last;
      remember_(name_, cursor_);
    }
    return base::Done{};
  }

  Status start() {
    auto thread = base::Thread::start("hook-" + name_, kStack, [this] { run(); });
    if (!thread) return std::move(thread).error();
    thread_ = *std::move(thread);
    return base::Done{};
  }

  HookStatus status() const {
    base::MutexLock lock(mutex_);
    return status_;
  }

  void finish_soon() {
    {
      base::MutexLock lock(mutex_);
      finishing_ = true;
    }
    woken_.notify_all();
  }
  // True when all was told before `until`.
  bool wait_finished(base::Instant until) {
    base::MutexLock lock(mutex_);
    while (!finished_) {
      if (!woken_.wait_until(mutex_, until)) break;
    }
    return finished_;
  }

 private:
  void run() {
    bool last = false;
    while (!stop_.stop_requested() && !last) {
      const bool finishing = is_finishing();  // before the look that may be the last
      const auto slice = storage::read_changes(*reader_, cursor_, kMostChanges, wanted_);
      if (!slice) {
        fail(slice.error().message);
        sleep(look_every_);
        continue;
      }
      if (!slice->changes.empty() && !hand_over(*slice)) return;
      if (slice->last_id != cursor_) {
        cursor_ = slice->last_id;
        remember_(name_, cursor_);
      }
      last = finishing && !slice->more;
      if (!slice->more && !last) rest();
    }
    {
      base::MutexLock lock(mutex_);
      finished_ = last;
    }
    woken_.notify_all();
  }

  // Tries until it is taken. False when we are told to stop.
  bool hand_over(const storage::ChangeSlice& slice) {
    const Delivery delivery{.id = slice.last_id, .body = body_of(slice)};
    for (milliseconds pause = first_back_off_;; pause = std::min(pause * 2, kLongestBackOff)) {
      const Status taken = deliver_(delivery, stop_.get_token());
      if (taken) {
        succeed(slice.changes.size());
        return true;
      }
      if (stop_.stop_requested()) return false;
      fail(taken.error().message);
      base::log::warn("hook.failed", {{"hook", name_},
                                      {"delivery", delivery.id},
                                      {"why", taken.error().message},
                                      {"again_in_ms", pause.count()}});
      sleep(pause);
      if (stop_.stop_requested()) return false;
    }
  }

  std::string body_of(const storage::ChangeSlice& slice) const {
    std::string body = "{\"delivery\":" + std::to_string(slice.last_id) + ",\"sent_at\":\"" +
                       base::to_iso8601(clock_.wall()) + "\",\"changes\":[";
    for (std::size_t i = 0; i < slice.changes.size(); ++i) {
      body += (i > 0 ? "," : "") + slice.changes[i];
    }
    return body + "]}";
  }

  void sleep(milliseconds time) {
    const base::Instant until = std::chrono::steady_clock::now() + time;
    base::MutexLock lock(mutex_);
    while (!stop_.stop_requested()) {
      if (!woken_.wait_until(mutex_, until)) return;
    }
  }

  // Until the next look; not while it is to finish.
  void rest() {
    const base::Instant until = std::chrono::steady_clock::now() + look_every_;
    base::MutexLock lock(mutex_);
    while (!stop_.stop_requested() && !finishing_) {
      if (!woken_.wait_until(mutex_, until)) return;
    }
  }
  bool is_finishing() const {
    base::MutexLock lock(mutex_);
    return finishing_;
  }

  void succeed(std::size_t changes) {
    base::MutexLock lock(mutex_);
    status_.delivered += changes;
    status_.problem.clear();
  }
  void fail(const std::string& why) {
    base::MutexLock lock(mutex_);
    ++status_.failures;
    status_.problem = why;
  }

  const std::string name_;
  const Deliver deliver_;
  const std::set<std::string> wanted_;
  const std::string database_;
  const base::Clock& clock_;
  const std::function<void(const std::string&, std::uint64_t)> remember_;
  const milliseconds look_every_;
  const milliseconds first_back_off_;
  std::unique_ptr<storage::Database> reader_;  // the thread's, once it runs
  std::uint64_t cursor_ = 0;                   // likewise
  std::stop_source stop_;

  mutable base::Mutex mutex_;
  base::CondVar woken_;
  bool finishing_ CRAWL_GUARDED_BY(mutex_) = false;
  bool finished_ CRAWL_GUARDED_BY(mutex_) = false;
  HookStatus status_ CRAWL_GUARDED_BY(mutex_);
  base::Thread thread_;
};

std::vector<std::string> hook_names(const config::Hooks& hooks) {
  std::vector<std::string> names;
  if (!hooks.webhook.empty()) names.emplace_back(kWebhook);
  if (!hooks.exec.empty()) names.emplace_back(kExec);
  return names;
}

ChangeHooks::ChangeHooks() = default;
ChangeHooks::~ChangeHooks() = default;

base::Result<std::unique_ptr<ChangeHooks>> ChangeHooks::open(const Setup& setup) {
  std::unique_ptr<ChangeHooks> made(new ChangeHooks);
  if (!setup.hooks.webhook.empty()) {
    auto guard = fetch::AddressGuard::with_allowed(setup.hooks.allow_addresses);
    if (!guard) return std::move(guard).error();
    made->hooks_.push_back(
        std::make_unique<Hook>(kWebhook, webhook(setup, *std::move(guard)), setup));
  }
  if (!setup.hooks.exec.empty()) {
    made->hooks_.push_back(std::make_unique<Hook>(kExec, program(setup.hooks), setup));
  }
  if (made->hooks_.empty()) return std::unique_ptr<ChangeHooks>();
  for (const auto& hook : made->hooks_) {
    if (Status found = hook->find_place(); !found) return std::move(found).error();
  }
  return made;
}

Status ChangeHooks::start() {
  for (const auto& hook : hooks_) {
    if (Status started = hook->start(); !started) return started;
  }
  return base::Done{};
}

void ChangeHooks::finish(milliseconds patience) {
  const base::Instant until = std::chrono::steady_clock::now() + patience;
  for (const auto& hook : hooks_) hook->finish_soon();
  for (const auto& hook : hooks_) {
    if (hook->wait_finished(until)) continue;
    const HookStatus status = hook->status();
    base::log::warn("hook.behind", {{"hook", status.name},
                                    {"why", status.problem.empty() ? "no time" : status.problem},
                                    {"rest", "told by the next run"}});
  }
}

std::vector<HookStatus> ChangeHooks::status() const {
  std::vector<HookStatus> all;
  for (const auto& hook : hooks_) all.push_back(hook->status());
  return all;
}

std::string signature(const std::string& secret, const std::string& body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text = "sha256=";
  for (unsigned int i = 0; i < size; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

}  // namespace crawld::daemon
