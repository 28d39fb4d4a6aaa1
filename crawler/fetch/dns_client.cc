#include "crawler/fetch/dns_client.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "crawler/base/clock.h"
#include "crawler/base/fd.h"
#include "crawler/base/log.h"
#include "crawler/base/mutex.h"
#include "crawler/base/thread.h"
#include "crawler/fetch/dns_outage.h"
#include "crawler/fetch/dns_question.h"
#include "crawler/fetch/dns_servers.h"

namespace crawld::fetch {
namespace {

using base::Instant;
using std::chrono::milliseconds;
using Questions = std::vector<std::shared_ptr<DnsQuestion>>;

// Once one family has answered, the other gets this much longer: servers that
// drop AAAA questions are common, and nobody should wait out the full timeout.
constexpr milliseconds kGrace{1'000};
// A name that was not answered for so long does not keep others from being asked for: where one of
// seven is dead, they would soon be all that is under way.
constexpr milliseconds kFresh{1'000};
constexpr std::size_t kMostStale = 4'096;
constexpr std::size_t kStack = 512U << 10;
constexpr milliseconds kLongestPoll{60'000};

void take_half(DnsQuestion& question, int half, int status, std::span<const std::uint8_t> message) {
  question.open[half] = false;
  if (question.whole || question.answered) return;
  question.halves[half] = read_half(half, status, message);
  const bool no_such_name = question.halves[half].failure == DnsFailure::no_such_name;
  const int other = 1 - half;
  if (!question.open[other] || no_such_name) {
    question.whole = true;
    return;
  }
  const bool other_is_needed = question.needed && index_of(*question.needed) == other;
  if (!question.halves[half].addresses.empty() && !other_is_needed) {
    question.answer_by = std::min(question.answer_by, std::chrono::steady_clock::now() + kGrace);
  }
}

void tell(DnsQuestion& question, DnsAnswer answer) {
  question.answered = true;
  if (question.reply) question.reply(std::move(answer));
}

void tell_aborted(DnsQuestion& question) {
  if (question.answered) return;
  tell(question, {.failure = DnsFailure::aborted, .ttl = std::chrono::seconds(0)});
}

std::shared_ptr<DnsQuestion> question_about(std::string name, std::optional<Family> needed,
                                            DnsClient::Reply reply) {
  auto question = std::make_shared<DnsQuestion>();
  question->name = std::move(name);
  question->needed = needed;
  question->reply = std::move(reply);
  return question;
}

}  // namespace

// The thread and all that it alone touches, but for the inbox.
class DnsClient::Loop {
 public:
  explicit Loop(const DnsConfig& config)
      : query_timeout_(config.query_timeout),
        max_parallel_(std::max<std::size_t>(config.max_parallel, 1)),
        outage_({.at_start = config.outage_at_start, .later = config.outage}) {}

  base::Status open(const DnsConfig& config) {
    wake_ = base::Fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wake_.open()) return base::Error{base::Error::Code::io, "cannot start the DNS client"};
    auto servers = DnsServers::open(config.servers, query_timeout_);
    if (!servers) return std::move(servers).error();
    servers_ = *std::move(servers);
    auto thread = base::Thread::start("dns", kStack, [this] { run(); });
    if (!thread) return std::move(thread).error();
    thread_ = *std::move(thread);
    return base::Done{};
  }

  ~Loop() {
    {
      base::MutexLock lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }

  void ask(std::string name, std::optional<Family> needed, Reply reply) {
    auto question = question_about(std::move(name), needed, std::move(reply));
    {
      base::MutexLock lock(mutex_);
      inbox_.push_back(std::move(question));
    }
    wake();
  }

  bool is_out() const { return out_; }

 private:
  void wake() {
    const std::uint64_t one = 1;
    // A full counter is a pending wake-up already.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  void run() {
    while (start_questions()) {
      wait_and_process();
      const Instant now = std::chrono::steady_clock::now();
      settle(now);
      probe(now);
    }
    std::deque<std::shared_ptr<DnsQuestion>> unasked;
    {
      base::MutexLock lock(mutex_);
      unasked.swap(inbox_);
    }
    for (const auto& question : active_) tell_aborted(*question);
    for (const auto& question : held_) tell_aborted(*question);
    for (const auto& question : unasked) tell_aborted(*question);
  }

  // False once the client is being destroyed.
  bool start_questions() {
    const Instant now = std::chrono::steady_clock::now();
    const std::size_t room = this->room(now);
    Questions starting;
    {
      base::MutexLock lock(mutex_);
      if (stopping_) return false;
      while (!inbox_.empty() && starting.size() < room) {
        starting.push_back(std::move(inbox_.front()));
        inbox_.pop_front();
      }
      more_wait_ = !inbox_.empty();
    }
    for (const auto& question : starting) start(question, now);
    return true;
  }

  void start(const std::shared_ptr<DnsQuestion>& question, Instant now) {
    question->asked_at = now;
    question->answer_by = now + query_timeout_;
    question->halves[0].failure = question->halves[1].failure = DnsFailure::timeout;
    active_.push_back(question);
    // The servers hold it until they have answered both halves, perhaps long after it was told.
    for (const int half : {0, 1}) {
      servers_->ask(question->name, half == 0 ? 1 : 28,
                    [question, half](int status, std::span<const std::uint8_t> message) {
                      take_half(*question, half, status, message);
                    });
    }
  }

  bool is_full() const { return active_.size() >= max_parallel_ + kMostStale; }

  // How many names may be asked for besides those under way, which stand in their order.
  std::size_t room(Instant now) const {
    if (is_full() || outage_.is_on()) return 0;
    const auto is_stale = [&](const auto& question) { return question->asked_at + kFresh <= now; };
    const auto fresh = std::partition_point(active_.begin(), active_.end(), is_stale);
    const auto asked = static_cast<std::size_t>(active_.end() - fresh);
    return max_parallel_ - std::min(max_parallel_, asked);
  }

  int poll_timeout() {
    const Instant now = std::chrono::steady_clock::now();
    milliseconds wait = servers_->idle_for(kLongestPoll);
    const auto wake_by = [&](Instant moment) {
      const auto left = std::chrono::duration_cast<milliseconds>(moment - now);
      wait = std::clamp(left + milliseconds(1), milliseconds(0), wait);
    };
    for (const auto& question : active_) wake_by(question->whole ? now : question->answer_by);
    // The first of those that are fresh makes room.
    if (more_wait_ && !outage_.is_on() && active_.size() >= max_parallel_ && !is_full()) {
      wake_by((*(active_.end() - static_cast<std::ptrdiff_t>(max_parallel_)))->asked_at + kFresh);
    }
    if (!held_.empty() && probe_ == nullptr) wake_by(outage_.next_probe());
    return static_cast<int>(wait.count());
  }

  void wait_and_process() {
    std::vector<pollfd> polled;
    servers_->add_sockets(polled);
    polled.push_back({wake_.get(), POLLIN, 0});
    ::poll(polled.data(), polled.size(), poll_timeout());
    std::uint64_t count = 0;
    if (polled.back().revents != 0) {
      [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
    }
    polled.pop_back();
    servers_->process(polled);
  }

  // Tells what has come, and what has not come in time.
  void settle(Instant now) {
    for (const auto& question : active_) {
      if (question->whole || now >= question->answer_by) settle(question, now);
    }
    std::erase_if(active_, [](const auto& question) { return question->answered; });
  }

  void settle(const std::shared_ptr<DnsQuestion>& question, Instant now) {
    DnsAnswer answer = merge(*question);
    for (const Family family : {Family::ipv4, Family::ipv6}) {
      if (question->open[index_of(family)]) answer.unanswered = family;
    }
    const bool is_probe = question == probe_;
    if (is_probe) probe_ = nullptr;
    if (!is_of_servers(answer.failure)) {
      heard(*question, answer, is_probe, now);
    } else if (is_probe) {
      probe_failed(answer.failure, now);
    }
    if (is_of_servers(answer.failure) && question->reply && outage_.must_wait(question->asked_at)) {
      question->answered = true;  // this time: it is asked anew, or told, as another one
      held_.push_back(question_about(question->name, question->needed, std::move(question->reply)));
      held_failures_.push_back(std::move(answer));
      return;
    }
    tell(*question, std::move(answer));
  }

  void heard(const DnsQuestion& question, const DnsAnswer& answer, bool is_probe, Instant now) {
    if (answer.failure == DnsFailure::bad_name || answer.failure == DnsFailure::aborted) return;
    const auto lasted = outage_.lasted(now);
    if (outage_.answered(question.name, now, now + std::max(answer.ttl, std::chrono::seconds(0)))) {
      base::log::warn(
          "dns.answers_again",
          {{"servers", servers_->names()}, {"outage_s", lasted.count()}, {"names", held_.size()}});
      ask_held_again();
    } else if (is_probe) {
      tell_held();  // the servers are well: it is those names
    }
  }

  void probe_failed(DnsFailure why, Instant now) {
    if (!outage_.probe_failed(now)) return;
    out_ = true;
    base::log::warn("dns.outage", {{"servers", servers_->names()},
                                   {"why", to_string(why)},
                                   {"effect", "names wait until one is answered"}});
  }

  // Where names wait, asks whether that has an end.
  void probe(Instant now) {
    if (outage_.gives_up(now)) {
      out_ = false;
      base::log::error("dns.given_up", {{"servers", servers_->names()},
                                        {"outage_s", outage_.lasted(now).count()},
                                        {"names", held_.size()}});
      tell_held();
    }
    if (held_.empty() || probe_ != nullptr || now < outage_.next_probe()) return;
    const std::string name = outage_.probe().value_or(held_[probes_++ % held_.size()]->name);
    probe_ = question_about(name, std::nullopt, {});
    start(probe_, now);
  }

  void ask_held_again() {
    out_ = false;
    held_failures_.clear();
    base::MutexLock lock(mutex_);
    inbox_.insert(inbox_.begin(), std::make_move_iterator(held_.begin()),
                  std::make_move_iterator(held_.end()));
    held_.clear();
    more_wait_ = true;
  }

  void tell_held() {
    const Questions held = std::exchange(held_, {});
    const std::vector<DnsAnswer> failures = std::exchange(held_failures_, {});
    for (std::size_t i = 0; i < held.size(); ++i) tell(*held[i], failures[i]);
  }

  const milliseconds query_timeout_;
  const std::size_t max_parallel_;
  base::Fd wake_;
  DnsOutage outage_;
  // In the order in which they were asked; shared with the halves at the servers.
  Questions active_;
  Questions held_;                        // until there is an answer for another name
  std::vector<DnsAnswer> held_failures_;  // theirs, in the same order
  std::shared_ptr<DnsQuestion> probe_;    // under way
  std::size_t probes_ = 0;
  bool more_wait_ = false;  // for room
  std::unique_ptr<DnsServers> servers_;
  std::atomic<bool> out_{false};  // as outage_ has it, for other threads

  base::Mutex mutex_;
  std::deque<std::shared_ptr<DnsQuestion>> inbox_ CRAWL_GUARDED_BY(mutex_);
  bool stopping_ CRAWL_GUARDED_BY(mutex_) = false;

  base::Thread thread_;
};

base::Result<std::unique_ptr<DnsClient>> DnsClient::open(const DnsConfig& config) {
  auto loop = std::make_unique<Loop>(config);
  auto opened = loop->open(config);
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<DnsClient>(new DnsClient(std::move(loop)));
}

DnsClient::DnsClient(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
DnsClient::~DnsClient() = default;

void DnsClient::ask(std::string name, std::optional<Family> needed, Reply reply) {
  loop_->ask(std::move(name), needed, std::move(reply));
}

bool DnsClient::is_out() const { return loop_->is_out(); }

}  // namespace crawld::fetch
