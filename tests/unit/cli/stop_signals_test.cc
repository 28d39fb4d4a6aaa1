#include "crawler/cli/stop_signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <functional>

#include "crawler/cli/exit_code.h"

using namespace crawld;

namespace {

// How a process ends that does this, 0 where it comes to the end of it.
int ending_of(const std::function<void(cli::StopSignals&)>& doing) {
  const pid_t child = ::fork();
  if (child == 0) {
    cli::StopSignals signals;
    doing(signals);
    _exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("a signal that comes while nobody asks is remembered, and the second one ends at once") {
  CHECK(ending_of([](cli::StopSignals& signals) {
          signals.let_in();
          ::raise(SIGTERM);
          signals.hold_back();
          _exit(signals.asked() ? 42 : 1);
        }) == 42);
  CHECK(ending_of([](cli::StopSignals& signals) {
          signals.let_in();
          ::raise(SIGTERM);
          ::raise(SIGINT);
        }) == cli::kInterrupted);
}

TEST_CASE("once a first signal was taken, the next one ends at once") {
  CHECK(ending_of([](cli::StopSignals& signals) {
          ::raise(SIGINT);
          if (!signals.asked()) _exit(1);
          signals.arm_second();
          ::raise(SIGTERM);
        }) == cli::kInterrupted);
}

TEST_CASE("where it begins again, the next signal is a first one and is asked for") {
  CHECK(ending_of([](cli::StopSignals& signals) {
          signals.arm_second();
          signals.begin_again();
          if (signals.asked()) _exit(1);
          ::raise(SIGTERM);
          _exit(signals.asked() ? 42 : 2);
        }) == 42);
}
