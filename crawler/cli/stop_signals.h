// SIGINT and SIGTERM: the first is asked for, the second ends the process at once (what is
// committed is safe, what is not is fetched again). SIGHUP of a terminal that closes is asked for,
// too, but never counts as the second: the kernel and the shell each send one. Where it was ignored
// at the start (nohup) it stays so.
#pragma once

namespace crawld::cli {

class StopSignals {
 public:
  enum class Hangup { stops, means_else };  // a daemon reads its configuration again

  // Blocks them in this thread and all that it starts. SIGPIPE is ignored: a reader
  // that goes away must not end a crawl. One for a process, as signals are.
  explicit StopSignals(Hangup hangup = Hangup::stops);

  // A signal has come. Never waits.
  bool asked();
  // This thread is busy for long and does not ask: a signal is remembered for asked(), and the
  // second ends the process with kInterrupted.
  void let_in();
  // From here on it is asked for again.
  void hold_back();
  // As let_in(), but the next one is the second already.
  void arm_second();
  // Whatever came or was armed before: what comes now is the first, and is asked for.
  void begin_again();
};

}  // namespace crawld::cli
