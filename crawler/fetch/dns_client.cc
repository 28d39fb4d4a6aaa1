#include "crawler/fetch/dns_client.h"

#include <ares.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "crawler/base/clock.h"
#include "crawler/base/fd.h"
#include "crawler/base/mutex.h"
#include "crawler/base/thread.h"
#include "crawler/fetch/dns_message.h"

namespace crawld::fetch {
namespace {

using base::Instant;
using std::chrono::milliseconds;

// Once one family has answered, the other gets this much longer: servers that
// drop AAAA questions are common, and nobody should wait out the full timeout.
constexpr milliseconds kGrace{1'000};
// A name that was not answered for so long does not keep others from being asked for: where one of
// seven is dead, they would soon be all that is under way.
constexpr milliseconds kFresh{1'000};
constexpr std::size_t kMostStale = 4'096;
constexpr std::size_t kStack = 512U << 10;
constexpr int kMaxAddresses = 64;  // of one family of a name

bool init_ares_once() {
  static const bool done = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return done;
}

DnsFailure failure_of(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return DnsFailure::none;
    case ARES_ENOTFOUND:
      return DnsFailure::no_such_name;
    case ARES_ENODATA:
      return DnsFailure::no_address;
    case ARES_ETIMEOUT:
      return DnsFailure::timeout;
    case ARES_ECONNREFUSED:
      return DnsFailure::unreachable;
    case ARES_EBADNAME:
      return DnsFailure::bad_name;
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
      return DnsFailure::aborted;
    default:
      return DnsFailure::server_failure;  // an open set: it is c-ares' enum
  }
}

// Of the halves of a question.
int index_of(Family family) { return family == Family::ipv4 ? 0 : 1; }

// A question with its two halves, A and AAAA.
struct Question {
  std::string name;
  std::optional<Family> needed;
  DnsClient::Reply reply;
  std::array<bool, 2> open = {true, true};
  bool answered = false;
  Instant asked_at{};
  Instant answer_by{};
  std::array<DnsAnswer, 2> halves;  // [0] A, [1] AAAA
};

void shorten(std::chrono::seconds& ttl, std::chrono::seconds other) {
  if (other.count() >= 0 && (ttl.count() < 0 || other < ttl)) ttl = other;
}

DnsAnswer read_a(const unsigned char* message, int size) {
  std::array<ares_addrttl, kMaxAddresses> records{};
  int count = kMaxAddresses;
  const int status = ares_parse_a_reply(message, size, nullptr, records.data(), &count);
  DnsAnswer answer{.failure = failure_of(status)};
  for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
    IpAddress address;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&records[i].ipaddr), 4,
                address.bytes.begin());
    answer.addresses.push_back(address);
    shorten(answer.ttl, std::chrono::seconds(records[i].ttl));
  }
  return answer;
}

DnsAnswer read_aaaa(const unsigned char* message, int size) {
  std::array<ares_addr6ttl, kMaxAddresses> records{};
  int count = kMaxAddresses;
  const int status = ares_parse_aaaa_reply(message, size, nullptr, records.data(), &count);
  DnsAnswer answer{.failure = failure_of(status)};
  for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
    IpAddress address{Family::ipv6, {}};
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&records[i].ip6addr), 16,
                address.bytes.begin());
    answer.addresses.push_back(address);
    shorten(answer.ttl, std::chrono::seconds(records[i].ttl));
  }
  return answer;
}

DnsAnswer read_half(int family, int status, const unsigned char* message, int size) {
  DnsAnswer answer{.failure = failure_of(status)};
  if (status == ARES_SUCCESS)
    answer = family == 0 ? read_a(message, size) : read_aaaa(message, size);
  if (answer.addresses.empty() && answer.failure == DnsFailure::none) {
    answer.failure = DnsFailure::no_address;
  }
  if (answer.failure != DnsFailure::none && message != nullptr && size > 0) {
    const auto ttl = negative_ttl({message, static_cast<std::size_t>(size)});
    if (ttl) answer.ttl = *ttl;
  }
  return answer;
}

DnsAnswer merge(Question& question) {
  auto& [a, aaaa] = question.halves;
  if (a.addresses.empty() && aaaa.addresses.empty()) {
    // "No AAAA" beside a failed A says nothing about the name: the failure does.
    return a.failure == DnsFailure::no_address && aaaa.failure != DnsFailure::none ? aaaa : a;
  }
  DnsAnswer answer{.addresses = std::move(a.addresses)};
  answer.addresses.insert(answer.addresses.end(), aaaa.addresses.begin(), aaaa.addresses.end());
  if (a.failure == DnsFailure::none) shorten(answer.ttl, a.ttl);
  if (aaaa.failure == DnsFailure::none) shorten(answer.ttl, aaaa.ttl);
  return answer;
}

void finish(Question& question) {
  if (std::exchange(question.answered, true)) return;
  DnsAnswer answer = merge(question);
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    if (question.open[index_of(family)]) answer.unanswered = family;
  }
  question.reply(std::move(answer));
}

struct Half {
  std::shared_ptr<Question> question;
  int family;
};

void on_half(void* arg, int status, int /*timeouts*/, unsigned char* message, int size) {
  const std::unique_ptr<Half> half(static_cast<Half*>(arg));
  Question& question = *half->question;
  question.open[half->family] = false;
  if (question.answered) return;
  question.halves[half->family] = read_half(half->family, status, message, size);
  const bool no_such_name = question.halves[half->family].failure == DnsFailure::no_such_name;
  const int other = 1 - half->family;
  if (!question.open[other] || no_such_name) return finish(question);
  const bool other_is_needed = question.needed && index_of(*question.needed) == other;
  if (!question.halves[half->family].addresses.empty() && !other_is_needed) {
    question.answer_by = std::min(question.answer_by, std::chrono::steady_clock::now() + kGrace);
  }
}

}  // namespace

std::string_view to_string(DnsFailure failure) {
  switch (failure) {
    case DnsFailure::none:
      return "none";
    case DnsFailure::no_such_name:
      return "no such name";
    case DnsFailure::no_address:
      return "the name has no address";
    case DnsFailure::server_failure:
      return "the name server failed";
    case DnsFailure::timeout:
      return "the name server did not answer in time";
    case DnsFailure::unreachable:
      return "no name server can be reached";
    case DnsFailure::bad_name:
      return "not a host name";
    case DnsFailure::aborted:
      return "aborted";
  }
  return "unknown";
}

// The thread and all that it alone touches, but for the inbox.
class DnsClient::Loop {
 public:
  explicit Loop(const DnsConfig& config)
      : query_timeout_(config.query_timeout),
        max_parallel_(std::max<std::size_t>(config.max_parallel, 1)) {}

  base::Status open(const DnsConfig& config) {
    wake_ = base::Fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    ares_options options{};
    // Two tries share the time: one, and one twice as long (c-ares doubles it).
    options.timeout = static_cast<int>(std::max<std::int64_t>(query_timeout_.count() / 2, 100));
    options.tries = 2;
    options.sock_state_cb = &Loop::on_socket;
    options.sock_state_cb_data = this;
    options.flags = ARES_FLAG_NOCHECKRESP;  // a SERVFAIL is an answer, with its name
    const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (!wake_.open() || !init_ares_once() ||
        ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
      channel_ = nullptr;
      return base::Error{base::Error::Code::io, "cannot start the DNS client"};
    }
    std::string servers;
    for (const std::string& server : config.servers)
      servers += (servers.empty() ? "" : ",") + server;
    if (!servers.empty() && ares_set_servers_ports_csv(channel_, servers.c_str()) != ARES_SUCCESS) {
      return base::Error{base::Error::Code::invalid,
                         "\"" + servers +
                             "\" is not a list of name servers; expected like "
                             "192.0.2.1:53"};
    }
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
    if (channel_ != nullptr) ares_destroy(channel_);
  }

  void ask(std::string name, std::optional<Family> needed, Reply reply) {
    auto question = std::make_shared<Question>();
    question->name = std::move(name);
    question->needed = needed;
    question->reply = std::move(reply);
    {
      base::MutexLock lock(mutex_);
      inbox_.push_back(std::move(question));
    }
    wake();
  }

 private:
  static void on_socket(void* self, ares_socket_t fd, int readable, int writable) {
    auto& sockets = static_cast<Loop*>(self)->sockets_;
    const auto found = std::find_if(sockets.begin(), sockets.end(),
                                    [&](const pollfd& entry) { return entry.fd == fd; });
    const auto events =
        static_cast<short>((readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0));
    if (events == 0 && found != sockets.end()) sockets.erase(found);
    if (events != 0 && found != sockets.end()) found->events = events;
    if (events != 0 && found == sockets.end()) sockets.push_back({fd, events, 0});
  }

  void wake() {
    const std::uint64_t one = 1;
    // A full counter is a pending wake-up already.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  void run() {
    while (start_questions()) {
      wait_and_process();
      finish_late(std::chrono::steady_clock::now());
    }
    std::deque<std::shared_ptr<Question>> unasked;
    {
      base::MutexLock lock(mutex_);
      unasked.swap(inbox_);
    }
    for (const auto& question : active_) answer_aborted(*question);
    for (const auto& question : unasked) answer_aborted(*question);
  }

  static void answer_aborted(Question& question) {
    if (std::exchange(question.answered, true)) return;
    question.reply({.failure = DnsFailure::aborted, .ttl = std::chrono::seconds(0)});
  }

  // False once the client is being destroyed.
  bool start_questions() {
    const Instant now = std::chrono::steady_clock::now();
    const std::size_t room = this->room(now);
    std::vector<std::shared_ptr<Question>> starting;
    {
      base::MutexLock lock(mutex_);
      if (stopping_) return false;
      while (!inbox_.empty() && starting.size() < room) {
        starting.push_back(std::move(inbox_.front()));
        inbox_.pop_front();
      }
      more_wait_ = !inbox_.empty();
    }
    for (auto& question : starting) {
      question->asked_at = now;
      question->answer_by = now + query_timeout_;
      question->halves[0].failure = question->halves[1].failure = DnsFailure::timeout;
      active_.push_back(question);
      // c-ares owns each half until it calls on_half, which it does exactly once.
      ares_query(channel_, question->name.c_str(), 1, 1, &on_half, new Half{question, 0});
      ares_query(channel_, question->name.c_str(), 1, 28, &on_half, new Half{question, 1});
    }
    return true;
  }

  bool is_full() const { return active_.size() >= max_parallel_ + kMostStale; }

  // How many names may be asked for besides those under way, which stand in their order.
  std::size_t room(Instant now) const {
    if (is_full()) return 0;
    const auto is_stale = [&](const auto& question) { return question->asked_at + kFresh <= now; };
    const auto fresh = std::partition_point(active_.begin(), active_.end(), is_stale);
    const auto asked = static_cast<std::size_t>(active_.end() - fresh);
    return max_parallel_ - std::min(max_parallel_, asked);
  }

  int poll_timeout() {
    timeval wait{60, 0};
    timeval* next = ares_timeout(channel_, &wait, &wait);
    auto millis = milliseconds(next->tv_sec * 1'000 + next->tv_usec / 1'000 + 1);
    const Instant now = std::chrono::steady_clock::now();
    const auto wake_by = [&](Instant moment) {
      const auto left = std::chrono::duration_cast<milliseconds>(moment - now);
      millis = std::clamp(left + milliseconds(1), milliseconds(0), millis);
    };
    for (const auto& question : active_) wake_by(question->answer_by);
    // The first of those that are fresh makes room.
    if (more_wait_ && active_.size() >= max_parallel_ && !is_full()) {
      wake_by((*(active_.end() - static_cast<std::ptrdiff_t>(max_parallel_)))->asked_at + kFresh);
    }
    return static_cast<int>(millis.count());
  }

  void wait_and_process() {
    std::vector<pollfd> polled = sockets_;
    polled.push_back({wake_.get(), POLLIN, 0});
    ::poll(polled.data(), polled.size(), poll_timeout());
    std::uint64_t count = 0;
    if (polled.back().revents != 0) {
      [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
    }
    polled.pop_back();
    for (const pollfd& entry : polled) {
      const bool readable = (entry.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writable = (entry.revents & POLLOUT) != 0;
      if (!readable && !writable) continue;
      ares_process_fd(channel_, readable ? entry.fd : ARES_SOCKET_BAD,
                      writable ? entry.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // time-outs
  }

  void finish_late(Instant now) {
    for (const auto& question : active_) {
      if (!question->answered && now >= question->answer_by) finish(*question);
    }
    std::erase_if(active_, [](const auto& question) { return question->answered; });
  }

  const milliseconds query_timeout_;
  const std::size_t max_parallel_;
  base::Fd wake_;
  ares_channel channel_ = nullptr;
  std::vector<pollfd> sockets_;
  // In the order in which they were asked; shared with the halves inside c-ares.
  std::vector<std::shared_ptr<Question>> active_;
  bool more_wait_ = false;  // for room

  base::Mutex mutex_;
  std::deque<std::shared_ptr<Question>> inbox_ CRAWL_GUARDED_BY(mutex_);
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

}  // namespace crawld::fetch
