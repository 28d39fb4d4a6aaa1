#include "crawler/cli/stop_signals.h"

#include <unistd.h>

#include <csignal>
#include <ctime>

#include "crawler/cli/exit_code.h"

namespace crawld::cli {
namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void exit_now(int) { _exit(kInterrupted); }

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool StopSignals::asked() {
  const sigset_t set = stop_set();
  const timespec none{};
  if (sigtimedwait(&set, nullptr, &none) > 0) asked_ = true;
  return asked_;
}

void StopSignals::arm_second() {
  struct sigaction action {};
  action.sa_handler = exit_now;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace crawld::cli
