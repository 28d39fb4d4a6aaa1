#include "crawler/cli/stop_signals.h"

#include <unistd.h>

#include <csignal>
#include <ctime>

#include "crawler/cli/exit_code.h"

namespace crawld::cli {
namespace {

// Of the process, as signals are.
volatile std::sig_atomic_t came = 0;
bool hangup_stops = false;

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (hangup_stops) sigaddset(&set, SIGHUP);
  return set;
}

bool is_ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

void take(int) {
  if (came != 0) _exit(kInterrupted);
  came = 1;
}

void take_hangup(int) { came = 1; }

}  // namespace

StopSignals::StopSignals(Hangup hangup) {
  came = 0;
  hangup_stops = hangup == Hangup::stops && !is_ignored(SIGHUP);
  hold_back();
  struct sigaction action {};
  action.sa_handler = take;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (hangup_stops) {
    action.sa_handler = take_hangup;
    sigaction(SIGHUP, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

bool StopSignals::asked() {
  const sigset_t set = stop_set();
  const timespec none{};
  if (sigtimedwait(&set, nullptr, &none) > 0) came = 1;
  return came != 0;
}

void StopSignals::let_in() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignals::hold_back() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void StopSignals::arm_second() {
  came = 1;
  let_in();
}

void StopSignals::begin_again() {
  hold_back();
  came = 0;
}

}  // namespace crawld::cli
