#include "parsers/worker/worker_converter.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/base/escape.h"

namespace crawld::parsers {
namespace {

using base::Error;
using base::Fd;
using base::Result;
using Instant = std::chrono::steady_clock::time_point;

constexpr std::size_t kPiece = 64U << 10;
constexpr std::size_t kMostComplaint = 4U << 10;  // of standard error, its end
constexpr std::size_t kMostTold = 300;            // of its last line

// One run of a program, from its start to its end.
class Run {
 public:
  Run(const std::string& name, int interrupt, std::uint64_t most)
      : name_(name), interrupt_(interrupt), most_(most) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    if (child_ > 0) reap();
  }

  std::optional<Error> start(const WorkerProgram& program,
                             const std::vector<std::string>& arguments, int in) {
    Fd out;
    Fd complaints;
    if (!connect(out_, out) || !connect(complaints_, complaints)) return failed("has no pipe");
    auto child = program.start(arguments, {.in = in, .out = out.get(), .error = complaints.get()});
    if (!child)
      return Error{child.error().code, "converter " + name_ + ": " + child.error().message};
    child_ = *child;
    ended_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, child_, 0)));
    if (!ended_.open()) return failed("cannot be watched");
    return std::nullopt;
  }

  Result<std::string> finish(Instant deadline, std::chrono::milliseconds allowed) {
    while (true) {
      pollfd watched[] = {{interrupt_, POLLIN, 0},
                          {ended_.get(), POLLIN, 0},
                          {out_.get(), POLLIN, 0},
                          {complaints_.get(), POLLIN, 0}};
      ::poll(watched, std::size(watched), milliseconds_until(deadline));
      if (watched[0].revents != 0) return Error{Error::Code::busy, told("was interrupted")};
      take_print();
      take_complaints();
      if (print_.size() > most_) {
        return Error{Error::Code::invalid,
                     told("printed more than " + std::to_string(most_) + " bytes")};
      }
      if (watched[1].revents != 0) return judge();
      if (std::chrono::steady_clock::now() >= deadline) {
        return Error{Error::Code::io, told("was killed after " + std::to_string(allowed.count()) +
                                           " ms (parse.convert_timeout)")};
      }
    }
  }

 private:
  static int milliseconds_until(Instant deadline) {
    using namespace std::chrono;
    const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
  }

  // Our end waits for nobody.
  static bool connect(Fd& ours, Fd& theirs) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    ours = Fd(ends[0]);
    theirs = Fd(ends[1]);
    return ::fcntl(ours.get(), F_SETFL, O_NONBLOCK) == 0;
  }

  std::string told(const std::string& what) const { return "converter " + name_ + " " + what; }
  Error failed(const std::string& what) const {
    return Error{Error::Code::io, told(what + ": " + std::strerror(errno))};
  }

  // What is there to be read now, up to a byte more than may be. A pipe that has ended is not
  // looked at again.
  template <class Take>
  static void drain(Fd& pipe, Take take) {
    std::array<char, kPiece> piece;
    while (pipe.open()) {
      const ssize_t got = ::read(pipe.get(), piece.data(), piece.size());
      if (got > 0 && take(std::string_view(piece.data(), static_cast<std::size_t>(got)))) continue;
      if (got == 0) pipe.reset();
      return;
    }
  }
  void take_print() {
    drain(out_, [this](std::string_view piece) {
      print_ += piece;
      return print_.size() <= most_;
    });
  }
  // Once a turn, so that one that complains without end cannot keep us.
  void take_complaints() {
    drain(complaints_, [this](std::string_view piece) {
      complaint_ += piece;
      if (complaint_.size() > kMostComplaint) {
        complaint_.erase(0, complaint_.size() - kMostComplaint);
      }
      return false;
    });
  }

  Result<std::string> judge() {
    const int status = reap();
    take_print();
    take_complaints();
    if (print_.size() > most_) {
      return Error{Error::Code::invalid,
                   told("printed more than " + std::to_string(most_) + " bytes")};
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(print_);
    std::string what;
    if (WIFEXITED(status)) {
      what = "ended with status " + std::to_string(WEXITSTATUS(status));
    } else if (WTERMSIG(status) == SIGXCPU) {
      what = "used up its CPU time (parse.convert_timeout)";
    } else {
      what = "was killed by signal " + std::to_string(WTERMSIG(status));
    }
    return Error{Error::Code::io, told(what + last_complaint())};
  }

  // ": " and the last line of standard error that says something.
  std::string last_complaint() const {
    std::string_view text = base::trim(complaint_);
    if (text.empty()) return {};
    text = base::trim(text.substr(text.find_last_of("\r\n") + 1));
    return ": " + base::printable(text.substr(0, kMostTold));
  }

  // The group, too: without a sandbox it may have started others.
  int reap() {
    const pid_t child = std::exchange(child_, 0);
    ::kill(-child, SIGKILL);
    ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  const std::string& name_;
  const int interrupt_;
  const std::uint64_t most_;
  pid_t child_ = 0;
  Fd ended_;  // a pidfd
  Fd out_;
  Fd complaints_;
  std::string print_;
  std::string complaint_;
};

// A file in memory that holds `body`, to be read from its start.
Result<Fd> file_of(std::string_view body) {
  Fd file(::memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const auto failed = [] {
    return Error{Error::Code::io,
                 std::string("no converter got the body: ") + std::strerror(errno)};
  };
  if (!file.open()) return failed();
  while (!body.empty()) {
    const ssize_t written = ::write(file.get(), body.data(), body.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed();
    body.remove_prefix(static_cast<std::size_t>(written));
  }
  const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (::fcntl(file.get(), F_ADD_SEALS, seals) != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0) {
    return failed();
  }
  return file;
}

}  // namespace

ConverterProcess::ConverterProcess(ConverterOptions options)
    : options_(std::move(options)), interrupt_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  assert(options_.program != nullptr);
}

Result<std::string> ConverterProcess::convert(const std::vector<std::string>& command,
                                              std::string_view body, std::uint64_t most) {
  const auto in = file_of(body);
  if (!in) return in.error();
  const auto cpu = std::chrono::ceil<std::chrono::seconds>(options_.timeout);
  std::vector<std::string> arguments = {"--parent=" + std::to_string(::getpid()),
                                        "--memory=" + std::to_string(options_.memory),
                                        "--cpu=" + std::to_string(cpu.count())};
  if (!options_.sandbox) arguments.emplace_back("--no-sandbox");
  arguments.emplace_back("--convert");
  arguments.insert(arguments.end(), command.begin(), command.end());
  const Instant deadline = std::chrono::steady_clock::now() + options_.timeout;
  Run run(command.front(), interrupt_.get(), most);
  if (auto failure = run.start(*options_.program, arguments, in->get())) return *std::move(failure);
  return run.finish(deadline, options_.timeout);
}

void ConverterProcess::interrupt() {
  const std::uint64_t one = 1;
  // It can fail only when the counter is full, and then it is readable anyhow.
  if (::write(interrupt_.get(), &one, sizeof one) < 0) return;
}

}  // namespace crawld::parsers
