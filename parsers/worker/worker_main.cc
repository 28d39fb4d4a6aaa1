// crawld-parse: reads what strangers wrote, and can do nothing else.
//
// Started by crawld with one socket as descriptor 3. It is told its limits and rules, gets
// ready, shuts itself in, says hello, and then answers jobs until the socket closes.
//
// With --convert it shuts itself in otherwise and becomes the program that stands behind it:
// see parsers/worker/converter_start.h.

#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/gumbo_parser.h"
#include "parsers/worker/converter_start.h"
#include "parsers/worker/sandbox.h"
#include "parsers/worker/sandbox_trial.h"
#include "parsers/worker/wire.h"
#include "parsers/worker/wire_limits.h"
#include "parsers/worker/worker_exit.h"

namespace crawld::parsers {
namespace {

constexpr int kSocket = 3;
constexpr std::size_t kRemembered = 8U << 20;  // bytes: some 500 pages with main text

[[noreturn]] void end(WorkerExit code) { ::_exit(code); }

// One arena and few returns of memory to the system: a page's memory serves the next one.
void tune_memory() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
  ::mallopt(M_TOP_PAD, 1 << 20);
  std::set_new_handler([] { end(kExitMemory); });
  std::set_terminate([] { end(kExitThrown); });
}

// Ends the process at the end of the stream.
Frame next_frame(FrameReader& reader) {
  Frame frame;
  while (true) {
    switch (reader.next(frame)) {
      case FrameReader::Next::frame:
        return frame;
      case FrameReader::Next::refused:
        end(kExitProtocol);
      case FrameReader::Next::need_more:
        break;
    }
    const auto room = reader.room();
    const ssize_t got = ::read(kSocket, room.data(), room.size());
    if (got <= 0) end(kExitDone);
    reader.received(static_cast<std::size_t>(got));
  }
}

void send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::write(kSocket, bytes.data(), bytes.size());
    if (sent <= 0) end(kExitDone);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

WorkerSetup read_setup(FrameReader& reader) {
  const Frame frame = next_frame(reader);
  if (frame.type != FrameType::config) end(kExitProtocol);
  auto setup = decode_setup(frame.payload);
  if (!setup) end(kExitProtocol);
  return std::move(*setup);
}

WorkerHello shut_in(const WorkerSetup& setup) {
  WorkerHello hello{.build_id = std::string(wire_build_id())};
  if (!setup.sandbox) return hello;
  if (!kSandboxPossible) {
    hello.error = "sandbox: a sanitizer build cannot enter it; set sandbox: off";
    return hello;
  }
  const auto defences = enter_sandbox(
      {.descriptor = kSocket, .memory = setup.memory, .cpu_seconds = setup.cpu_seconds});
  if (defences) {
    hello.defences = *defences;
  } else {
    hello.error = defences.error().message;
  }
  return hello;
}

void learn(GumboParser& parser, const Frame& frame) {
  const auto taught = decode_dictionary(frame.payload);
  if (!taught) end(kExitProtocol);
  parser.learn(taught->slot, {.id = taught->id, .bytes = std::string(taught->bytes)});
}

[[noreturn]] void serve(GumboParser& parser, FrameReader& reader) {
  std::string out;
  const auto heap_start = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  while (true) {
    const Frame frame = next_frame(reader);
    if (frame.type == FrameType::dictionary) {
      learn(parser, frame);
      continue;
    }
    if (frame.type != FrameType::job) end(kExitProtocol);
    const auto job = decode_job(frame.payload);
    if (!job) end(kExitProtocol);
    WorkerReply reply;
    reply.outcome = parser.parse(*job, {});
    reply.heap = reinterpret_cast<std::uintptr_t>(::sbrk(0)) - heap_start;
    encode_reply(reply, frame.sequence, out);
    send(out);
  }
}

[[noreturn]] void work() {
  FrameReader reader(kMaxJobFrame);
  const WorkerSetup setup = read_setup(reader);
  GumboParser parser(setup.rule_sets, kRemembered);
  parser.warm_up();
  const WorkerHello hello = shut_in(setup);
  std::string out;
  encode_hello(hello, out);
  send(out);
  if (!hello.error.empty()) end(kExitSetup);
  serve(parser, reader);
}

// Shuts itself in as a real worker does, then tries to get out.
[[noreturn]] void try_to_leave(std::string_view trial) {
  const WorkerHello hello = shut_in(WorkerSetup{});
  if (!hello.error.empty()) {
    std::fprintf(stderr, "%s\n", hello.error.c_str());
    end(kExitSetup);
  }
  if (trial == "none") end(kExitDone);
  end(attempt_forbidden(trial) ? kExitLeak : kExitUsage);
}

[[noreturn]] void tell_build() {
  std::fprintf(stderr, "%s\n", std::string(wire_build_id()).c_str());
  end(kExitProved);
}

// Each trial in a child of its own: loading the program takes ten times as long as a trial.
[[noreturn]] void test_sandbox() {
  int number = kExitTrial;
  for (const std::string_view trial : sandbox_trials()) {
    const pid_t child = ::fork();
    if (child == 0) try_to_leave(trial);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
      if (errno != EINTR) end(static_cast<WorkerExit>(number));
    }
    // Whoever kills a trial from outside has told nothing of the sandbox; the parent sees it.
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ::raise(SIGKILL);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) end(static_cast<WorkerExit>(number));
    ++number;
  }
  end(kExitProved);
}

std::optional<std::string_view> option(std::string_view argument, std::string_view name) {
  if (!argument.starts_with(name)) return std::nullopt;
  return argument.substr(name.size());
}

template <class Number>
void read_number(std::string_view text, Number& into) {
  std::from_chars(text.data(), text.data() + text.size(), into);
}

struct Arguments {
  pid_t parent = 0;
  std::optional<std::string_view> trial;
  ConverterLimits limits;
  bool convert = false;
  std::vector<std::string> command;  // of the converter

  Arguments(int count, char** words) {
    for (int i = 1; i < count && !convert; ++i) {
      if (const auto pid = option(words[i], "--parent=")) {
        read_number(*pid, parent);
      } else if (const auto name = option(words[i], "--self-test=")) {
        trial = name;
      } else if (const auto memory = option(words[i], "--memory=")) {
        read_number(*memory, limits.memory);
      } else if (const auto cpu = option(words[i], "--cpu=")) {
        read_number(*cpu, limits.cpu_seconds);
      } else if (option(words[i], "--no-sandbox")) {
        limits.sandbox = false;
      } else if (option(words[i], "--convert")) {
        convert = true;
        command.assign(words + i + 1, words + count);
      }
    }
  }
};

}  // namespace
}  // namespace crawld::parsers

int main(int argc, char** argv) {
  using namespace crawld::parsers;
  const Arguments arguments(argc, argv);
  const auto& trial = arguments.trial;
  if (arguments.parent == 0 && !trial) {
    std::fputs("crawld-parse is the parse worker of crawld and is started by it\n", stderr);
    return kExitUsage;
  }
  const bool converter = arguments.convert || trial == "converter";
  const int last = converter ? STDERR_FILENO : kSocket;
  if (!leave_parent({.descriptor = last, .parent = arguments.parent})) return kExitSetup;
  if (trial == "converter") test_converter_sandbox();
  if (arguments.convert) become_converter(arguments.limits, arguments.command);
  if (trial == "build") tell_build();
  ::prctl(PR_SET_NAME, "crawld-parse");
  tune_memory();
  if (trial == "all") test_sandbox();
  if (trial) try_to_leave(*trial);
  work();
}
